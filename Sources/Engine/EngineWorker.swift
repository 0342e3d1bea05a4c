import Compression
import Kernels
import Networks
import Reports
import Tensors

/// Everything that the lane knows: sorted weights, states of the layers, the evaluator. Never leaves the lane's thread.
final class EngineWorker: LaneWork {
    let network: Network
    let layers: [Layer]
    private let source: DataSource
    let options: EngineOptions
    let mailbox: EngineMailbox
    let wishes: EngineWishes
    private let materials: TrainingMaterials
    private var queue = JobQueue()
    private var accepted: UInt64?
    private let versions = VersionCounter()
    private let original: EngineBase
    /// The trained states that plans started from last, newest last.
    private var trained: [EngineBase] = []
    private var failures: Set<EngineFailure> = []
    private var evaluator: Result<Evaluator, EngineFailure>?
    private var edited = EditedEvaluation()
    /// What measures the network where another one is the reference.
    private var ownEvaluator: Evaluator?
    /// What was measured to the last example, by what it was measured with; its logits are kept too, for a measurement that is broken off
    /// later overwrites the evaluator's.
    var exact: (identity: Applied.Identity, report: AccuracyReport, table: LogitsTable)?
    /// Parameters that were encoded last, by name.
    var encoded: [String: EncodedParameter] = [:]
    /// The encoding that a plan asked for when it settled; it joins the queue once the size of the graph is known.
    private var settledEncoding: ((_ graph: Int) -> EncodeJob)?
    private let graph: GraphSize
    private var trainingExamples: Dataset?
    private var clipExamples: Dataset?
    /// The training that runs or is paused.
    private(set) var training: TrainingJob?
    /// The grid of trainings that runs.
    private var grid: GridJob?
    private var observed: ActivationsJob.Question?
    /// What the observed layer means under the newest plan.
    var known: (weight: String, generation: UInt64, question: ActivationsJob.Question)?
    /// What is known of a network that is gone through layer by layer; nil for others.
    let large: LargeLayers?
    /// The layer that was looked at last, where there is such a network.
    var followed: String?
    var isKeptPublished = false
    private let places: [String: Int]
    /// The network's file was written to by another program.
    var lost: FileChange?
    /// Layers that hold a NaN or an infinity.
    private var unreadable: Set<String> = []

    /// By weight, the base whose sorted weights were published last.
    private var published: [String: String?] = [:]

    private static let keptBases = 2

    init(
        network: Network, source: DataSource, materials: TrainingMaterials, options: EngineOptions, graph: GraphSize,
        mailbox: EngineMailbox, wishes: EngineWishes
    ) {
        self.network = network
        self.source = source
        self.materials = materials
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
        original = EngineBase(network: network, layers: layers, state: nil, versions: versions)
    }

    func step() -> Bool {
        if let lost { return answer(lost) }
        if let request = wishes.newest, request.generation != accepted {
            accepted = request.generation
            queue.removeAll { $0 is PlanJob || $0 is LargePlanJob || $0 is EncodeJob }
            queue.add(planJob(request))
            training?.adopt(request.plan)
        }
        followTrainingWishes()
        followObservation()
        followFocus()
        let isBusy = queue.step()
        guard followFiles() else { return false }
        return beginEncoding() || isBusy
    }

    /// Encodes what has settled, as soon as the size of the graph is known; whether there is something to do.
    private func beginEncoding() -> Bool {
        guard let encoding = settledEncoding else { return false }
        switch graph.answer {
        case .open:
            graph.look()
            return false
        case .bytes(let count): queue.add(encoding(count))
        // Whoever waits for the file's size hears that none comes.
        case .none: if let request = wishes.newest { mailbox.post(.settled(generation: request.generation)) }
        }
        settledEncoding = nil
        return true
    }

    /// A layer's place among the layers.
    func place(of weight: String) -> Int? { places[weight] }

    func isUnreadable(_ weight: String) -> Bool { unreadable.contains(weight) }

    func markUnreadable(_ weight: String) { unreadable.insert(weight) }

    /// Adds the reading of a layer to the queue; an older one is dropped.
    func addReading(_ job: LargeReadJob) {
        queue.removeAll { $0 is LargeReadJob }
        queue.add(job)
    }

    /// Whether the size of a settled plan's file is wanted.
    var sizesFiles: Bool { graph.answer != .none }

    /// Encodes what a settled plan has made.
    func encode(_ applied: Applied, under plan: ResolvedPlan?, base: EngineBase, generation: UInt64) {
        guard applied.layers.count == layers.count else { return }
        settledEncoding = { [unowned self] graph in
            EncodeJob(
                generation: generation,
                surroundings: .init(graph: graph, card: options.cardByteCount, isExact: plan?.cutsActivations != true), applied: applied,
                codings: plan?.codings ?? [:], base: base.id, worker: self)
        }
    }

