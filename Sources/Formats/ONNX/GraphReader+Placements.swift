import Networks
import Tensors

extension GraphReader {
    func takenElements(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        try needInputs(2, proto)
        return .placement(.takenElements(axis: try ownAxis(proto, attributes)))
    }

    func takenTuples(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        try needInputs(2, proto)
        return .placement(.takenTuples(batchAxes: try attributes.int("batch_dims", 0)))
    }

    func putElements(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        try needInputs(3, proto)
        return .placement(.putElements(axis: try ownAxis(proto, attributes), try combination(attributes)))
    }

    func putTuples(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        try needInputs(3, proto)
        return .placement(.putTuples(try combination(attributes)))
    }

    func runningSum(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let rank = try dataShape(proto).rank
        guard proto.input.count == 2, let stated = constant(proto.input[1]) else { throw .unsupported("its axis is computed by the graph") }
        guard let axes = stated.wholeNumbers, axes.count == 1 else {
            throw .malformed(expected: "one axis", actual: "[\(stated.shape)] of \(stated.elementType)")
        }
        return .placement(
            .runningSum(
                axis: try positive(axes, rank: rank)[0], isExclusive: try attributes.int("exclusive", 0) != 0,
                isReversed: try attributes.int("reverse", 0) != 0))
    }

    /// Values of a TopK; its places are the second output.
    func largest(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        try best(proto, attributes, givesPlaces: false)
    }

    private func best(_ proto: ONNXNodeProto, _ attributes: NodeAttributes, givesPlaces: Bool) throws(NodeProblem) -> Operation {
        let axis = try positive([attributes.int("axis", -1)], rank: try dataShape(proto).rank)[0]
        // An attribute up to operator set 9, an input from 10 on.
        let ofOperator = try attributes.int("k", -1)
        let stated = try numbers(proto, 1) ?? [ofOperator]
        guard stated.count == 1, stated[0] >= 0 else { throw .malformed(expected: "one count from 0 on", actual: "\(stated)") }
        return .placement(
            .best(
                count: stated[0], axis: axis, isSmallest: try attributes.int("largest", 1) == 0, givesPlaces: givesPlaces))
    }

    /// A node for each of the two outputs that is read.
    mutating func readBest(_ proto: ONNXNodeProto) throws(NodeProblem) {
        try checkInputs(proto, ignoresOutputs: true)
        let attributes = try NodeAttributes(proto)
        let areRead = proto.output.prefix(2).map(readValues.contains)
        for (place, output) in proto.output.prefix(2).enumerated()
        where !output.isEmpty && (areRead[place] || place == 0 && !areRead.contains(true)) {
            let operation = try best(proto, attributes, givesPlaces: place == 1)
            try checkExamples(operation, proto)
            try append(Node(name: "", operation: operation, inputs: inputs(of: proto, operation), outputs: [output]), proto)
        }
    }

    private func combination(_ attributes: NodeAttributes) throws(NodeProblem) -> Placement.Combination {
        let name = try attributes.text("reduction", "none")
        guard let combination = Placement.Combination(rawValue: name) else { throw .unsupported("it combines by \(quoted(name))") }
        return combination
    }

    private func ownAxis(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Int {
        try positive([attributes.int("axis", 0)], rank: try dataShape(proto).rank)[0]
    }

    private func needInputs(_ count: Int, _ proto: ONNXNodeProto) throws(NodeProblem) {
        guard proto.input.count == count else { throw .malformed(expected: "\(count) inputs", actual: "\(proto.input.count)") }
    }
}
