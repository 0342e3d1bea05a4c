import Compression
import Networks
import Tensors
import TestSupport

/// Seeded layers under seeded plans, of every representation.
enum CodingSamples {
    static let representations = WeightRepresentation.examples

    static func plan(_ generator: inout SeededGenerator) -> LayerPlan {
        var plan = LayerPlan()
        if generator.next() % 4 != 0 {
            plan.pruning = Pruning(criterion: .level, amount: Double([0.1, 0.5, 0.9, 0.97, 1][Int(generator.next() % 5)]))
        }
        switch generator.next() % 4 {
        case 3: plan.weights = .lattice(lattice(&generator))
        case 0: plan.weights = representations[Int(generator.next() % UInt64(representations.count))]
        case 1:
            plan.weights = .linear(
                LinearQuantization(
                    bits: Int(generator.next() % 7) + 2, isSymmetric: generator.next() % 2 == 0, isPerChannel: generator.next() % 2 == 0))
        default: plan.weights = .shared(WeightSharing(bits: Int(generator.next() % 8) + 1))
        }
        if generator.next() % 4 == 0 { plan.pattern = patterns[Int(generator.next() % UInt64(patterns.count))] }
        return plan
    }

    private static let patterns = ["1:2", "2:4", "5:8", "2:32", "blocks 4", "blocks 16"].compactMap(PruningPattern.init)

    static func lattice(_ generator: inout SeededGenerator) -> LatticeQuantization {
        LatticeQuantization(
            step: [0.05, 0.3, 1, 2.5][Int(generator.next() % 4)], lambda: [0, 0.05, 0.5][Int(generator.next() % 3)],
            rate: generator.next() % 2 == 0 ? .contexts : .independent,
            dither: generator.next() % 2 == 0 ? nil : UInt32(truncatingIfNeeded: generator.next()))
    }

    /// A layer as a plan leaves it.
    static func layer(seed: UInt64) throws -> CompressedLayer {
        var generator = SeededGenerator(seed: seed)
        let layer = try LayerCase(seed: seed)
        return try layer.compressed(plan(&generator), findsOptimum: false)
    }
}
