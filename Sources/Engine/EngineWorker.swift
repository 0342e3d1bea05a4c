import Compression
import Networks
import Reports
import Tensors

/// Everything that the lane knows, and the queue of its jobs. Never leaves the lane's thread.
final class EngineWorker: LaneWork {
    let network: Network
    let layers: [Layer]
    let options: EngineOptions
    let mailbox: EngineMailbox
    let wishes: EngineWishes
    let materials: EngineMaterials
    let bases: EngineBases
    let graph: GraphSize
    private var queue = JobQueue()
    private var accepted: UInt64?
    private var failures: Set<EngineFailure> = []
    /// What was measured to the last example, by what it was measured with; its logits are kept too, for a measurement that is broken off
    /// later overwrites the evaluator's.
    var exact: (identity: Applied.Identity, report: AccuracyReport, table: LogitsTable)?
    /// Parameters that were encoded last, by name.
    var encoded: [String: EncodedParameter] = [:]
    /// What is known of a network that is gone through layer by layer; nil for others.
    let large: LargeLayers?
    /// The layer that was looked at last, where there is such a network.
    var followed: String?
    var isKeptPublished = false
    /// Whether options of layers are measured by themselves.
    private var isFollowing = false
    private let places: [String: Int]
    /// The network's file was written to by another program.
    private var lost: FileChange?
    /// Layers that hold a NaN or an infinity.
    private var unreadable: Set<String> = []

    init(
        network: Network, source: DataSource, materials: TrainingMaterials, options: EngineOptions, graph: GraphSize,
        mailbox: EngineMailbox, wishes: EngineWishes
    ) {
        self.network = network
        self.options = options
        self.graph = graph
        self.mailbox = mailbox
        self.wishes = wishes
        layers = network.layers
        mailbox.files.add(network.maps, as: .weights)
        places = Dictionary(layers.enumerated().map { ($0.element.weight, $0.offset) }) { first, _ in first }
        if Self.isLarge(network, layers: layers, options: options) {
            let kept = options.keptDistributions?().flatMap(KeptDistributions.distributions) ?? [:]
            large = LargeLayers(network: network, budget: options.distributionsBudget, kept: kept)
        } else {
            large = nil
        }
        self.materials = EngineMaterials(network: network, source: source, training: materials, options: options, mailbox: mailbox)
        bases = EngineBases(network: network, mailbox: mailbox, calibration: options.calibration)
    }

    func step() -> Bool {
        if let lost { return answer(lost) }
        if let request = wishes.newest, request.generation != accepted { accept(request) }
        for order in wishes.takeOrders() {
            switch order {
            case .start(let task): queue.start(task.makeJob(self), alone: task.isAlone)
            case .tell(let id, let wish): queue.tell(id, wish)
            }
        }
        followFocus()
        let next = queue.next
        if let next, !next.step() { queue.remove(next) }
        return followFiles() && next != nil
    }

    private func accept(_ request: LiveEngine.Request) {
        accepted = request.generation
        if materials.use(request.arithmetic ?? options.arithmetic) { exact = nil }
        queue.removeAll(where: \.isStale)
        queue.add(planJob(request))
        follow(options.sensitivity)
        queue.adopt(request)
    }

    /// Has the options of layers measured whenever nothing else is done, from the first plan on.
    private func follow(_ order: SensitivityOrder?) {
        guard let order, !isFollowing else { return }
        isFollowing = true
        queue.start(LaneTask.sensitivity(order).makeJob(self), alone: true)
    }

    /// Adds a job to the queue; what is no longer wanted leaves it.
    func add(_ job: any LaneJob) {
        queue.removeAll(where: \.isStale)
        queue.add(job)
    }

    /// Whether a training is under way.
    var isTraining: Bool { queue.hasTask(.training) }

    /// A layer's place among the layers.
    func place(of weight: String) -> Int? { places[weight] }

    func isUnreadable(_ weight: String) -> Bool { unreadable.contains(weight) }

    func markUnreadable(_ weight: String) { unreadable.insert(weight) }

    /// Counts of nothing yet, of what an evaluator measures.
    func emptyTally(of evaluator: Evaluator) -> PairedTally {
        evaluator.shapeWithoutClasses.map {
            PairedTally(
                output: network.ended.output, before: network.finalSoftmax, shape: $0.dimensions, examples: evaluator.dataset.count,
                scorer: evaluator.scorer, decision: network.decision)
        } ?? PairedTally(classCount: evaluator.classCount)
    }

    /// The sorted weights of a layer. Nil where they hold a NaN or an infinity.
    func distribution(of layer: Layer, in base: EngineBase, generation: UInt64) -> WeightDistribution? {
        do throws(DistributionError) { return try bases.distribution(of: layer, in: base) } catch {
            fail(EngineFailure(error, of: layer.weight), generation: generation)
            return nil
        }
    }

    /// Publishes a failure, each once.
    func fail(_ failure: EngineFailure, generation: UInt64) {
        guard failures.insert(failure).inserted else { return }
        mailbox.post(.failed(failure, generation: generation))
    }

    /// The evaluator; nil where accuracy can't be measured, which is published once.
    func readyEvaluator(generation: UInt64) -> Evaluator? {
        switch materials.evaluator() {
        case .success(let evaluator): return evaluator
        case .failure(let failure):
            fail(failure, generation: generation)
            return nil
        }
    }
}

extension EngineWorker {
    /// Looks, after a step, whether the files that it read are still what they were; whether something is left to do.
    ///
    /// Of a network whose file was written to nothing is computed any more. Without other files all goes on but what needs them: without the
    /// examples the newest plan is gone through once more, without accuracy.
    private func followFiles() -> Bool {
        if let change = mailbox.files.change(.weights) {
            lost = change
            removeJobs(of: .weights, change)
            return answer(change)
        }
        for role in [WatchedFiles.Role.examples, .training] {
            guard let change = mailbox.files.change(role) else { continue }
            mailbox.files.forget(role)
            materials.lose(role, change)
            removeJobs(of: role, change)
            guard role == .examples else { continue }
            exact = nil
            if let request = wishes.newest { queue.add(planJob(request)) }
        }
        return true
    }

    private func removeJobs(of role: WatchedFiles.Role, _ change: FileChange) {
        for job in queue.removeAll(where: { $0.sources.contains(role) }) { (job as? any TaskJob)?.lose(change) }
    }

    /// Answers whatever was asked for, for nothing can be computed; false, for nothing is left to do.
    private func answer(_ change: FileChange) -> Bool {
        for case .start(let task) in wishes.takeOrders() { task.makeJob(self).lose(change) }
        let generation = wishes.newest?.generation ?? 0
        fail(.changed(change), generation: generation)
        if wishes.newest != nil {
            mailbox.post(.settled(generation: generation))
            wishes.settle(generation)
        }
        return false
    }
}
