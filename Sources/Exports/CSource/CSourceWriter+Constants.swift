import Compression
import Networks
import Tensors

extension CSourceWriter {
    /// The constants of the parameters, in their order.
    var constants: [String] {
        network.parameters.values.enumerated().compactMap { index, parameter in
            let comment = "/* \(Self.plain(parameter.name)): \(parameter.shape.dimensions.map(String.init).joined(separator: "x")). */\n"
            if let vector = vectors[index] { return comment + Self.array("v\(index)", vector) }
            return weights[index].map { comment + Self.definition($0, "w\(index)") }
        }
    }

    /// The place of a parameter whose packed weights are written; adds them at the first call.
    mutating func placeOfWeights(_ parameter: Parameter) throws(ExportError) -> Int {
        let index = network.parameters.index(forKey: parameter.name) ?? 0
        if weights[index] == nil {
            try checkFinite(parameter)
            weights[index] = CWeights(stored[parameter.name] ?? StoredWeights(floats: parameter.values))
        }
        return index
    }

    /// The place of a bias or another parameter that is written as floats.
    mutating func placeOfVector(_ parameter: Parameter) throws(ExportError) -> Int {
        let index = network.parameters.index(forKey: parameter.name) ?? 0
        guard vectors[index] == nil else { return index }
        try checkFinite(parameter)
        vectors[index] = parameter.values.floats
        return index
    }

    private func checkFinite(_ parameter: Parameter) throws(ExportError) {
        if let index = parameter.values.withFloats({ $0.firstIndex { !$0.isFinite } }) {
            throw .notFinite(parameter: parameter.name, index: index)
        }
    }

    private static func definition(_ weights: CWeights, _ name: String) -> String {
        let stream = weights.stream.isEmpty ? [0] : weights.stream
        let lines = lines(stream.map(String.init))
        var text = "static const uint8_t \(name)_stream[\(stream.count)] = {\n\(lines)\n};\n"
        if !weights.values.isEmpty { text += array("\(name)_values", weights.values) + "\n" }
        let fields = [
            weights.rowLength, Int(weights.lowest), weights.form.number, weights.form.distanceBits, weights.codeBits, weights.kind.rawValue,
        ]
        let values = weights.values.isEmpty ? "NULL" : "\(name)_values"
        return text
            + "static const struct weights \(name) = {\(name)_stream, \(values), \(fields.map(String.init).joined(separator: ", "))};"
    }

    private static func array(_ name: String, _ values: [Float]) -> String {
        // The shortest decimal number that is read as the same float.
        "static const float \(name)[\(values.count)] = {\n\(lines(values.map { "\($0)f" }))\n};"
    }

    /// A struct of constants under a new name, which is returned with an &.
    mutating func addConstant(_ type: String, _ fields: String) -> String {
        settings.append("static const struct \(type) \(type)\(settings.count) = {\(fields)};")
        return "&\(type)\(settings.count - 1)"
    }

    /// Numbers of 32 bits as an array under a new name.
    mutating func addTable(_ numbers: [Int]) -> String {
        settings.append("static const int32_t offsets\(settings.count)[\(numbers.count)] = {\n\(Self.lines(numbers.map(String.init)))\n};")
        tableCount += numbers.count
        return "offsets\(settings.count - 1)"
    }

    static func lines(_ numbers: [String]) -> String {
        var (lines, line): ([String], String) = ([], "   ")
        for number in numbers {
            if line.utf8.count + number.utf8.count > 130 {
                lines.append(line)
                line = "   "
            }
            line += " \(number),"
        }
        return (lines + [line]).joined(separator: "\n")
    }

    /// Safe inside a comment.
    static func plain(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" }.prefix(80))
    }
}

extension StoredWeights {
    /// A parameter that no plan names.
    init(floats: Tensor) {
        self.init(
            shape: floats.shape, isTransposed: false, values: .floats(.float32),
            levels: floats.withFloats { $0.map { Int32(bitPattern: $0.bitPattern) } })
    }
}
