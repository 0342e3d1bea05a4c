import Tensors

extension Network {
    /// What the measured output holds for one example where that is no list of two classes or more; nil where it is one, or can't be computed.
    ///
    /// Cost: O(nodes).
    public var outputWithoutClasses: Shape? {
        guard !isWeightsOnly, let shape = (try? shapes(batch: 1))?[output], (classCount ?? 0) < 2 else { return nil }
        return shape.rank > 1 ? Shape(Array(shape.dimensions.dropFirst())) : [1]
    }

    /// The number of logits of an example; nil where the output's shape is not known or it is no list of logits [N, classes].
    ///
    /// Cost: O(nodes).
    public var classCount: Int? {
        guard !isWeightsOnly, let shape = (try? shapes(batch: 1))?[output], shape.rank >= 2, shape[0] == 1, !isSorted else { return nil }
        return shape.dimensions.dropFirst(2).allSatisfy { $0 == 1 } ? shape[1] : nil
    }

    /// Whether the output are values in their order (TopK), of which none has a class of its own.
    private var isSorted: Bool {
        guard let place = index.maker(of: output), case .placement(.best) = nodes[place].operation else { return false }
        return true
    }
}
