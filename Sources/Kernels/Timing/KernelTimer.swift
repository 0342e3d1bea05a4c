import COneDNN
import Networks

/// Times the kernels of a network, or some stages of it, or one layer of 8 bits, by running them again and again on the calling thread and its team.
public final class KernelTimer {
    /// Several passes one after another.
    public struct Run: Hashable, Sendable {
        public var passes: Int
        /// Wall time of one pass.
        public var seconds: Double
        /// Whether others had the processor meanwhile: the thread was made to give way, or its own time is under 0.95 of the wall's.
        public var isDisturbed: Bool
        /// Wall time of each stage in one pass; empty where it was not asked for.
        public var stages: [Double] = []
    }

    /// A run takes at least so long.
    public static let least = 0.005
    /// What has whole networks; nil of a layer of 8 bits.
    private let executor: OneDNNExecutor?
    /// Stages that are timed.
    private let places: [Int]
    private let pass: () throws(KernelError) -> Void
    /// Wall time of a pass as the last run found it.
    public private(set) var expected = 0.0

    /// Builds the kernels, on inputs that are seeded.
    public convenience init(_ network: Network, batchSize: Int) throws(KernelError) {
        let executor = try OneDNNExecutor(network: network, batchSize: batchSize)
        executor.withInput { values in
            // A few numbers again and again: time does not depend on them, as long as none is tiny.
            for index in values.indices { values[index] = Float(index % 31) / 16 - 1 }
        }
        self.init(executor, places: Array(executor.stages.indices))
    }

    /// A layer alone with what is joined to it, in the layout in which another layer's kernel leaves its images; with zeros by lists of the weights that
    /// are left, of images that lie as such a kernel leaves them.
    public convenience init(_ work: LayerWork, batchSize: Int, zeros: Int? = nil) throws(KernelError) {
        let whole = try KernelTimer(work.network(behindLayer: true, zeros: zeros ?? 0), batchSize: batchSize)
        if zeros != nil, try whole.executor?.useLists() != true {
            throw .unsupported(node: work.key, operation: "layer", reason: "it can't be run by lists of its weights")
        }
        try whole.pass()
        self.init(whole.executor, places: Array(whole.places.suffix(1)))
    }

    /// A layer of whole numbers of 8 bits, what it reads without a sign. Throws where this processor has no fast kernel for it.
    public convenience init(bytesOf work: LayerWork, batchSize: Int) throws(KernelError) {
        let kernel = try IntegerKernel(work, batchSize: batchSize)
        self.init { () throws(KernelError) in try kernel.run() }
    }

    private init(_ executor: OneDNNExecutor?, places: [Int]) {
        (self.executor, self.places) = (executor, places)
        pass = { () throws(KernelError) in
            for stage in places { try executor?.run(stage: stage) }
        }
    }

    private init(_ pass: @escaping () throws(KernelError) -> Void) { (executor, places, self.pass) = (nil, [], pass) }

    /// Whether a layer can be run by lists of its weights on this processor.
    public static func hasLists(_ work: LayerWork, batchSize: Int) -> Bool {
        guard let rates = KernelRates.current, batchSize >= rates.lanes / 2, [nil, .relu].contains(work.function) else { return false }
        switch work.form {
        case .product(let rows): return rows == 1
        case .convolution(let extents, _): return extents.count == 2
        }
    }

    /// Chooses kernels as an evaluator does: by lists of the weights that are left where that is faster.
    public func arrange() throws(KernelError) { _ = try executor?.arrange() }

    /// The nodes of each stage.
    public var stages: [ExecutionStage] { executor?.stages ?? [] }

    /// Runs the stages once or more, for at least `seconds` as far as that is known; each with a clock of its own where `stagesApart` asks for it.
    public func run(atLeast seconds: Double = KernelTimer.least, stagesApart: Bool = false) throws(KernelError) -> Run {
        // A fifth more, so that a run that goes faster than the last one is not too short.
        let passes = expected > 0 ? max(1, Int((1.2 * seconds / expected).rounded(.up))) : 1
        var stages = [Double](repeating: 0, count: stagesApart ? places.count : 0)
        let (before, start) = (Self.usage, ContinuousClock.now)
        for _ in 0..<passes {
            if stagesApart { try pass(&stages) } else { try pass() }
        }
        let wall = (ContinuousClock.now - start).seconds
        let after = Self.usage
        expected = wall / Double(passes)
        let isDisturbed = after.switches > before.switches || after.seconds - before.seconds < 0.95 * wall
        return Run(passes: passes, seconds: expected, isDisturbed: isDisturbed, stages: stages.map { $0 / Double(passes) })
    }

    /// One pass that adds what each stage takes.
    private func pass(_ stages: inout [Double]) throws(KernelError) {
        var last = ContinuousClock.now
        for (index, place) in places.enumerated() {
            try executor?.run(stage: place)
            let now = ContinuousClock.now
            stages[index] += (now - last).seconds
            last = now
        }
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
