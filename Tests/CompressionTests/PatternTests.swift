import Compression
import Foundation
import Networks
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Patterns of pruning against a grouping of the weights by their places, one by one.
@Suite("Plan: patterns of pruning")
struct PatternTests {
    @Test(
        "N:M leaves of each M inputs at one position exactly the largest, at tails too, and nothing more when done again", arguments: 0..<60
    )
    func ofEach(seed: UInt64) throws {
        let sample = try PatternSample(seed: seed)
        var generator = SeededGenerator(seed: seed &+ 900)
        let span = PruningPattern.spans[Int(generator.next() % 5)]
        let kept = Int(generator.next() % UInt64(span - 1)) + 1
        let pattern = PruningPattern.some(kept: kept, of: span)
        // An amount, a scope or a floor changes nothing.
        var plan = LayerPlan(pruning: Pruning(criterion: .level, amount: Double(seed % 3) / 3, scope: seed % 2 == 0 ? .global : .layer))
        (plan.pattern, plan.keep) = (pattern, seed % 4 == 0 ? 7 : nil)
        let made = try sample.layer.compressed(plan)
        #expect(
            made.weights.floats
                == sample.kept(pattern) { members in
                    let left = (kept * members.count + span - 1) / span
                    return members.sorted { sample.isLess($0, $1) }.suffix(left)
                }, "\(pattern) \(sample.layer.layer.shape)")
        for members in sample.groups(pattern) {
            #expect(members.count { made.weights.floats[$0] != 0 } <= pattern.kept(of: members.count))
        }
        #expect(try LayerCase(made.weights.floats, like: sample.layer.layer).compressed(plan).weights.floats == made.weights.floats)
        #expect(made.summary.threshold == 0 && made.summary.zeros == made.weights.floats.count { $0 == 0 })
        try expectCounts(sample, plan, made)
    }

    @Test("Blocks go by their mean |w|, as many as level, ratio and floor say, never across groups", arguments: 0..<60)
    func blocks(seed: UInt64) throws {
        let sample = try PatternSample(seed: seed)
        var generator = SeededGenerator(seed: seed &+ 700)
        let pattern = PruningPattern.blocks(PruningPattern.blockSizes[Int(generator.next() % 3)])
        let groups = sample.groups(pattern)
        func mean(_ members: [Int]) -> Double {
            members.reduce(0) { $0 + Double(abs(sample.layer.weights[$1])) } / Double(members.count)
        }
        let ranked = groups.enumerated().sorted { (mean($0.element), $0.offset) < (mean($1.element), $1.offset) }.map(\.element)
        for criterion in Pruning.Criterion.allCases {
            let amount = criterion == .level ? generator.uniform() : 1.5 * generator.uniform()
            var plan = LayerPlan(pruning: Pruning(criterion: criterion, amount: amount))
            plan.pattern = pattern
            for keep in [nil, 1 + sample.layer.weights.count / 3] {
                plan.keep = keep
                let limit = amount * sample.layer.deviation
                var gone =
                    criterion == .level
                    ? Array(ranked.prefix(Int((amount * Double(groups.count)).rounded()))) : ranked.filter { mean($0) <= limit }
                let allowed = sample.layer.weights.count - (keep ?? 0)
                var sum = 0
                gone = Array(
                    gone.prefix { block in
                        sum += block.count
                        return sum <= allowed
                    })
                var expected = sample.layer.weights
                for index in gone.joined() { expected[index] = 0 }
                let made = try sample.layer.compressed(plan)
                #expect(made.weights.floats == expected, "\(pattern) \(criterion) \(keep ?? 0)")
                try expectCounts(sample, plan, made)
            }
        }
    }

    /// What the screen says before the layer is made, where it says it; and what is left as searches.
    private func expectCounts(_ sample: PatternSample, _ plan: LayerPlan, _ made: CompressedLayer) throws {
        let rule = PruningRule(plan, sample.layer.distribution)
        guard case .pattern(let pattern) = rule else {
            #expect(rule == .none && !plan.prunes)
            return
        }
        if let zeros = pattern.zeros(of: sample.layer.layer, given: sample.layer.distribution.givenZeros) {
            #expect(zeros == made.summary.zeros)
        }
        let survivors = try #require(made.survivors)
        #expect(survivors.givenZeros == made.summary.zeros && survivors.count == made.layer.count)
        let (all, pruned) = zip(sample.layer.weights, made.weights.floats).reduce((0.0, 0.0)) { sums, pair in
            let square = Double(pair.0) * Double(pair.0)
            return (sums.0 + square, sums.1 + (pair.1 == 0 ? square : 0))
        }
        let expected = pruned > 0 && all > 0 ? 10 * log10(all / pruned) : nil
        #expect((made.summary.signalToNoise.pruning == nil) == (expected == nil))
        if let expected, let found = made.summary.signalToNoise.pruning { #expect(abs(found - expected) < 1e-6) }
    }

    @Test(
        "A representation of what a pattern leaves is that of the same weights that came pruned", arguments: WeightRepresentation.examples)
    func representations(_ weights: WeightRepresentation) throws {
        if case .factors = weights { return }
        let sample = try LayerCase(seed: 7, rows: 8, columns: 96)
        var plan = LayerPlan(weights: weights)
        plan.pattern = .some(kept: 1, of: 4)
        let made = try sample.compressed(plan, findsOptimum: false)
        let masked = PatternSample(sample).kept(.some(kept: 1, of: 4)) { members in
            members.sorted { PatternSample(sample).isLess($0, $1) }.suffix(1)
        }
        let came = try LayerCase(masked, like: sample.layer)
        let expected = try LayerCompressor.compress(
            layer: came.layer, weights: came.tensor, bias: nil, distribution: came.distribution, plan: LayerPlan(weights: weights),
            rule: .none,
            deviation: sample.distribution.standardDeviation, findsOptimum: false)
        #expect(made.weights.floats == expected?.weights.floats, "\(weights)")
    }

    @Test("Layers with a pattern are in no ranking: those of the others are what they are without them")
    func ranking() throws {
        let cases = try (0..<3).map {
            try LayerCase(LayerCase(seed: 31 + UInt64($0), rows: 6, columns: 40).weights, shape: [6, 40], name: "l\($0)")
        }
        let global = LayerPlan(pruning: Pruning(criterion: .level, amount: 0.6, scope: .global))
        var patterned = global
        patterned.pattern = .blocks(4)
        let distributions = Dictionary(uniqueKeysWithValues: cases.map { ($0.layer.weight, $0.distribution) })
        func rules(_ plans: OrderedDictionary<String, LayerPlan>) -> [String: PruningRule] {
            ResolvedPlan(layers: plans).pruningRules(distributions: distributions)
        }
        let alone = rules(["l0.weight": global, "l1.weight": global])
        let mixed = ResolvedPlan(layers: ["l0.weight": global, "l1.weight": global, "l2.weight": patterned])
        let found = mixed.pruningRules(distributions: distributions)
        #expect(found["l0.weight"] == alone["l0.weight"] && found["l1.weight"] == alone["l1.weight"])
        #expect(found["l2.weight"] == .pattern(PatternRule(.blocks(4), blocks: .level(0.6))))
        #expect(mixed.ranked(with: global.pruning) == ["l0.weight", "l1.weight"])
    }

    @Test("Words go there and back, and others are none")
    func words() throws {
        for span in PruningPattern.spans {
            for kept in 1..<span { #expect(PruningPattern(rawValue: "\(kept):\(span)") == .some(kept: kept, of: span)) }
        }
        for word in ["0:2", "2:2", "1:3", "+1:2", "1:02", "1:2:4", "blocks 5", "blocks", "", "2:64"] {
            #expect(PruningPattern(rawValue: word) == nil)
        }
        let pattern = PruningPattern.some(kept: 3, of: 8)
        #expect(
            try JSONDecoder().decode([PruningPattern].self, from: JSONEncoder().encode([pattern, .blocks(16)])) == [pattern, .blocks(16)])
        #expect(
            try JSONDecoder().decode(
                LayerPlan.self,
                from: Data(
                    #"{"pruning":{"criterion":"ratio","amount":0,"scope":"layer","deviation":"all"},"weights":{"float32":{}},"biases":"float32","bypass":false}"#
                        .utf8)
            ).pattern == nil)
    }

    @Test("A layer of one input at each position keeps all, and says so")
    func depthwise() throws {
        let weights = (0..<5 * 9).map { Float($0 + 1) }
        let layer = try LayerCase(weights, shape: [5, 1, 3, 3], isConvolution: true)
        var plan = LayerPlan()
        plan.pattern = .some(kept: 2, of: 4)
        let made = try layer.compressed(plan)
        #expect(made.weights.floats == weights && made.summary.remarks.contains(.patternPrunesNothing(.some(kept: 2, of: 4))))
    }
}

