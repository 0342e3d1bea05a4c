import Engine
import Kernels
import Tensors
import Testing

/// A network of seven stages, four of them with weights, without a network: what is kept is a number that names what made it.
@Suite("Kept activations")
struct ActivationCacheTests {
    private static let stages: [ExecutionStage] = [
        ("conv1", "conv1", 3_000, 300), ("pool1", nil, 9_000, 10), ("conv2", "conv2", 2_900, 1_600), ("pool2", nil, 3_200, 5),
        ("fc1", "fc1", 800, 400), ("relu", nil, 500, 1), ("fc2", "fc2", 500, 5),
    ].map { ExecutionStage(name: $0.0, nodes: [], weight: $0.1, boundaryByteCount: $0.2, multiplyAdds: $0.3) }

    /// Layers with weights before a boundary.
    private static func layers(before stage: Int) -> Int { stages[..<stage].count { $0.weight != nil } }

    /// The number that stands for activations before `stage`.
    private static func mark(_ stage: Int, _ batch: Int, _ versions: [UInt64]) -> UInt64 {
        versions[..<layers(before: stage)].reduce(UInt64(stage * 100 + batch + 1)) { $0 &* 1_000_003 &+ $1 }
    }

    private struct Key: Hashable {
        var stage: Int
        var batch: Int
        var isOriginal: Bool
    }

    /// One run as the evaluator does it; returns where it started.
    private static func run(_ cache: ActivationCache, batch: Int, versions: [UInt64], isBrokenOff: Bool = false) -> Int {
        let start = cache.lookUp(batch: batch, versions: versions)
        if let start { #expect(start.memory.load(as: UInt64.self) == mark(start.stage, batch, versions)) }
        let first = start?.stage ?? 0
        for place in cache.prepare(after: first, batch: batch, versions: versions) {
            place.memory?.storeBytes(of: isBrokenOff ? 0 : mark(place.stage, batch, versions), as: UInt64.self)
        }
        if !isBrokenOff { cache.commit(after: first, batch: batch, versions: versions) }
        return first
    }

    @Test("Any sequence of changes: the deepest boundary that is kept, never a stale one, never over the budget", arguments: 0..<60)
    func sequences(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let budget = [0, 2_000, 9_000, 20_000, 60_000, 1 << 20][Int(seed % 6)]
        let batches = 4
        let cache = ActivationCache(stages: Self.stages, batchCount: batches, budget: budget)
        // What must be there: per boundary, batch and place the versions that were written last.
        var kept: [Key: [UInt64]] = [:]
        for _ in 0..<300 {
            let batch = Int.random(in: 0..<batches, using: &generator)
            let versions = (0..<4).map { _ in generator.uniform() < 0.5 ? 0 : UInt64.random(in: 1...2, using: &generator) }
            let isBrokenOff = generator.uniform() < 0.1
            let boundaries = Set(kept.keys.map(\.stage))
            let expected =
                boundaries.filter { stage in
                    let prefix = Array(versions[..<Self.layers(before: stage)])
                    return kept[Key(stage: stage, batch: batch, isOriginal: prefix.allSatisfy { $0 == 0 })] == prefix
                }.max() ?? 0
            let places = cache.prepareList(after: expected, batch: batch, versions: versions)
            #expect(Self.run(cache, batch: batch, versions: versions, isBrokenOff: isBrokenOff) == expected)
            for stage in places {
                let prefix = Array(versions[..<Self.layers(before: stage)])
                kept[Key(stage: stage, batch: batch, isOriginal: prefix.allSatisfy { $0 == 0 })] = isBrokenOff ? nil : prefix
            }
            #expect(cache.byteCount <= budget)
        }
        if budget == 0 { #expect(kept.isEmpty && cache.byteCount == 0) }
        if budget == 1 << 20 { #expect(Set(kept.keys.map(\.stage)) == [2, 4, 6]) }
    }

    @Test("The original stays however many other versions come")
    func original() {
        let cache = ActivationCache(stages: Self.stages, batchCount: 2, budget: 1 << 20)
        for batch in 0..<2 { #expect(Self.run(cache, batch: batch, versions: [0, 0, 0, 0]) == 0) }
        for version in 1...50 {
            for batch in 0..<2 {
                #expect(Self.run(cache, batch: batch, versions: [0, 0, UInt64(version), 0]) == 4)
                #expect(Self.run(cache, batch: batch, versions: [UInt64(version), 0, 0, 0]) == 0)
                #expect(Self.run(cache, batch: batch, versions: [0, 0, 0, UInt64(version)]) == 6)
            }
        }
        for batch in 0..<2 { #expect(cache.lookUp(batch: batch, versions: [0, 0, 0, 0])?.stage == 6) }
    }

    @Test("Weights that something before their layer reads too, as a table of embeddings: what it made is kept for their version alone")
    func readBefore() {
        var stages = Self.stages
        stages[1].otherParameters = ["fc2"]
        let cache = ActivationCache(stages: stages, batchCount: 1, budget: 1 << 20)
        func start(_ versions: [UInt64]) -> Int {
            let start = cache.lookUp(batch: 0, versions: versions)?.stage ?? 0
            _ = cache.prepare(after: start, batch: 0, versions: versions)
            cache.commit(after: start, batch: 0, versions: versions)
            return start
        }
        #expect(start([0, 0, 0, 0]) == 0 && start([0, 0, 0, 0]) == 6)
        #expect(start([0, 0, 0, 1]) == 0 && start([0, 0, 0, 1]) == 6)
        #expect(start([0, 0, 2, 1]) == 4 && start([0, 0, 0, 0]) == 6)
        #expect(start([0, 0, 0, 2]) == 0)
    }

    @Test("With little memory the boundaries that save most work for a byte are kept first")
    func choice() {
        // Saved multiply-adds a byte: fc2 (2,316 / 500), fc1 (1,915 / 800), conv2 (310 / 2,900).
        for (budget, expected) in [(1_000, [6]), (2_600, [4, 6]), (9_000, [2, 4, 6])] {
            let cache = ActivationCache(stages: Self.stages, batchCount: 1, budget: budget)
            #expect(cache.prepare(after: 0, batch: 0, versions: [0, 0, 0, 0]).filter { $0.memory != nil }.map(\.stage) == expected)
        }
    }
}

extension ActivationCache {
    /// The boundaries that would be written.
    fileprivate func prepareList(after stage: Int, batch: Int, versions: [UInt64]) -> [Int] {
        prepare(after: stage, batch: batch, versions: versions).filter { $0.memory != nil }.map(\.stage)
    }
}
