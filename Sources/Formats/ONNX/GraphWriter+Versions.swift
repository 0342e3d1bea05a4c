import Networks

extension GraphWriter {
    /// The newest operator set that anything which Pare writes needs.
    static let newestVersion = 24

    /// The file whose nodes are written again, for messages about them.
    var origin: String { network.source?.path ?? file }

    /// Nodes that are written as they came, in the form of the operator set that is written, and the constants that they read for that.
    ///
    /// Throws where one would mean something else there. Cost: O(nodes), those of branches included.
    func raised(
        _ nodes: [ONNXNodeProto], _ name: String, _ names: inout Set<String>
    ) throws(FormatError) -> (nodes: [ONNXNodeProto], constants: [ONNXTensorProto]) {
        let (before, now) = (network.kept.versions[""] ?? Int(operatorVersion), Int(operatorVersion))
        guard before < now else { return (nodes, []) }
        var raising = NodeRaising(before: before, now: now, names: names)
        guard let raised = raising.nodes(nodes) else {
            let node = raising.refused ?? ""
            throw FormatError(
                .unsupported, file: origin, reading: "node \(quoted(name))", expected: "\(escaped(node, limit: 40)) of operator set \(now)",
                actual: "one of operator set \(before), which Pare can't run and so can't rewrite",
                cure: "Raise the file's own operator set first: onnx.version_converter.convert_version(onnx.load(FILE), \(now)) in Python.")
        }
        names = raising.names
        return (raised, raising.constants)
    }
}
