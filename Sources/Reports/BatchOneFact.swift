import Networks

/// What ties a network's figures to a batch of 1, whatever runs beside.
public struct BatchOneFact: Codable, Hashable, Sendable {
    public var input: String
    /// Ranges of values that it finds of each example by itself.
    public var ranges: Int
    /// The whole input, which is one example; nil where any number of examples lie along its first axis.
    public var wholeInput: [Int]?

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
        return notes
    }
}

extension Network {
    /// Nil where examples may run side by side. Cost: O(nodes).
    public var batchOneFact: BatchOneFact? {
        let ranges = nodesNeeded(for: output).count { nodes[$0].isRangedByExample }
        guard ranges > 0 || whole != nil else { return nil }
        return BatchOneFact(input: input, ranges: ranges, wholeInput: whole?.input.dimensions)
    }
}
