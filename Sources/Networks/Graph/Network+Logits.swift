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
                let isOverClasses = ofPositions || (axis == 1 || axis == -1) && (shapes == nil || shapes?[input]?.rank == 2)
                // Only behind an ArgMax does anything else than a copy hand scores on.
                let isHandedOn = scores != nil || behind.dropFirst().allSatisfy { nodes[$0].operation.isCopy }
                return isOverClasses && isHandedOn ? Logits(value: input, behind: behind) : scores ?? Logits(value: output, behind: [])
            case .unsupported(let node) where ofClasses && scores == nil && node.isMapOfClasses:
                scores = Logits(value: input, behind: behind)
                name = input
            case .binary(.divide):
                guard let whole = softmaxWrittenOut(at: place, shapes, index, ofPositions: ofPositions),
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
            nodes[raised].operation == .unary(.exponential), let value = nodes[raised].inputs.first
        else { return nil }
        let powers = nodes[place].inputs[0]
        var (divisor, behind) = (nodes[place].inputs[1], [raised, place])
        // Known shapes say along which axis the sums lie; without them they keep it.
        let keepsRank = shapes.map { $0[divisor]?.rank == $0[powers]?.rank }
        while let maker = index.maker(of: divisor), let input = nodes[maker].inputs.first, !behind.contains(maker) {
            behind.append(maker)
            switch nodes[maker].operation {
            case .reshape, .unsqueeze, .expand, .identity: divisor = input
            case .reduction(let sum):
                let isOverClasses = ofPositions ? sum.axes.count == 1 : sum.axes == [1] && (shapes == nil || shapes?[powers]?.rank == 2)
                guard sum.function == .sum, input == powers, isOverClasses, keepsRank ?? sum.keepsAxes else { return nil }
                return Logits(value: value, behind: behind)
            default: return nil
            }
        }
        return nil
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
