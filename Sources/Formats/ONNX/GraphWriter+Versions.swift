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

    /// Throws where a node that is written as it came would mean something else in the operator set that is written.
    func checkVersion(of nodes: [ONNXNodeProto], _ name: String) throws(FormatError) {
        let (before, now) = (Int64(network.kept.versions[""] ?? Int(operatorVersion)), operatorVersion)
        guard before < now else { return }
        for node in nodes {
            let isChanged = node.domain.isEmpty && (Self.changes[node.opType] ?? []).contains { before < $0 && $0 <= now }
            guard !isChanged else {
                throw FormatError(
                    .unsupported, file: file, reading: "node \(quoted(name))", expected: "\(node.opType) of operator set \(now)",
                    actual: "one of operator set \(before), which Pare can't run and so can't rewrite",
                    cure: "Export the network with a later operator set.")
            }
            for branch in node.branches { try checkVersion(of: branch.node, name) }
        }
    }
}
