import Networks

/// An input that is the same in every example.
public struct FixedInputFact: Codable, Hashable, Sendable {
    public var name: String
    /// `int64`; nil where the file states none.
    public var type: String?
    /// All sizes as the file states them, `2×batch×128`; empty of one number.
    public var shape: String
    /// The number or file that was given, or what a container keeps; nil for zeros, which nobody asked for.
    public var value: String?

    public init(name: String, type: String?, shape: String, value: String?) {
        (self.name, self.type, self.shape, self.value) = (name, type, shape, value)
    }
}

/// Which of several outputs is measured.
public struct OutputFact: Codable, Hashable, Sendable {
    public var name: String
    /// Those that `--output-name` can choose instead.
    public var others: [String]
    /// Those of them with as many classes, which the labels fit as well.
    public var equal: [String]

    public init(name: String, others: [String], equal: [String]) { (self.name, self.others, self.equal) = (name, others, equal) }
}

/// A part of the file that doesn't run, with weights that nothing else reads.
public struct UnusedPartFact: Codable, Hashable, Sendable {
    public var node: String
    public var reason: String
    /// Values of its weights: they are counted, and written as they are.
    public var parameters: Int

    public init(node: String, reason: String, parameters: Int) { (self.node, self.reason, self.parameters) = (node, reason, parameters) }
}

extension Network {
    /// Which output is measured; nil where there is one alone. Cost: O(nodes) an output.
    public var outputFact: OutputFact? {
        let whole = ended
        return whole.otherOutputs.isEmpty ? nil : OutputFact(name: whole.output, others: whole.otherOutputs, equal: equalOutputs)
    }

    /// What further inputs are. Cost: O(inputs).
    public var fixedInputFacts: [FixedInputFact] {
        let said = Dictionary((source?.edits.inputs ?? []).map { ($0.name, $0.value) }) { first, _ in first }
        return fixedInputs.map { value in
            FixedInputFact(
                name: value.name, type: value.elementType?.rawValue, shape: value.axes?.isEmpty == true ? "" : value.statedAxes,
                value: said[value.name] ?? keptValue(value.name))
        }
    }

    /// The number that all elements of a container's input have, but for zeros. Cost: O(elements).
    private func keptValue(_ name: String) -> String? {
        guard let values = parameters[name]?.values.numbers, let first = values.first, values.contains(where: { $0 != 0 }) else {
            return nil
        }
        guard values.allSatisfy({ $0 == first }) else { return "as the file keeps it" }
        return first == first.rounded() && abs(first) < 1e15 ? String(Int(first)) : String(first)
    }

    /// What of its file doesn't run. Cost: O(parameters of such parts).
    public var unusedPartFacts: [UnusedPartFact] {
        kept.unused.map { part in
            let count = part.parameters.reduce(0) { $0 + (parameters[$1]?.count ?? 0) }
            return UnusedPartFact(node: part.node, reason: part.reason, parameters: count)
        }
    }
}
