import COneDNN
import Networks

/// Times the kernels of a network, or of one layer, by running them again and again on the calling thread and its team.
public final class KernelTimer {
    /// Several passes one after another.
    public struct Run: Hashable, Sendable {
        public var passes: Int
        /// Wall time of one pass.
        public var seconds: Double
        /// Whether others had the processor meanwhile: the thread was made to give way, or its own time is under 0.95 of the wall's.
        public var isDisturbed: Bool
    }

    /// A run takes at least so long.
    public static let least = 0.005
    private let executor: OneDNNExecutor
    /// Wall time of a pass as the last run found it.
    public private(set) var expected = 0.0

    /// Builds the kernels, on inputs that are seeded.
    public init(_ network: Network, batchSize: Int) throws(KernelError) {
        executor = try OneDNNExecutor(network: network, batchSize: batchSize)
        executor.withInput { values in
            // A few numbers again and again: time does not depend on them, as long as none is tiny.
            for index in values.indices { values[index] = Float(index % 31) / 16 - 1 }
        }
    }

    /// Runs all stages once or more, for at least `seconds` as far as that is known.
    public func run(atLeast seconds: Double = KernelTimer.least) throws(KernelError) -> Run {
        // A fifth more, so that a run that goes faster than the last one is not too short.
        let passes = expected > 0 ? max(1, Int((1.2 * seconds / expected).rounded(.up))) : 1
        let (before, start) = (Self.usage, ContinuousClock.now)
        for _ in 0..<passes { for stage in executor.stages.indices { try executor.run(stage: stage) } }
        let wall = (ContinuousClock.now - start).seconds
        let after = Self.usage
        expected = wall / Double(passes)
        let isDisturbed = after.switches > before.switches || after.seconds - before.seconds < 0.95 * wall
        return Run(passes: passes, seconds: expected, isDisturbed: isDisturbed)
    }

    private static var usage: (seconds: Double, switches: Int64) {
        var (seconds, switches) = (0.0, Int64(0))
        pare_thread_usage(&seconds, &switches)
        return (seconds, switches)
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + 1e-18 * Double(components.attoseconds) }
}
