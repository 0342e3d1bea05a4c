import Compression
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Plans of each factor, against factors that are compressed as layers of their own.
@Suite("Layer: plans of factors")
struct FactorPartTests {
    private static let plans: [LayerPlan] = WeightRepresentation.examples.filter { !$0.isProduct }.enumerated().map { place, weights in
        var plan = LayerPlan(pruning: place % 3 == 0 ? .level(0.4) : place % 3 == 1 ? .ratio(0.7) : Pruning(), weights: weights)
        if place % 5 == 0 { plan.pattern = PruningPattern(rawValue: "2:4") }
        if place % 4 == 0 { plan.indexBits = 3 }
        return plan
    }

    private func layer(_ weights: WeightGeometry, seed: UInt64, isTransposed: Bool = false) throws -> LayerCase {
        var generator = SeededGenerator(seed: seed)
        let values = (0..<weights.shape.count).map { _ in Float(0.1 * generator.normal()) }
        return try LayerCase(
            values, shape: weights.shape, isTransposed: isTransposed, isConvolution: weights.isConvolution, groups: weights.groups)
    }

    private func factors(_ made: CompressedLayer) throws -> Factors {
        guard case .factors(let factors) = made.form else { throw CancellationError() }
        return factors
    }

    /// A layer with a method, and for each of its factors a plan that it can have.
    private func sample(_ seed: UInt64) throws -> (layer: LayerCase, plan: LayerPlan, parts: [FactorPart]) {
        var generator = SeededGenerator(seed: seed)
        let shapes = [
            WeightGeometry([24, 40]), WeightGeometry([12, 8, 3, 3]), WeightGeometry([16, 4, 3, 2], groups: 2), WeightGeometry([8, 10, 5]),
        ]
        let weights = shapes[Int(seed) % shapes.count]
        let layer = try layer(weights, seed: seed, isTransposed: !weights.isConvolution && seed % 8 == 4)
        let methods = FactorMethod.allCases.filter { $0.obstacle(in: weights) == nil }
        let method = methods[Int(seed / 4) % methods.count]
        var plan = LayerPlan(
            pruning: seed % 3 == 0 ? .level(0.2) : Pruning(), weights: .factors(LowRank(.number(4), method: method, outputs: .number(3))))
        let parts = (plan.factorization(of: weights)?.parts(of: weights) ?? [])
        for part in parts {
            let fitting = Self.plans.filter { (try? $0.validate(for: layer.layer.layer(of: part))) != nil }
            plan[part.side] = try #require(fitting.randomElement(using: &generator))
        }
        return (layer, plan, parts)
    }

    @Test("Each factor is what its plan makes of it as a layer of its own; weights are their product as stored", arguments: 0..<32)
    func parts(seed: Int) throws {
        let (layer, plan, parts) = try sample(UInt64(seed))
        var plain = plan
        for part in parts { plain[part.side] = .unchanged }
        let found = try factors(layer.compressed(plain))
        let made = try layer.compressed(plan)
        let stored = try factors(made)
        #expect(made.parts.count == parts.count && plain.parts == nil)
        for (place, part) in parts.enumerated() {
            let own = layer.layer.layer(of: part)
            let distribution = try WeightDistribution(found.parts[place])
            let alone = try #require(
                try LayerCompressor.compress(
                    layer: own, weights: found.parts[place], bias: nil, distribution: distribution, plan: plan[part.side],
                    rule: PruningRule(plan[part.side], distribution),
                    given: GivenStructure(zeros: 0, count: own.count, values: [], grid: nil)))
            #expect(made.parts[place].weights.floats == alone.weights.floats && made.parts[place].form == alone.form)
            #expect(stored.parts[place].floats == alone.weights.floats)
            var summary = alone.summary
            if plan[part.side] == .unchanged { summary.bytes = made.parts[place].summary.bytes }
            #expect(made.summary.part(part.side) == summary)
            #expect(made.distribution(of: part.side)?.standardDeviation == distribution.standardDeviation)
            let kept = made.stored(own.weight)
            #expect(kept == (alone.form == .floats(.float32) ? nil : alone.stored))
            #expect(kept.map { $0.floats() == alone.weights.floats } ?? true)
        }
        let product = stored.factorization.product(stored.parts.map(\.floats), of: layer.layer.geometry)
        let norm = product.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(squaredError(made.weights.floats, product).squareRoot() <= 1e-6 * norm)
        let summary = made.summary
        #expect(summary.bytes.huffman == made.parts.reduce(0) { $0 + $1.summary.bytes.huffman })
        let zeros = stored.parts.reduce(0) { $0 + $1.floats.count { $0 == 0 } }
        if plan.parts != nil { #expect(summary.sparsity == Double(zeros) / Double(stored.parts.reduce(0) { $0 + $1.count })) }
        let noise = squaredError(made.weights.floats, layer.weights)
        let signal = squaredError(layer.weights, layer.weights.map { _ in 0 })
        #expect(abs(try #require(summary.signalToNoise.whole) - 10 * log10(signal / noise)) < 1e-6)
    }