    /// The weights that a plan starts from; those used last are kept with what is known of them.
    func base(of state: TrainedState?) -> EngineBase {
        guard let state else { return original }
        let known = trained.firstIndex { $0.id == state.id }.map { trained.remove(at: $0) }
        let base = known ?? EngineBase(network: network, layers: layers, state: state, versions: versions)
        trained.append(base)
        if trained.count > Self.keptBases { trained.removeFirst() }
        return base
    }

    /// The sorted weights of a layer, published where another base's were published last. Nil where they hold a NaN or an infinity.
    func distribution(of layer: Layer, in base: EngineBase, generation: UInt64) -> WeightDistribution? {
        do throws(DistributionError) {
            guard let sorted = try base.distribution(of: layer) else { return nil }
            if published[layer.weight] != .some(base.id) {
                published[layer.weight] = .some(base.id)
                mailbox.post(.distribution(weight: layer.weight, sorted))
            }
            return sorted
        } catch {
            switch error {
            case .notFinite(let index, _): fail(.notFinite(parameter: layer.weight, index: index), generation: generation)
            case .noMemory(let bytes): fail(.noMemory(parameter: layer.weight, bytes: bytes), generation: generation)
            }
            return nil
        }
    }

    /// Publishes a failure, each once.
    func fail(_ failure: EngineFailure, generation: UInt64) {
        guard failures.insert(failure).inserted else { return }
        mailbox.post(.failed(failure, generation: generation))
    }

    /// The evaluator, made at the first call; nil where accuracy can't be measured, which is published once.
    func readyEvaluator(generation: UInt64) -> Evaluator? {
        switch knownEvaluator() {
        case .success(let evaluator): return evaluator
        case .failure(let failure):
            fail(failure, generation: generation)
            return nil
        }
    }

    /// The evaluator for a plan's scores: the original's own where the graph stays as it is and nothing else is the reference.
    func evaluator(for edits: GraphEdits, besides plain: Evaluator) throws(KernelError) -> Evaluator {
        if edits.isEmpty { return try options.reference == nil ? plain : ownEvaluator(besides: plain) }
        return try edited.evaluator(for: edits, of: network, plain: plain, options: options)
    }

    /// Measures the network itself on the same examples in the same batches as the reference.
    private func ownEvaluator(besides plain: Evaluator) throws(KernelError) -> Evaluator {
        if let known = ownEvaluator { return known }
        var options = options
        options.memoryBudget = max(0, options.memoryBudget - plain.reservedByteCount)
        let made = try Evaluator(
            of: Applied(unchanged: network), dataset: plain.dataset, options: options, batchSize: plain.batchSize)
        guard made.classCount == plain.classCount else {
            throw .shape(node: network.output, expected: "\(plain.classCount) classes", actual: "\(made.classCount)")
        }
        ownEvaluator = made
        return made
    }

    private func knownEvaluator() -> Result<Evaluator, EngineFailure> {
        let result = evaluator ?? makeEvaluator()
        evaluator = result
        return result
    }

    private func makeEvaluator() -> Result<Evaluator, EngineFailure> {
        if network.isWeightsOnly { return .failure(.weightsOnly) }
        let data: Dataset
        switch source {
        case .none: return .failure(.noData)
        case .ready(let ready):
            data = ready
            mailbox.files.add(data.maps, as: .examples)
        case .load(let load):
            do { data = try load() } catch { return .failure(.data("\(error)")) }
            mailbox.files.add(data.maps, as: .examples)
            mailbox.post(.data(data))
        }
        let unsupported = network.unsupportedNodes + (options.reference?.unsupportedNodes ?? [])
        if let node = unsupported.first, case .unsupported(let operation) = node.operation {
            return .failure(.cannotRun(node: node.name, operation: operation.name, reason: operation.reason))
        }
        guard data.exampleShape.count == network.inputShape.checkedCount else {
            return .failure(.inputShape(network: network.inputShape.description, data: data.exampleShape.description))
        }
        do {
            let made = try originalEvaluator(data)
            let labels = Int((data.labels.max() ?? -1) + 1)
            guard labels <= made.classCount else {
                return .failure(.classCount(network: made.classCount, data: labels))
            }
            return .success(made)
        } catch {
            return .failure(EngineFailure(error))
        }
    }

    /// Measures what accuracy is held against.
    private func originalEvaluator(_ data: Dataset) throws(KernelError) -> Evaluator {
        try Evaluator(of: Applied(unchanged: options.reference ?? network), dataset: data, options: options)
    }
}

