import Networks
import Tensors

extension TrainedLayer {
    /// The mask of a rule over float weights: 0 for what the rule prunes; nil where it prunes nothing and the layer did not come pruned.
    ///
    /// Ties of an exact level are settled by index, as ``LayerCompressor`` does. Cost: O(n).
    public static func mask(
        _ weights: UnsafeBufferPointer<Float>, of layer: Layer, rule: PruningRule, isGivenPruned: Bool
    ) -> [UInt8]? {
        if rule == .none { return isGivenPruned ? weights.map { $0 == 0 ? 0 : 1 } : nil }
        var mask = [UInt8](repeating: 1, count: weights.count)
        _ = rule.decide(weights, of: layer, blocks: WeightBlocks { false }) { index, isPruned in mask[index] = isPruned ? 0 : 1 }
        return mask
    }

    /// The mask as it is, 1 for what is kept; nil where nothing is pruned.
    public var keptMask: [UInt8]? { mask.map { Array($0.bytes) } }
}
