import Tensors

extension Network {
    /// The number of logits of an example; nil where the output's shape is not known or it is no list of logits [N, classes].
    ///
    /// Cost: O(nodes).
    public var classCount: Int? {
        guard !isWeightsOnly, let shape = (try? shapes(batch: 1))?[output], shape.rank >= 2, shape[0] == 1 else { return nil }
        return shape.dimensions.dropFirst(2).allSatisfy { $0 == 1 } ? shape[1] : nil
    }
}