/// A layer and what its places mean: matrices both ways round, convolutions of one to three axes, groups.
struct PatternSample {
    let layer: LayerCase

    init(_ layer: LayerCase) { self.layer = layer }

    init(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func size(_ most: UInt64) -> Int { Int(generator.next() % most) + 1 }
        let groups = seed % 5 == 3 ? 2 : 1
        let shape: Shape =
            switch seed % 5 {
            case 0: [size(20), size(50)]
            case 1: [size(50), size(20)]
            case 2: [size(20), size(20), 3]
            case 3: [2 * size(12), size(20), 2, 3]
            default: [size(9), size(9), 2, 1, 3]
            }
        let weights = (0..<shape.count).map { _ -> Float in
            let weight = 0.1 * generator.laplace()
            if seed % 4 == 0, generator.uniform() < 0.2 { return 0 }
            return Float(seed % 3 == 0 ? (weight * 16).rounded() / 16 : weight)
        }
        layer = try LayerCase(weights, shape: shape, isTransposed: seed % 5 == 1, isConvolution: shape.rank > 2, groups: groups)
    }

    func isLess(_ first: Int, _ second: Int) -> Bool { (abs(layer.weights[first]), first) < (abs(layer.weights[second]), second) }

    /// The weights that a pattern looks at together, in the order of the first of each.
    func groups(_ pattern: PruningPattern) -> [[Int]] {
        let (shape, isTransposed) = (layer.layer.shape.dimensions, layer.layer.isTransposed)
        let isOfInputs = pattern.setsAmount
        let axis = isTransposed == isOfInputs ? 0 : 1
        var found: OrderedDictionary<[Int], [Int]> = [:]
        for index in layer.weights.indices {
            var (rest, place) = (index, [Int](repeating: 0, count: shape.count))
            for axis in shape.indices.reversed() { (rest, place[axis]) = (rest / shape[axis], rest % shape[axis]) }
            let segment = isOfInputs ? shape[axis] : shape[axis] / layer.layer.groups
            let (part, offset) = (place[axis] / segment, place[axis] % segment)
            place[axis] = offset / pattern.span
            found[place + [part], default: []].append(index)
        }
        return Array(found.values)
    }

    func kept(_ pattern: PruningPattern, _ stays: ([Int]) -> ArraySlice<Int>) -> [Float] {
        var values = [Float](repeating: 0, count: layer.weights.count)
        for members in groups(pattern) { for index in stays(members) { values[index] = layer.weights[index] } }
        return values
    }
}

extension LayerCase {
    init(_ weights: [Float], like layer: Layer) throws {
        try self.init(
            weights, shape: layer.shape, isTransposed: layer.isTransposed, isConvolution: layer.isConvolution, groups: layer.groups)
    }
}