extension EngineFailure {
    /// A kernel's error as the engine publishes it.
    init(_ error: KernelError) {
        switch error {
        case .library(let operation, let status): self = .kernels("\(operation): \(status)")
        case .unsupported(let node, let operation, let reason):
            self = .cannotRun(node: node, operation: operation, reason: reason)
        case .shape(let node, let expected, let actual): self = .kernels("\(node): expected \(expected), found \(actual)")
        case .examples(let sentence): self = .data(sentence)
        }
    }
}

extension EngineWorker {
    /// Starts, pauses, resumes or ends the training as it was wished since the last step.
    private func followTrainingWishes() {
        for order in wishes.takeDerivations() { queue.add(DerivationJob(order, worker: self)) }
        if let order = wishes.takeOrder() { start(order) }
        if wishes.takeGridStop(), let grid {
            queue.removeAll { $0 === grid }
            grid.stop()
        }
        if let order = wishes.takeGrid() { start(order) }
        for wish in wishes.takeTrainingWishes() {
            guard let training else { continue }
            queue.removeAll { $0 === training }
            if training.follow(wish) { queue.add(training) }
        }
    }

    /// Looks at another layer, or under another plan or base, as soon as that is wanted.
    private func followObservation() {
        let wanted = observation()
        guard wanted != observed else { return }
        observed = wanted
        queue.removeAll { $0 is ActivationsJob }
        guard let wanted else { return }
        queue.add(ActivationsJob(wanted, base: base(of: wishes.newest?.base), worker: self))
    }

    /// The examples to train on and what measures them; loaded at the first call.
    func trainingMaterials() throws(TrainingFailure) -> (Dataset, Evaluator) {
        let evaluator: Evaluator
        switch knownEvaluator() {
        case .success(let ready): evaluator = ready
        case .failure(let failure): throw .unavailable(failure.description)
        }
        return (try loadedTrainingExamples(), evaluator)
    }

    private func loadedTrainingExamples() throws(TrainingFailure) -> Dataset {
        if let known = trainingExamples { return known }
        let examples: Dataset
        switch materials.examples {
        case .none: throw .unavailable("there are no examples to train on; name their folder with --data DIR")
        case .ready(let ready): examples = ready
        case .load(let load):
            do { examples = try load() } catch { throw .unavailable("\(error)") }
        }
        trainingExamples = examples
        mailbox.files.add(examples.maps, as: .training)
        return examples
    }

    /// What clips are measured on: training examples that fit, else the others. Decided once.
    func calibrationExamples(besides measured: Dataset) -> Dataset {
        if let known = clipExamples { return known }
        let training = try? loadedTrainingExamples()
        let fits = training.map { $0.count > 0 && $0.exampleShape.count == network.inputShape.checkedCount } ?? false
        let chosen = fits ? training ?? measured : measured
        clipExamples = chosen
        return chosen
    }

    /// A number that no other state of this program run has.
    func newNumber() -> UInt64 { versions.next() }

    /// The networks of a recipe's teachers.
    func teachers(_ teachers: [Teacher]) throws(TrainingFailure) -> [Network] {
        var networks: [Network] = []
        for teacher in teachers {
            switch teacher {
            case .original: networks.append(network)
            case .file(let path):
                do { networks.append(try materials.readTeacher(path)) } catch { throw .unavailable("\(error)") }
                mailbox.files.add(networks.last?.maps ?? [], as: .training)
            }
        }
        return networks
    }

    /// Whatever can't be computed any more leaves the queue.
    func removeAllJobs() { queue.removeAll { _ in true } }

    /// Accuracy can't be measured from now on, and the newest plan is gone through once more without it.
    func loseEvaluator(_ failure: EngineFailure) {
        evaluator = .failure(failure)
        (exact, trainingExamples, clipExamples) = (nil, nil, nil)
        edited = EditedEvaluation()
        queue.removeAll { $0 is PlanJob || $0 is ActivationsJob }
        if let request = wishes.newest { queue.add(planJob(request)) }
    }

    /// Trainings leave without a result; a grid says why.
    func abandonTrainings(_ failure: TrainingFailure) {
        if let training { queue.removeAll { $0 === training } }
        training = nil
        if let grid {
            queue.removeAll { $0 === grid }
            grid.end(failure)
        }
        trainingExamples = nil
    }

    /// A training has ended.
    func end(_ job: TrainingJob) { if training === job { training = nil } }

    /// A grid has ended.
    func end(_ job: GridJob) { if grid === job { grid = nil } }

    private func start(_ order: GridOrder) {
        if let grid {
            queue.removeAll { $0 === grid }
            grid.stop()
        }
        let job = GridJob(order, worker: self)
        grid = job
        queue.add(job)
    }

    private func start(_ order: TrainingOrder) {
        if let training {
            queue.removeAll { $0 === training }
            _ = training.follow(.abandon)
        }
        let job = TrainingJob(order, worker: self)
        training = job
        queue.add(job)
    }
}