    @Test("Without plans of factors every number is that of floats: bytes 4 for each, zeros those of the product", arguments: 0..<8)
    func plain(seed: Int) throws {
        var (layer, plan, parts) = try sample(UInt64(seed))
        for part in parts { plan[part.side] = .unchanged }
        let made = try layer.compressed(plan)
        let numbers = parts.reduce(0) { $0 + $1.shape.count }
        #expect(made.summary.bytes.huffman == 4 * numbers && made.summary.bytes.sparse == 4 * numbers)
        #expect(made.summary.fileEstimate == nil && made.summary.estimatedBytes == 4 * numbers)
        #expect(made.summary.sparsity == Double(made.weights.floats.count { $0 == 0 }) / Double(layer.layer.count))
        #expect(parts.allSatisfy { made.stored(layer.layer.name(of: $0.side)) == nil })
        let bare = try JSONSerialization.jsonObject(with: JSONEncoder().encode(plan)) as? [String: Any]
        #expect(bare?["parts"] == nil)
    }

    @Test("Tables of a state keep the form of each factor, and summaries its figures", arguments: 0..<16)
    func tables(seed: Int) throws {
        let (layer, plan, _) = try sample(UInt64(seed))
        let made = try layer.compressed(plan)
        let tables = try JSONDecoder().decode(StoredTables.self, from: JSONEncoder().encode(StoredTables(made)))
        let summary = try JSONDecoder().decode(LayerSummary.self, from: JSONEncoder().encode(made.summary))
        let back = CompressedLayer(weights: made.weights, bias: nil, tables: tables, of: layer.layer, summary: summary)
        #expect(back.form == made.form && back.summary == made.summary)
        for name in made.weightParameters { #expect(back.stored(name) == made.stored(name)) }
        let decoded = try JSONDecoder().decode(LayerPlan.self, from: JSONEncoder().encode(plan))
        #expect(decoded == plan)
    }

    @Test("An index of the layer is that of a factor which says none; a bypassed factor stays float")
    func inheritance() throws {
        let layer = try layer(WeightGeometry([30, 40]), seed: 3)
        var plan = LayerPlan(weights: .factors(.number(8)), indexBits: 2)
        plan[.left] = LayerPlan(pruning: .level(0.8))
        let short = try layer.compressed(plan)
        #expect(short.summary.part(.left)?.bytes.indexBits == 2)
        plan[.left].indexBits = 6
        #expect(try layer.compressed(plan).summary.part(.left)?.bytes.indexBits == 6)
        plan[.left].bypass = true
        let bypassed = try layer.compressed(plan)
        #expect(bypassed.summary.part(.left)?.zeros == 0 && bypassed.parts.allSatisfy { $0.form == .floats(.float32) })
    }
}

extension FactorPartTests {
    private func entry(_ pattern: String, _ plan: LayerPlan) -> CompressionPlan.Entry { .init(pattern: pattern, plan: plan) }

