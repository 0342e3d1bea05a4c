import Tensors

extension Network {
    /// Where a network's logits are.
    public struct Logits: Hashable, Sendable {
        /// The value that holds them.
        public var value: String
        /// The nodes between them and the output: a Softmax or LogSoftmax over the classes, an ArgMax along them, and what only hands these on; empty
        /// where the output holds logits.
        public var behind: [Int]
    }

    /// The logits: what a Softmax or LogSoftmax over the classes (axis 1 of [N, classes]) at the very end reads, else the output.
    ///
    /// softmax(log softmax(z)) = softmax(z), so classes, cross-entropies and gradients are those of z in both forms. Without `shapes` any rank is
    /// taken for [N, classes]. Cost: O(nodes behind the logits), and as ``index``.
    ///
    /// - Parameter ofPositions: Whether a Softmax over another axis of more axes counts too, as the loss of classes at positions takes it.
    /// - Parameter ofClasses: Whether what an ArgMax or a ZipMap at the end reads are logits too.
    public func logits(_ shapes: [String: Shape]? = nil, ofPositions: Bool = false, ofClasses: Bool = false) -> Logits {
        let index = index
        var (name, behind) = (output, [Int]())
        // What an ArgMax reads names the class as well, whether a Softmax made it or not.
        var scores: Logits?
        while let place = index.maker(of: name), let input = nodes[place].inputs.first, !behind.contains(place) {
            behind.insert(place, at: 0)
            switch nodes[place].operation {
            case .identity, .dropout: name = input
            case .squeeze where ofClasses && scores == nil, .reshape where ofClasses && scores == nil,
                .flatten where ofClasses && scores == nil:
                name = input
            case .extremePlace(let extreme) where ofClasses && scores == nil && extreme.isClass(along: shapes?[input]):
                scores = Logits(value: input, behind: behind)
                name = input
            case .softmax(let axis), .logSoftmax(let axis):
                let isOverClasses = ofPositions || isOverClasses(axis, of: input, shapes)
                // Only behind an ArgMax does anything else than a copy hand scores on.
                let isHandedOn = scores != nil || behind.dropFirst().allSatisfy { nodes[$0].operation.isCopy }
                return isOverClasses && isHandedOn ? Logits(value: input, behind: behind) : scores ?? Logits(value: output, behind: [])
            case .unsupported(let node) where ofClasses && scores == nil && node.isMapOfClasses:
                scores = Logits(value: input, behind: behind)
                name = input
            case .binary(.divide), .unary(.exponential):
                guard
                    let whole = nodes[place].operation == .binary(.divide)
                        ? softmaxWrittenOut(at: place, shapes, index, ofPositions: ofPositions)
                        : logarithms(input, shapes, index, ofPositions: ofPositions),
                    scores != nil || behind.dropFirst().allSatisfy({ nodes[$0].operation.isCopy })
                else { return scores ?? Logits(value: output, behind: []) }
                return Logits(value: whole.value, behind: Set(whole.behind + behind).sorted())
            default: return scores ?? Logits(value: output, behind: [])
            }
        }
        return scores ?? Logits(value: output, behind: [])
    }

    /// What the exponential reads whose value a quotient divides by its own sum over the classes, and the nodes that do so; nil where a quotient is something
    /// else. What was subtracted before changes no quotient.
    private func softmaxWrittenOut(at place: Int, _ shapes: [String: Shape]?, _ index: GraphIndex, ofPositions: Bool) -> Logits? {
        guard nodes[place].inputs.count == 2, let raised = index.maker(of: nodes[place].inputs[0]),
            nodes[raised].operation == .unary(.exponential), let value = nodes[raised].inputs.first,
            let sum = makers(of: .sum, nodes[place].inputs[0], as: nodes[place].inputs[1], shapes, index, ofPositions: ofPositions)
        else { return nil }
        return Logits(value: value, behind: [raised, place] + sum)
    }

    /// Values whose logarithms of probabilities an exponential reads: those of a LogSoftmax, or what it is written out of, z − log Σ exp(z).
    private func logarithms(_ value: String, _ shapes: [String: Shape]?, _ index: GraphIndex, ofPositions: Bool) -> Logits? {
        guard let place = index.maker(of: value), let input = nodes[place].inputs.first else { return nil }
        switch nodes[place].operation {
        case .logSoftmax(let axis):
            return ofPositions || isOverClasses(axis, of: input, shapes) ? Logits(value: input, behind: [place]) : nil
        case .binary(.subtract):
            guard nodes[place].inputs.count == 2,
                let sum = makers(
                    of: .logOfSumOfExponentials, input, as: nodes[place].inputs[1], shapes, index, ofPositions: ofPositions)
            else { return nil }
            return Logits(value: input, behind: [place] + sum)
        default: return nil
        }
    }

    /// The nodes that make `value` of a reduction of `source` over the classes and of nothing else; nil where it is something else.
    private func makers(
        of function: Reduction.Function, _ source: String, as value: String, _ shapes: [String: Shape]?, _ index: GraphIndex,
        ofPositions: Bool
    ) -> [Int]? {
        var (name, behind) = (value, [Int]())
        // Known shapes say along which axis the sums lie; without them they keep it.
        let keepsRank = shapes.map { $0[value]?.rank == $0[source]?.rank }
        while let maker = index.maker(of: name), let input = nodes[maker].inputs.first, !behind.contains(maker) {
            behind.append(maker)
            switch nodes[maker].operation {
            case .reshape, .unsqueeze, .expand, .identity: name = input
            case .reduction(let sum):
                let fits = ofPositions ? sum.axes.count == 1 : sum.axes.count == 1 && isOverClasses(sum.axes[0], of: source, shapes)
                return sum.function == function && input == source && fits && keepsRank ?? sum.keepsAxes ? behind : nil
            default: return nil
            }
        }
        return nil
    }

    /// Whether an axis is that of the classes of [N, classes]; without shapes any rank is taken for that.
    private func isOverClasses(_ axis: Int, of value: String, _ shapes: [String: Shape]?) -> Bool {
        (axis == 1 || axis == -1) && (shapes == nil || shapes?[value]?.rank == 2)
    }

    /// The network whose output is the logits of classes at positions too.
    public var ofLogits: Network {
        var network = self
        network.output = logits(ofPositions: true).value
        return network
    }
}

extension ExtremePlace {
    /// Whether it names the class of an example, or of each of its positions: the first of the largest, along an axis behind that of the examples.
    fileprivate func isClass(along shape: Shape?) -> Bool { isMaximum && !takesLast && axis > 0 && axis < (shape?.rank ?? 0) }
}

extension UnsupportedOperator {
    /// scikit-learn's way to give a table of classes and probabilities for each example instead of their tensor.
    var isMapOfClasses: Bool { name.hasSuffix("ZipMap") }
}

extension Operation {
    fileprivate var isCopy: Bool {
        switch self {
        case .identity, .dropout: true
        default: false
        }
    }
}
