import Networks
import Tensors

extension GraphReader {
    /// Gather by whole numbers that the graph computes. False where the numbers are constant, or name rows of a table.
    ///
    /// Numbers name rows of all that is gathered from: where examples lie along an axis of both, ONNX takes rows of every example by the numbers of each,
    /// so that such a graph runs with one example at a time.
    mutating func readTaken(_ proto: ONNXNodeProto) throws(NodeProblem) -> Bool {
        guard proto.input.count == 2, constant(proto.input[1]) == nil, let numbers = shape(of: proto.input[1]) else { return false }
        let (data, rank) = (proto.input[0], try dataShape(proto).rank)
        guard rank > 0 else { throw .malformed(expected: "data with axes", actual: "a scalar") }
        let axis = try positive([try NodeAttributes(proto).int("axis", 0)], rank: rank)[0]
        let isTable = constant(data) != nil
        if isTable, axis == 0 { return false }
        if !isTable, whole == nil { throw .unsupported(batchAxis(of: data) == axis ? Self.runsAlong : Self.mixes) }
        let count = nodes.count
        do {
            try take(LoweredNode(proto), axis, isTable, numbers.rank, rank)
        } catch {
            nodes.removeSubrange(count...)
            throw error
        }
        return true
    }

    /// [before.., rows, behind..] by numbers [numbers..]: the axis of the rows is turned to the front, the rows are taken as by GatherND, those of a table by
    /// Gather, and [numbers.., before.., behind..] is turned to [before.., numbers.., behind..].
    private mutating func take(_ node: LoweredNode, _ axis: Int, _ isTable: Bool, _ depth: Int, _ rank: Int) throws(NodeProblem) {
        let others = (0..<rank).filter { $0 != axis }
        let turned =
            axis == 0 ? node.input(0) : try emit("Transpose", [node.input(0)], [.integers("perm", [axis] + others)], after: node)
        let output = axis == 0 ? node.output : nil
        let taken: String
        if isTable {
            taken = try emit("Gather", [turned, node.input(1)], to: output, after: node, isMain: true)
        } else {
            let usesInput = version >= 13
            let axes = usesInput ? [emit(Tensor(wholeNumbers: [depth]), "axes", after: node)] : []
            let settings: [ONNXAttributeProto] = usesInput ? [] : [.integers("axes", [depth])]
            let listed = try emit("Unsqueeze", [node.input(1)] + axes, settings, after: node)
            taken = try emit("GatherND", [turned, listed], to: output, after: node, isMain: true)
        }
        guard axis > 0 else { return }
        let order = Array(depth..<depth + axis) + Array(0..<depth) + Array(depth + axis..<depth + rank - 1)
        try emit("Transpose", [taken], [.integers("perm", order)], to: node.output, after: node)
    }
}
