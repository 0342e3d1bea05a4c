import Tensors

/// How an output is held against what is known of the examples.
public struct OutputReading: Codable, Hashable, Sendable {
    public var measure: OutputMeasure
    public var decision: OutputDecision
    /// Of one example.
    public var shape: [Int]
    /// What was guessed, with the way out.
    public var assumed: String?

    public init(_ measure: OutputMeasure, _ decision: OutputDecision, shape: [Int], assumed: String? = nil) {
        (self.measure, self.decision, self.shape, self.assumed) = (measure, decision, shape, assumed)
    }

    /// Answers of one example.
    public var answers: Int {
        guard case .classes(let axis) = decision else { return shape.reduce(1, *) }
        return shape.enumerated().reduce(1) { $1.offset == axis ? $0 : $0 * $1.element }
    }

    /// Classes that an answer may be: two for yes or no, none of values.
    public var classes: Int {
        switch decision {
        case .classes(let axis): shape[axis]
        case .binary: 2
        case .values: 0
        }
    }

    /// What one answer is called, `position`, `label`, `answer` or `value`.
    public var answerName: String {
        switch decision {
        case .classes: answers > 1 ? "position" : "answer"
        case .binary: answers > 1 ? "label" : "answer"
        case .values: "value"
        }
    }

    /// In words: `classes along axis 1 of [19 × 6,625]`.
    public var sentence: String {
        let size = "[" + shape.map(String.init).joined(separator: "×") + "]"
        switch decision {
        case .classes(let axis) where answers > 1:
            return "classes along axis \(axis + 1) of N×\(size), an answer at each of \(answers) positions"
        case .classes: return "classes of \(size)"
        case .binary(let threshold):
            return "yes above \(threshold == 0.5 ? "0.5" : "0"), \(answers == 1 ? "one answer" : "\(answers) labels")"
        case .values: return "values \(size)"
        }
    }
}

extension Network {
    /// How the network says that its output becomes an answer: a Softmax over an axis, left out or there, or a Sigmoid; nil where it says nothing.
    ///
    /// Cost: O(nodes).
    public var decision: OutputDecision? {
        let known = try? shapes(batch: 1)
        for node in ending { if let found = Self.decision(of: node, known) { return found } }
        let index = index
        var value = output
        while let place = index.maker(of: value) {
            let node = nodes[place]
            if let found = Self.decision(of: node, known) {
                // Axes are those of the output only where nothing moves them behind it.
                if case .classes = found, value != output { return nil }
                return found
            }
            switch node.operation {
            case .identity, .reshape, .squeeze, .unsqueeze, .flatten, .transpose: value = node.inputs[0]
            default: return nil
            }
        }
        return nil
    }

    private static func decision(of node: Node, _ shapes: [String: Shape]?) -> OutputDecision? {
        switch node.operation {
        case .unary(.sigmoid): return .binary(threshold: 0.5)
        case .extremePlace(let place): return place.axis > 0 ? .classes(axis: place.axis - 1) : nil
        case .softmax(let axis), .logSoftmax(let axis):
            guard let rank = shapes?[node.inputs[0]]?.rank else { return nil }
            let place = axis < 0 ? axis + rank : axis
            return place > 0 && place < rank ? .classes(axis: place - 1) : nil
        default: return nil
        }
    }

    /// How the output is held against the labels of a data set; nil where it is a list of classes with a class an example, where nothing is known of the
    /// examples, or what is known is of another form than the output.
    ///
    /// Throws where targets of several values fit no axis of the output, or the measure that was asked for has no meaning for them. Cost: O(nodes + values).
    public func reading(of dataset: Dataset) throws(DatasetMismatch) -> OutputReading? {
        guard !isWeightsOnly, let shape = (try? shapes(batch: 1))?[output], shape.rank > 0 else { return nil }
        let example = shape.rank > 1 ? Array(shape.dimensions.dropFirst()) : [1]
        if dataset.measure == .fidelity { return OutputReading(.fidelity, decision ?? .values, shape: example) }
        guard let decided = reading(of: dataset, example) else {
            if dataset.targets != nil { throw dataset.mismatch(.targets, self) }
            if let measure = dataset.measure, measure != .accuracy { throw dataset.mismatch(.measure(measure), self) }
            return nil
        }
        let usual: OutputMeasure = decided.decision == .values ? .r2 : .accuracy
        let measure = dataset.measure ?? usual
        // What a Softmax gives is measured by what it reads, so its values are no values of the file's.
        if decided.decision == .values, case .classes = decision {
            throw dataset.mismatch(dataset.targets == nil ? .measure(measure) : .scores, self)
        }
        guard (measure == .r2) == (decided.decision == .values) else { throw dataset.mismatch(.measure(measure), self) }
        // A class an example, counted as it always was.
        if measure == .accuracy, dataset.targets == nil, (classCount ?? 0) > 1 { return nil }
        var reading = decided
        reading.measure = measure
        return reading
    }

    private func reading(of dataset: Dataset, _ example: [Int]) -> OutputReading? {
        let size = example.reduce(1, *)
        guard let targets = dataset.targets else {
            guard !dataset.labels.isEmpty else { return nil }
            if (classCount ?? 0) > 1 { return OutputReading(.accuracy, .classes(axis: 0), shape: example) }
            guard size == 1 else { return nil }
            let isBinary = dataset.measure != .r2 && (dataset.labels.max() ?? 0) <= 1
            return isBinary ? binary(example) : OutputReading(.r2, .values, shape: example)
        }
        let isOfValues = targets.exampleDimensions == example.filter { $0 != 1 }
        if isOfValues, dataset.measure == .r2 || !targets.isBinary {
            return OutputReading(.r2, .values, shape: example)
        }
        return isOfValues ? binary(example) : classes(targets, example)
    }

    /// One yes or no a value: probabilities behind a Sigmoid, else taken for logits.
    private func binary(_ example: [Int]) -> OutputReading {
        if case .binary(let threshold) = decision { return OutputReading(.accuracy, .binary(threshold: threshold), shape: example) }
        return OutputReading(
            .accuracy, .binary(threshold: 0), shape: example,
            assumed: "no Sigmoid ends the network, so its values are taken for logits: yes above 0 (--measure r2 takes them as values)")
    }

    /// Classes along the axis that the targets lack.
    private func classes(_ targets: Targets, _ example: [Int]) -> OutputReading? {
        guard targets.isWhole, let largest = targets.range?.upperBound else { return nil }
        let fitting = example.indices.filter { axis in
            var rest = example
            rest.remove(at: axis)
            return example[axis] > 1 && rest.filter { $0 != 1 } == targets.exampleDimensions && Int(largest) < example[axis]
        }
        let first = example.count > 2 ? 0 : example.count - 1
        var stated: Int?
        if case .classes(let axis) = decision { stated = axis }
        guard let axis = [stated, first].compactMap(\.self).first(where: fitting.contains) ?? fitting.first else { return nil }
        let isGuess = fitting.count > 1 && axis != stated
        return OutputReading(
            .accuracy, .classes(axis: axis), shape: example,
            assumed: isGuess
                ? "the classes are taken to lie along axis \(axis + 1) of the output, which axis \(fitting.filter { $0 != axis }[0] + 1) would fit too"
                : nil)
    }
}
