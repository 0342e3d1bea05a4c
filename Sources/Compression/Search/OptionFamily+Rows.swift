import Networks

extension OptionFamily {
    /// All families that layers are tried with, in the order of the plan: what prunes, what represents, what factors.
    public static let all = [level, pattern, bits, centroids, rank]

    /// Shares of zeros, those of other tools' curves (0, 0.05 … 0.9) and a few beyond.
    static let level = OptionFamily(
        name: "level", unit: "zeros", summary: "the smallest weights of the layer become zero",
        values: { _ in (0...18).map { Double($0) / 20 } + [0.95, 0.98] },
        coarse: { _ in [0.5, 0.7, 0.8, 0.9] },
        change: { plan, value in
            plan.pruning = Pruning(criterion: .level, amount: value, deviation: plan.pruning.deviation)
            if plan.pattern?.setsAmount == true { plan.pattern = nil }
        },
        words: { "level \(short($0))" },
        place: { $0.plan.pattern == nil ? $0.sparsity : nil })

    /// Of each four weights three, two or one; the value is the share that goes.
    static let pattern = OptionFamily(
        name: "pattern", unit: "zeros", summary: "of each four weights of an output the largest three, two or one stay",
        values: { _ in [0.25, 0.5, 0.75] },
        coarse: { _ in [0.5] },
        change: { plan, value in plan.pattern = PruningPattern.some(kept: Int((4 - 4 * value).rounded()), of: 4) },
        words: { "\(Int((4 - 4 * $0).rounded())):4" },
        place: { summary in
            guard let pattern = summary.plan.pattern, case .some(let kept, let span) = pattern, span == 4 else { return nil }
            return 1 - Double(kept) / 4
        })

    /// Floats of 32 and 16 bits, then a uniform grid.
    static let bits = OptionFamily(
        name: "bits", unit: "bits", summary: "the weights lie on a uniform grid of so many bits; 32 and 16 are floats",
        values: { _ in [32, 16] + LinearQuantization.bitRange.reversed().map(Double.init) },
        coarse: { _ in [4, 3, 2] },
        change: { plan, value in plan.weights = grid(Int(value), like: plan.weights) },
        words: { "\(short($0)) bits" },
        place: { summary in
            switch summary.plan.weights {
            case .float32: 32
            case .float16: 16
            case .linear(let linear): Double(linear.bits)
            default: nil
            }
        })

    /// Shared values, k of them.
    static let centroids = OptionFamily(
        name: "centroids", unit: "centroids", summary: "the weights that stay share so many values",
        values: { _ in WeightSharing.bitRange.reversed().map { Double(1 << $0) } },
        coarse: { _ in [16, 4] },
        change: { plan, value in
            let bits = Int(value).trailingZeroBitCount
            if case .shared(var sharing) = plan.weights {
                sharing.bits = bits
                plan.weights = .shared(sharing)
            } else {
                plan.weights = .shared(WeightSharing(bits: bits))
            }
        },
        words: { "\(short($0)) centroids" },
        place: { if case .shared(let sharing) = $0.plan.weights { Double(1 << sharing.bits) } else { nil } })

    /// Two matrices of a rank that have fewer numbers than the weights.
    static let rank = OptionFamily(
        name: "rank", unit: "rank", summary: "the weights become the product of two matrices of such a rank",
        values: { layer in
            guard layer.hasSpectrum, let largest = FactorMethod.channel.largestRanks(of: layer.geometry).first else { return [] }
            return RankChoices.ranks(largest: largest, in: .parameters).reversed().filter {
                LowRank.number($0).factorization(of: layer.geometry).parameterCount(of: layer.geometry) < layer.count
            }.map(Double.init)
        },
        coarse: { values in Set(values.isEmpty ? [] : [values[values.count / 2]]) },
        change: { plan, value in plan.weights = .factors(.number(Int(value))) },
        words: { "rank \(short($0))" },
        place: { $0.factorization.map { Double($0.first) } })

    /// The layer as the base has it; no step of a search, but what a layer of a plan would give back.
    static let bypass = OptionFamily(
        name: "bypass", unit: "", summary: "the layer is left as it came", values: { _ in [1] }, coarse: { Set($0) },
        change: { plan, _ in plan.bypass = true }, words: { _ in "bypass" }, place: { _ in nil })

    private static func grid(_ bits: Int, like weights: WeightRepresentation) -> WeightRepresentation {
        switch bits {
        case 32: return .float32
        case 16: return .float16
        default:
            guard case .linear(var linear) = weights else { return .linear(LinearQuantization(bits: bits)) }
            linear.bits = bits
            return .linear(linear)
        }
    }

    /// `0.85`, `4`: without zeros at the end.
    private static func short(_ value: Double) -> String { value == value.rounded() ? String(Int(value)) : String(value) }
}
