import Networks

extension GraphWriter {
    /// Operator sets that changed the form of an operator so that a node of before them means something else, or nothing, behind them.
    static let changes: [String: [Int64]] = {
        var changes: [String: [Int64]] = [
            "Clip": [11], "Pad": [11, 18], "TopK": [10, 11], "Slice": [10], "Dropout": [12], "Resize": [11, 13], "Upsample": [9, 10],
            "Scan": [9],
            "BatchNormalization": [7, 9, 14], "Split": [13, 18], "Squeeze": [13], "Unsqueeze": [13], "ReduceSum": [13], "Softmax": [13],
            "LogSoftmax": [13], "Hardmax": [13], "GroupNormalization": [21], "OneHot": [9], "Gemm": [7], "Add": [7], "Sub": [7], "Mul": [7],
            "Div": [7],
        ]
        for name in ["Mean", "Max", "Min", "Prod", "L1", "L2", "LogSum", "LogSumExp", "SumSquare"] { changes["Reduce\(name)"] = [18] }
        return changes
    }()

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
