import Networks

/// What ties a network's figures to a batch of 1, whatever runs beside.
public struct BatchOneFact: Codable, Hashable, Sendable {
    public var input: String
    /// Ranges of values that it finds of each example by itself.
    public var ranges: Int
    /// The whole input, which is one example; nil where any number of examples lie along its first axis.
    public var wholeInput: [Int]?
    /// The same of several inputs that are one example together.
    public var wholeInputs: [WholeInput]?

    /// All sizes of an input.
    public struct WholeInput: Codable, Hashable, Sendable {
        public var name: String
        public var shape: [Int]
    }

    /// A sentence each, without a full stop.
    public var notes: [String] {
        var notes: [String] = []
        if ranges > 0 {
            let found = ranges == 1 ? "a range of values that the network finds" : "\(ranges) ranges of values that the network finds"
            notes.append(
                "\(found) while it runs (DynamicQuantizeLinear): of each example by itself, as at batch 1; batches of others are rounded otherwise"
            )
        }
        if let wholeInput {
            let sizes = wholeInput.map(String.init).joined(separator: "×")
            notes.append(
                "the network mixes what lies along the first axis of “\(input)”, so its whole input [\(sizes)] is one example: figures are as at batch 1, "
                    + "one example after another")
        }
        if let wholeInputs {
            let words = wholeInputs.map { "\($0.name) [\($0.shape.map(String.init).joined(separator: "×"))]" }
            notes.append(
                "the inputs have no axis along which the network takes any number of examples, so together, as the file has them, they are one example: "
                    + words.joined(separator: ", ") + "; figures are as at batch 1, one example after another")
        }
        return notes
    }
}

extension Network {
    /// Nil where examples may run side by side. Cost: O(nodes).
    public var batchOneFact: BatchOneFact? {
        let ranges = nodesNeeded(for: output).count { nodes[$0].isRangedByExample }
        guard ranges > 0 || whole != nil else { return nil }
        guard whole != nil, let packed else { return BatchOneFact(input: input, ranges: ranges, wholeInput: whole?.input.dimensions) }
        let inputs = packed.parts.map { BatchOneFact.WholeInput(name: $0.name, shape: $0.wholeShape.dimensions) }
        return BatchOneFact(input: input, ranges: ranges, wholeInputs: inputs)
    }
}
