import Networks

/// Finds the constants in generated C source again.
struct CSourceReader {
    private let definitions: [Substring: [Substring]]

    init(_ text: String) {
        var definitions: [Substring: [Substring]] = [:]
        for piece in text.split(separator: "static const ").dropFirst() {
            guard let equals = piece.firstIndex(of: "="), let open = piece.firstIndex(of: "{"), let close = piece.firstIndex(of: "}"),
                equals < open, open < close
            else { continue }
            // The type and the name, without the size.
            let name = piece[..<equals].split(whereSeparator: { " *[".contains($0) }).first {
                $0.first == "w" && $0 != "weights" && $0 != "window" || $0.first == "v"
            }
            guard let name else { continue }
            definitions[name] = piece[piece.index(after: open)..<close].split(whereSeparator: { ", \n".contains($0) })
        }
        self.definitions = definitions
    }

    /// The values of a parameter as the program sees them; nil where they are not there.
    func values(of parameter: Parameter, index: Int) -> [Float]? {
        if let vector = definitions["v\(index)"] { return floats(vector) }
        guard let fields = definitions["w\(index)"], fields.count == 8, let stream = definitions["w\(index)_stream"],
            let weights = weights(fields, stream: stream.compactMap { UInt8($0) }, values: definitions["w\(index)_values"] ?? [])
        else { return nil }
        return weights.decoded(count: parameter.count)
    }

    /// The weights of a step of a network of integers; nil where they are not there.
    func integers(ofStep index: Int) -> [Int8]? { definitions["w\(index)"].map { $0.compactMap { Int8($0) } } }

    private func weights(_ fields: [Substring], stream: [UInt8], values: [Substring]) -> CWeights? {
        let numbers = fields.dropFirst(2).compactMap { Int($0) }
        guard numbers.count == 6, let kind = CWeights.Kind(rawValue: numbers[5]), let values = floats(values) else { return nil }
        let form: CWeights.Form = numbers[2] == 0 ? .every : numbers[2] == 1 ? .bitmap : .distances(bits: numbers[3])
        return CWeights(
            form: form, kind: kind, codeBits: numbers[4], lowest: Int32(numbers[1]), values: values, rowLength: numbers[0], stream: stream)
    }

    private func floats(_ numbers: [Substring]) -> [Float]? {
        let values = numbers.compactMap { Float($0.dropLast()) }
        return values.count == numbers.count ? values : nil
    }
}
