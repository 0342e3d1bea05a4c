import Kernels
import Networks
import Tensors

/// Largest difference allowed between a fast kernel and the reference, as a part of the largest expected magnitude (at least 1).
///
/// The reference sums in Double. A float32 sum of K products is off by about 6e-8 · √K of its terms' size, and by at most 6e-8 · K; the
/// tests' sums have K ≤ 1,000 terms, oneDNN adds them in blocks of its own, and 1e-5 leaves a factor of three beside the typical case.
let kernelTolerance: Float = 1e-5

/// Seeded standard normal values.
func normals(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in Float(generator.normal()) }
}

/// The logits of one batch.
func logits(_ executor: any NetworkExecutor, _ input: [Float], from first: Int = 0) throws -> [Float] {
    if first == 0 { executor.withInput { _ = $0.update(fromContentsOf: input) } }
    for stage in first..<max(first, executor.stages.count) { try executor.run(stage: stage) }
    return try executor.withLogits { Array($0) }
}

/// The largest difference as a part of the largest expected magnitude, which counts as 1 at least; infinite where NaN stands on one side only.
func relativeDifference(_ actual: [Float], _ expected: [Float]) -> Float {
    guard actual.count == expected.count else { return .infinity }
    let scale = expected.reduce(1) { max($0, abs($1)) }
    let differences = zip(actual, expected).map { pair in
        pair.0.isNaN || pair.1.isNaN ? (pair.0.isNaN == pair.1.isNaN ? 0 : .infinity) : abs(pair.0 - pair.1)
    }
    return (differences.max() ?? 0) / scale
}

/// Runs one batch of normal values through both executors and gives their relative difference.
func difference(_ network: Network, batch: Int, seed: UInt64) throws -> Float {
    let input = normals(batch * network.inputShape.count, seed: seed)
    let fast = try OneDNNExecutor(network: network, batchSize: batch)
    let reference = try ReferenceExecutor(network: network, batchSize: batch)
    return relativeDifference(try logits(fast, input), try logits(reference, input))
}
