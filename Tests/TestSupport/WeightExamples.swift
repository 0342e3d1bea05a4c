import Compression

extension WeightRepresentation {
    /// Every form that weights can have, in each variant that goes a way of its own: a test of all of them misses none that comes later.
    public static let examples: [WeightRepresentation] = {
        var examples: [WeightRepresentation] = []
        var form: WeightRepresentation? = .float32
        while let current = form {
            examples += current.variants
            form = current.following
        }
        return examples
    }()

    /// The form that comes after; a new one does not compile until it has its place here.
    private var following: WeightRepresentation? {
        switch self {
        case .float32: .float16
        case .float16: .bfloat16
        case .bfloat16: .linear(LinearQuantization(bits: 4))
        case .linear: .shared(WeightSharing(bits: 3))
        case .shared: .ternary
        case .ternary: .binary(.layer)
        case .binary: .dorefa(bits: 1)
        case .dorefa: .normalFloat(group: 32)
        case .normalFloat: .lattice(LatticeQuantization(step: 0.5, lambda: 0.1))
        case .lattice: .factors(.number(3))
        case .factors: nil
        }
    }

    private var variants: [WeightRepresentation] {
        switch self {
        case .float32, .float16, .bfloat16, .ternary: [self]
        case .linear: Self.linears
        case .shared: Self.sharings
        case .binary: BinaryScale.allCases.map { .binary($0) }
        case .dorefa: [.dorefa(bits: 1), .dorefa(bits: 3)]
        case .normalFloat: [.normalFloat(group: 32), .normalFloat(group: 64)]
        case .lattice:
            [
                .lattice(LatticeQuantization(step: 0.5, lambda: 0.05)),
                .lattice(LatticeQuantization(step: 0.5, lambda: 0.05, rate: .independent)),
                .lattice(LatticeQuantization(step: 0.5, lambda: 0)), .lattice(LatticeQuantization(step: 0.5, lambda: 0, dither: 3)),
            ]
        case .factors: [.factors(.number(3)), .factors(.share(0.5))]
        }
    }

    private static let linears: [WeightRepresentation] = [
        LinearQuantization(bits: 4), LinearQuantization(bits: 3, isSymmetric: false), LinearQuantization(bits: 4, isPerChannel: true),
        LinearQuantization(bits: 4, isSymmetric: false, isPerChannel: true, clip: .percentile(97)),
        LinearQuantization(bits: 8, clip: .maximum), LinearQuantization(bits: 4, group: 32),
        LinearQuantization(bits: 3, isSymmetric: false, clip: .maximum, group: 64),
    ].map { .linear($0) }

    private static let sharings: [WeightRepresentation] = [
        WeightSharing(bits: 3), WeightSharing(bits: 4, start: .density), WeightSharing(bits: 3, start: .random, seed: 5),
        WeightSharing(bits: 4, method: .optimal), WeightSharing(bits: 2, span: .channel),
        WeightSharing(bits: 2, method: .optimal, span: .group(32)),
    ].map { .shared($0) }
}
