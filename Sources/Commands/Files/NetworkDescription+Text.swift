import Frames

extension NetworkDescription {
    /// The same for people: facts line by line, then the layers, then what can't be run.
    var text: String {
        ([facts, layerTable] + (obstacles.isEmpty ? [] : [obstacleTable])).joined(separator: "\n\n")
    }

    private var facts: String {
        let size = bytes.map { ", \(count($0)) bytes" } ?? ""
        var lines = ["\(name): \(file)\(size)"]
        if let input, let output {
            lines.append("input       \(described(input))")
            for other in (inputs ?? []).dropFirst() { lines.append("and         \(described(other))") }
            for other in furtherInputs ?? [] {
                let form = other.shape.isEmpty ? "one number" : other.shape
                lines.append("            \(other.name)  \(form), \(other.type ?? "unknown"): \(other.value) in every example")
            }
            lines.append("output      \(described(output))" + (classes.map { ", \($0.count) named classes" } ?? ""))
            for other in (outputs ?? []).dropFirst() { lines.append("or          \(described(other))  (--output-name \(other.name))") }
        }
        let outside = parametersOutsideLayers == 0 ? "" : ", \(count(parametersOutsideLayers)) of them in no layer"
        let came = storedBytes == float32Bytes ? "" : ", \(count(storedBytes)) as the file has them"
        lines.append("parameters  \(count(parameters))\(outside); \(count(float32Bytes)) bytes as float32\(came)")
        for part in notRun ?? [] {
            lines.append("not run     \(count(part.parameters)) of them, in a branch of \(part.node): \(part.reason)")
        }
        if hasGraph { lines.append("operators   " + operators.map { "\($0.name) \($0.count)" }.joined(separator: " · ")) }
        return (lines + ["runs        " + verdict]).joined(separator: "\n")
    }

    private var verdict: String {
        guard hasGraph else { return "no: the file holds weights without a graph; everything but accuracy works" }
        if let multiplyAdds { return "yes: \(count(multiplyAdds)) multiply-adds an example" }
        return "no: see the nodes below; the weights can be explored without accuracy"
    }

    private var layerTable: String {
        guard !layers.isEmpty else { return "no layers: nothing here can be made smaller" }
        var table = TextTable([("layer", .left), ("shape", .left), ("weights", .right), ("stored", .left), ("multiply-adds", .right)])
        table.rows = layers.map { layer in
            [
                layer.name, layer.shape.map(String.init).joined(separator: "×"), count(layer.weights), layer.type,
                layer.multiplyAdds.map(count) ?? "",
            ]
        }
        return table.text
    }

    private var obstacleTable: String {
        var table = TextTable([("can't be run", .left), ("operator", .left), ("why", .left)])
        table.rows = obstacles.map { [$0.node, $0.operator, $0.reason] }
        return table.text
    }

    private func described(_ value: Value) -> String {
        let shape = value.shape.map { $0.isEmpty ? "one number" : $0.map(String.init).joined(separator: "×") }
        return [value.name, shape].compactMap(\.self).joined(separator: "  ")
    }

    /// `1,724,320`
    private func count(_ number: Int) -> String { NumberFormat(glyphs: .unicode).integer(number) }
}
