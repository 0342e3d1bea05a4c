/// What a budget over all layers counts.
public enum BudgetUnit: String, Codable, Hashable, Sendable, CaseIterable {
    /// Numbers that the network holds.
    case parameters
    /// Multiply-adds of one example; biases are not counted.
    case multiplyAdds
    /// Bytes of what the plans make: factors by plans of their own, or as float32; a layer that stays dense by its plan.
    case bytes
    /// Of one batch on a device, see ``LayerTimes``: layers as float32 kernels run them, and what stands between them.
    case milliseconds

    /// The word of commands and files: `parameters`, `macs`, `bytes`, `ms`.
    public var word: String {
        switch self {
        case .parameters, .bytes: rawValue
        case .multiplyAdds: "macs"
        case .milliseconds: "ms"
        }
    }

    public init?(word: String) {
        guard let unit = Self.allCases.first(where: { $0.word == word.lowercased() || $0.rawValue == word }) else { return nil }
        self = unit
    }
}
