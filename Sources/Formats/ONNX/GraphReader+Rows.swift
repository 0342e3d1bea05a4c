import Networks
import Tensors

/// Whole numbers that depend on the example: n · step + row[j] for example n, of shape [examples, tail].
struct BatchRows {
    var step: Int
    var tail: Shape
    var row: [Int]
}

extension GraphReader {
    /// What counts the examples and is computed from that by products, sums and further axes: the places of a flat view, as exporters write
    /// `as_strided`. False for all else.
    ///
    /// Cost: O(numbers of one example).
    mutating func foldRows(_ proto: ONNXNodeProto, _ output: String) throws(NodeProblem) -> Bool {
        guard whole == nil else { return false }
        switch proto.opType {
        case "Range": rows[output] = counted(proto)
        case "Unsqueeze": rows[output] = try unsqueezed(proto)
        case "Add", "Mul": rows[output] = combined(proto)
        case "Cast", "Identity": rows[output] = proto.input.first.flatMap { rows[$0] }
        default: break
        }
        return rows[output] != nil
    }

    private func counted(_ proto: ONNXNodeProto) -> BatchRows? {
        let numbers = proto.input.compactMap { constant($0)?.wholeNumbers }
        guard numbers.count == 3, numbers.allSatisfy({ $0.count == 1 }), numbers[2][0] == 1,
            numbers[1][0].subtractingReportingOverflow(numbers[0][0]) == (Self.examples, false)
        else { return nil }
        return BatchRows(step: 1, tail: [], row: [numbers[0][0]])
    }

    private func unsqueezed(_ proto: ONNXNodeProto) throws(NodeProblem) -> BatchRows? {
        guard var found = proto.input.first.flatMap({ rows[$0] }),
            let stated = try numbers(proto, 1, or: "axes", NodeAttributes(proto))
        else { return nil }
        let rank = 1 + found.tail.rank + stated.count
        let axes = Set(try positive(stated, rank: rank))
        guard rank <= 16, !axes.contains(0) else { return nil }
        var left = found.tail.dimensions[...]
        found.tail = Shape((1..<rank).map { axes.contains($0) ? 1 : left.popFirst() ?? 1 })
        return found
    }

    /// With a constant: one number as a factor, a row for all examples as a summand.
    private mutating func combined(_ proto: ONNXNodeProto) -> BatchRows? {
        guard proto.input.count == 2, let place = proto.input.firstIndex(where: { rows[$0] != nil }), var found = rows[proto.input[place]],
            let other = constant(proto.input[1 - place]), let numbers = other.wholeNumbers
        else { return nil }
        if proto.opType == "Mul" {
            guard numbers.count == 1, other.shape.rank <= 1 + found.tail.rank else { return nil }
            let products = (found.row + [found.step]).map { $0.multipliedReportingOverflow(by: numbers[0]) }
            guard !products.contains(where: \.overflow) else { return nil }
            (found.row, found.step) = (products.dropLast().map(\.partialValue), products[products.count - 1].partialValue)
            return found
        }
        let own = other.shape.rank > found.tail.rank ? Array(other.shape.dimensions.dropFirst()) : other.shape.dimensions
        guard other.shape.rank <= found.tail.rank || other.shape.rank == found.tail.rank + 1 && other.shape[0] == 1 else { return nil }
        let summands = Shape([Int](repeating: 1, count: found.tail.rank - own.count) + own)
        guard let tail = Self.broadcast(found.tail, summands), let count = tail.checkedCount, hasRoom(for: 8 * count) else { return nil }
        var sums: [Int] = []
        ElementMap.broadcast(from: found.tail, to: tail).forEach { sums.append(found.row[$1 ?? 0]) }
        ElementMap.broadcast(from: summands, to: tail).forEach { sums[$0] = sums[$0] &+ numbers[$1 ?? 0] }
        return BatchRows(step: found.step, tail: tail, row: sums)
    }

    private static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
        let fits = zip(a.dimensions, b.dimensions).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 }
        return fits ? Shape(zip(a.dimensions, b.dimensions).map(max)) : nil
    }

    /// A Gather from all numbers of a batch by rows of the same places of each example: a Reshape, around a Gather of constant places where it is
    /// not all of them in their order. False for all else.
    mutating func readRows(_ proto: ONNXNodeProto) throws(NodeProblem) -> Bool {
        guard proto.opType == "Gather", proto.input.count == 2, let places = rows[proto.input[1]], let output = proto.output.first,
            let shape = shapes[proto.input[0]], shape.rank == 1, isOfBatch(shape[0]), places.step == shape[0] / Self.examples,
            places.row.allSatisfy({ (0..<places.step).contains($0) })
        else { return false }
        let source = aliases[proto.input[0]] ?? proto.input[0]
        let last = Operation.reshape(dimensions: [-1] + places.tail.dimensions, allowZero: false)
        if places.row == Array(0..<places.step) {
            try append(Node(name: "", operation: last, inputs: [source], outputs: [output]), proto)
            return true
        }
        let (flat, chosen) = ("\(output)_flat", "\(output)_places")
        let gather = Gather(axis: 1, indices: places.row, shape: [places.row.count])
        try append(
            Node(name: "", operation: .reshape(dimensions: [-1, places.step], allowZero: false), inputs: [source], outputs: [flat]), proto)
        try append(Node(name: "", operation: .gather(gather), inputs: [flat], outputs: [chosen]), proto)
        try append(Node(name: "", operation: last, inputs: [chosen], outputs: [output]), proto)
        return true
    }
}
