import Networks

extension GraphWriter {
    /// A DynamicQuantizeLinear, of which one result is read; values are its codes turned back.
    func add(_ node: ONNXNodeProto, _ settings: DynamicQuantization, to graph: inout ONNXGraphProto, _ names: inout Set<String>) {
        let made = node.output.first ?? ""
        let results = [DynamicQuantization.Result.codes, .scale, .zeroPoint]
        let outputs = results.map { $0 == settings.result ? made : unique("\(made)_\($0.rawValue)", &names) }
        var range = node
        range.output = outputs
        guard settings.result == .values else { return graph.node.append(range) }
        range.name = "\(node.name)_range"
        var values = node
        (values.opType, values.input) = ("DequantizeLinear", outputs)
        graph.node += [range, values]
    }
}