    @Test("Factors are named behind their layer, or by a glob before the ending; the exact name goes before the longest glob")
    func names() throws {
        let layers = try ["conv1", "conv2", "fc1"].map { try LayerCase([1, 2], shape: [1, 2], name: $0).layer }
        let (eight, four, half) = (
            LayerPlan(weights: .linear(LinearQuantization(bits: 8))), LayerPlan(weights: .linear(LinearQuantization(bits: 4))),
            LayerPlan(pruning: .level(0.5))
        )
        var whole = LayerPlan(weights: .factors(.number(1)))
        whole[.right] = half
        let plan = CompressionPlan(layers: [
            entry("*", whole), entry("*.left", eight), entry("conv*.left", four), entry("conv2.left", half),
            entry("fc1.weight.right", four),
        ])
        let resolved = try plan.resolved(for: layers)
        func sides(_ weight: String) -> [LayerPlan] { [resolved[weight][.left], resolved[weight][.right], resolved[weight][.middle]] }
        #expect(sides("conv1.weight") == [four, half, .unchanged] && sides("conv2.weight") == [half, half, .unchanged])
        #expect(sides("fc1.weight") == [eight, four, .unchanged])
        #expect(try CompressionPlan(resolved: resolved).resolved(for: layers) == resolved)
        let parts = Factorization(.channel, ranks: [1], of: layers[1].geometry).parts(of: layers[1].geometry)
        let part = layers[1].layer(of: try #require(parts.last))
        var changed = resolved
        changed[part] = eight
        #expect(resolved[part] == half && changed["conv2.weight"][.left] == eight && changed["conv1.weight"] == resolved["conv1.weight"])
    }

    @Test("Layers that are called like factors are themselves")
    func layersOfThatName() throws {
        let layers = try ["a", "a.left", "b.left"].map { try LayerCase([1, 2], shape: [1, 2], name: $0).layer }
        let half = LayerPlan(pruning: .level(0.5))
        let exact = try CompressionPlan(layers: [entry("a.left", half)]).resolved(for: layers)
        #expect(exact["a.left.weight"] == half && exact["a.weight"] == .unchanged)
        let glob = try CompressionPlan(layers: [entry("*.left", half)]).resolved(for: layers)
        #expect(glob["a.left.weight"] == half && glob["b.left.weight"] == half && glob["a.weight"] == .unchanged)
    }

    @Test("What a factor can't have is refused with its name")
    func refusals() throws {
        let layers = [try LayerCase([1, 2], shape: [1, 2], name: "conv2").layer]
        var global = LayerPlan(pruning: Pruning(criterion: .level, amount: 0.5, scope: .global))
        for (plan, setting) in [
            (global, "scope"), (LayerPlan(weights: .factors(.number(1))), "factors"), (LayerPlan(biases: .int8), "biases"),
            (LayerPlan(activations: .sign), "activations"),
        ] {
            var whole = LayerPlan.unchanged
            whole[.left] = plan
            let expected = PlanError.settingOfLayers(entry: "conv2.left", setting: setting)
            for wrong in [entry("conv2", whole), entry("conv2.left", plan)] {
                #expect(throws: expected) { try CompressionPlan(layers: [wrong]).resolved(for: layers) }
            }
        }
        global.pruning.scope = .layer
        #expect(throws: PlanError.duplicateEntry(first: "conv2.left", second: "conv2.weight.left")) {
            try CompressionPlan(layers: [entry("conv2.left", global), entry("conv2.weight.left", global)]).resolved(for: layers)
        }
        #expect(throws: PlanError.self) { try CompressionPlan(layers: [entry("conv3.left", global)]).resolved(for: layers) }
        var wide = LayerPlan.unchanged
        wide[.right].indexBits = 40
        #expect(throws: PlanError.outOfRange(entry: "conv2.right", setting: "indexBits", value: 40, allowed: 1...16)) {
            try CompressionPlan(layers: [entry("conv2", wide)]).validate()
        }
    }
}
