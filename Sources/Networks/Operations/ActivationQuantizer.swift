/// How the values that a layer hands on are made coarse.
public struct ActivationQuantizer: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// 2^bits levels from 0 to the clip α, which is input 1 of the node, a parameter [1].
        ///
        /// y = round(clamp(x, 0, α) · (2^bits − 1) / α) · α / (2^bits − 1), ties to even; 0 where α ≤ 0.
        /// Backward straight through: ∂x = ∂y where 0 < x < α, else 0; ∂α = Σ ∂y where x ≥ α
        /// (DoReFa: Zhou and others, 2016; PACT: Choi and others, 2018).
        case clipped(bits: Int)
        /// +1 from 0 on, −1 below; ONNX's Sign is 0 at 0. Backward as hard tanh: ∂x = ∂y where |x| ≤ 1, else 0
        /// (Courbariaux and others, 2016).
        case sign
    }

    public var kind: Kind

    public init(kind: Kind) { self.kind = kind }

    public static func clipped(bits: Int) -> ActivationQuantizer { ActivationQuantizer(kind: .clipped(bits: bits)) }

    public static let sign = ActivationQuantizer(kind: .sign)

    /// The name of the operator: `Sign` as in ONNX, which has none for the other.
    var name: String {
        switch kind {
        case .clipped: "Quantize"
        case .sign: "Sign"
        }
    }
}

/// What a plan asks for the values that a layer hands on.
public enum ActivationQuantization: Codable, Hashable, Sendable {
    /// 2^bits levels from 0 to a clip.
    case clipped(bits: Int, clip: Clip)
    /// −1 and +1.
    case sign

    /// Where the clip comes from.
    public enum Clip: String, Codable, Hashable, Sendable, CaseIterable {
        /// Measured on data, and left so.
        case calibrated
        /// Trained by its gradient (PACT: Choi and others, 2018).
        case learned
    }

    public static let bitRange = 1...8

    /// Bits up to a clip; nil of signs.
    public var bits: Int? { if case .clipped(let bits, _) = self { bits } else { nil } }

    /// Where that clip comes from; nil of signs.
    public var clip: Clip? { if case .clipped(_, let clip) = self { clip } else { nil } }

    /// The quantizer of the network.
    public var quantizer: ActivationQuantizer {
        switch self {
        case .clipped(let bits, _): .clipped(bits: bits)
        case .sign: .sign
        }
    }
}
