import Networks
import Tensors

extension TrainedLayer {
    /// The mask of a rule over float weights: 0 for what the rule prunes; nil where it prunes nothing and the layer did not come pruned.
    ///
    /// Ties of an exact level are settled by index, as ``LayerCompressor`` does. Cost: O(n).
    public static func mask(
        _ weights: UnsafeBufferPointer<Float>, rule: PruningRule, isGivenPruned: Bool
    ) -> [UInt8]? {
        switch rule {
        case .none: return isGivenPruned ? weights.map { $0 == 0 ? 0 : 1 } : nil
        case .threshold(let threshold):
            let limit = Float(roundedDown: threshold)
            return weights.map { $0.magnitude > limit ? 1 : 0 }
        case .zeros(let zeros, let threshold):
            let limit = Float(roundedDown: threshold)
            var ties = zeros - weights.count { $0.magnitude < limit }
            return weights.map { weight in
                guard weight.magnitude == limit else { return weight.magnitude < limit ? 0 : 1 }
                ties -= 1
                return ties >= 0 ? 0 : 1
            }
        }
    }

    /// The mask as it is, 1 for what is kept; nil where nothing is pruned.
    public var keptMask: [UInt8]? { mask.map { Array($0.bytes) } }
}
