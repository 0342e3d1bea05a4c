import Networks

/// What the values of a layer are, for its row.
public struct StoredValues: Hashable, Sendable {
    /// `shared`, `float32`; of a layer that is left as it came `codebook`, `grid`, `int8 × 20`.
    public var name: String
    /// Bits of one value before entropy coding.
    public var bits: Int
    /// Of a product.
    public var factorization: Factorization?

    /// `5`; of a product `r48`.
    public var width: String { factorization.map { "r\($0.text)" } ?? String(bits) }
}

extension LayerSummary {
    /// What the plan stores the layer as, or, where it leaves the weights as they came, what was found on opening.
    public var stored: StoredValues {
        guard plan.bypass || plan.weights == .float32 else {
            return StoredValues(name: plan.weights.name, bits: plan.weights.bits, factorization: factorization)
        }
        for remark in remarks.reversed() {
            switch remark {
            case .givenGrid(_, let bits):
                // Very few values on a grid are counted as a codebook.
                return bytes.valueBits < bits
                    ? StoredValues(name: "codebook", bits: bytes.valueBits) : StoredValues(name: "grid", bits: bits)
            case .givenCodebook(let distinct): return StoredValues(name: "codebook", bits: GivenStructure.bits(codes: distinct))
            case .givenCodes(let type, let bits, let scales), .keptCodes(let type, let bits, let scales):
                return StoredValues(name: scales > 1 ? "\(type) × \(scales)" : type, bits: bits)
            case .givenFloats(let type) where bytes.valueBits == 16: return StoredValues(name: type, bits: 16)
            default: continue
            }
        }
        return StoredValues(name: "float32", bits: 32)
    }

    /// Whether the layer came as integers that no file of Pare keeps as such: its bytes are counted, and it is written, as floats.
    public var losesGivenCodes: Bool {
        (plan.bypass || plan.weights == .float32)
            && remarks.contains { if case .givenCodes = $0 { true } else { false } }
    }

    /// Bits of one value where zeros are stored among `codes` others.
    package func bitsWithZero(codes: Int) -> Int {
        let bits = stored.bits
        let lacksZero = plan.bypass || plan.weights == .float32 ? stored.name == "codebook" : plan.weights.form.lacksZero
        return lacksZero ? max(bits, GivenStructure.bits(codes: codes + 1)) : bits
    }
}
