import Foundation

extension NetworkRepair {
    /// What became of each layer that reads fewer channels: `conv2: 12.3 % of its outputs' variance was lost, 1.9 % is`.
    public var lines: [String] {
        let fitted = network.layers.compactMap { layer in
            errors[layer.weight].map { error in
                error.after < error.before
                    ? "\(layer.name) fitted: of its outputs' variance \(Self.percent(error.before)) was lost, \(Self.percent(error.after)) is"
                    : "\(layer.name) keeps its weights: no fit is better than \(Self.percent(error.before)) of its outputs' variance lost"
            }
        }
        return fitted + untouched.map { "\($0) is not fitted: its operator reads channels in another way than a product of windows" }
    }

    private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
