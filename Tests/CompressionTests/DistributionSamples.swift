import Tensors

/// Small seeded weights of every kind that the searches could trip over.
struct DistributionSample: CustomStringConvertible {
    let kind: Int
    let seed: UInt64
    let weights: [Float]

    static let kinds = 12

    var description: String { "kind \(kind), seed \(seed), \(weights.count) weights" }

    init(kind: Int, seed: UInt64, most: Int = 700) {
        self.kind = kind
        self.seed = seed
        var generator = SeededGenerator(seed: seed &* 31 &+ UInt64(kind))
        let count = seed < 4 ? Int(seed) : Int.random(in: 1...most, using: &generator)
        weights = (0..<count).map { _ in Self.weight(kind, &generator) }
    }

    private static func weight(_ kind: Int, _ generator: inout SeededGenerator) -> Float {
        switch kind {
        case 0: Float(generator.normal())
        case 1: Float(generator.laplace()) * 0.05
        case 2: Float(generator.uniform() - 0.5)
        case 3: [-0.5, -0.25, 0, 0.125, 3][Int.random(in: 0..<5, using: &generator)]
        case 4: Float(Int.random(in: -9...9, using: &generator)) / 4
        case 5: 0.75
        case 6: Float(bitPattern: UInt32.random(in: 0..<50, using: &generator)) * (Bool.random(using: &generator) ? 1 : -1)
        case 7: Bool.random(using: &generator) ? -0.0 : 0
        case 8: Bool.random(using: &generator) ? 0 : Float(generator.normal())
        case 9: abs(Float(generator.normal())) + 100
        case 10: Float(generator.normal()) * (generator.uniform() < 0.02 ? 1_000 : 1)
        default: anyFinite(&generator)
        }
    }

    /// Any finite bits: all magnitudes from denormals to the largest floats.
    private static func anyFinite(_ generator: inout SeededGenerator) -> Float {
        while true {
            let value = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
            if value.isFinite { return value }
        }
    }

    var tensor: Tensor { Tensor(shape: [weights.count], floats: weights) }

    /// Thresholds worth asking for: none, below all, at some weights, next to them, above all.
    var thresholds: [Double] {
        var generator = SeededGenerator(seed: seed ^ 0xABCD)
        let magnitudes = (0..<4).compactMap { _ in weights.randomElement(using: &generator).map { abs($0) } }
        return [-1, 0, 1e-300, 1e60]
            + magnitudes.flatMap { [Double($0), Double($0.nextDown), Double($0) * 1.000_000_001, Double($0) * 0.7] }
    }

    static func each(seeds: Range<UInt64>, most: Int = 700, _ body: (DistributionSample) throws -> Void) rethrows {
        for kind in 0..<kinds {
            for seed in seeds { try body(DistributionSample(kind: kind, seed: seed, most: most)) }
        }
    }
}

/// Whether two sums agree to `tolerance` of `scale`, the size of what was added.
func agree(_ left: Double, _ right: Double, scale: Double, tolerance: Double = 1e-12) -> Bool {
    abs(left - right) <= tolerance * scale
}
