import Compression
import Kernels
import Networks
import Reports
import Synchronization
import Tensors

/// Plan → numbers, in the background: the newest plan wins, results come as events.
///
/// Safe to call from any thread; nothing here waits for work except `stop` and `waitUntilSettled`.
public final class LiveEngine: Sendable {
    /// The newest wish; older ones are dropped.
    struct Request: Sendable {
        var plan: CompressionPlan
        var generation: UInt64
        /// What the plan starts from; nil is the network as it was opened.
        var base: TrainedState?
        /// The layer to work on first.
        var focus: String?
        /// Whether the accuracy is to be measured too.
        var isAccuracyWanted: Bool
    }

    private let lane: Lane
    private let mailbox: EngineMailbox
    private let wishes: EngineWishes
    /// Versions that results depend on.
    public let environment: Environment
    private let graph: GraphSize
    /// Whether the file of each settled plan is sized, which `.file` tells.
    public var findsFileSize: Bool { graph.answer != .none }

    /// Starts the lane; sorting of the layers begins at once, accuracy of the original after the first request.
    ///
    /// `wake` is called from the lane after each event; without data there is everything but accuracy. `materials` are needed to train only.
    public init(
        network: Network, data: DataSource, materials: TrainingMaterials = TrainingMaterials(),
        options: EngineOptions = EngineOptions(), wake: @escaping @Sendable () -> Void
    ) {
        let mailbox = EngineMailbox(wake: wake)
        let wishes = EngineWishes()
        self.mailbox = mailbox
        self.wishes = wishes
        let graph = GraphSize(options.graphByteCount)
        self.graph = graph
        let environment = Self.environment(options)
        self.environment = environment
        lane = Lane(niceness: options.niceness) {
            KernelLibrary.setThreads(environment.threads)
            return EngineWorker(
                network: network, source: data, materials: materials, options: options, graph: graph, mailbox: mailbox, wishes: wishes)
        }
        graph.whenFound { [lane] in lane.signal() }
    }

    /// What an engine with these options computes with.
    public static func environment(_ options: EngineOptions = EngineOptions()) -> Environment {
        Environment(
            pareVersion: PareVersion.current, kernels: KernelLibrary.name, instructionSet: KernelLibrary.instructionSet,
            threads: options.threads ?? KernelLibrary.defaultThreadCount)
    }

    /// Asks for the numbers of a plan; what was asked for before is dropped at the next step.
    ///
    /// The plan is applied to `base`, or to the network as it was opened. A training that runs goes on under the new plan.
    public func request(
        _ plan: CompressionPlan, generation: UInt64, base: TrainedState? = nil, focus: String? = nil, measuresAccuracy: Bool = true
    ) {
        wishes.set(
            Request(plan: plan, generation: generation, base: base, focus: focus, isAccuracyWanted: measuresAccuracy))
        lane.signal()
    }

    /// Starts a training beside everything else; one that runs is abandoned.
    public func train(_ order: TrainingOrder) {
        wishes.train(order)
        lane.signal()
    }

    /// Makes a new state from what a plan makes of a base, without training; `derived` or `trainingFailed` answers.
    public func derive(_ derivation: StateDerivation, plan: CompressionPlan, base: TrainedState?) {
        wishes.derive(DerivationOrder(derivation: derivation, plan: plan, base: base))
        lane.signal()
    }

    /// Trains the cells of a grid that are missing, one after another, whenever the lane has nothing else to do; `grid` events answer.
    public func train(_ order: GridOrder) {
        wishes.set(grid: order)
        lane.signal()
    }

    /// Ends the grid that runs; its finished cells were published.
    public func stopGrid() {
        wishes.stopGrid()
        lane.signal()
    }

    /// Looks at what this layer hands on under the newest plan's base; `activations` answers, and again when base or plan change. Nil ends it.
    public func observe(_ weight: String?) {
        wishes.observe(weight)
        lane.signal()
    }

    /// Pauses, resumes or ends the training.
    public func tell(_ wish: TrainingWish) {
        wishes.tell(wish)
        lane.signal()
    }

    /// Says which layer is looked at: a large network's layers are read from there on.
    public func focus(_ weight: String) {
        wishes.focus(weight)
        lane.signal()
    }

    /// Events since the last call, oldest first.
    public func takeEvents() -> [EngineEvent] { mailbox.take() }

    /// Sleeps until the newest request is settled. For use without a screen only.
    public func waitUntilSettled() { wishes.waitUntilSettled() }

    /// Ends the lane after the step under way.
    public func stop() {
        wishes.stop()
        lane.stop()
    }
}

/// The newest request, read by the lane between and within steps.
final class EngineWishes: Sendable {
    private struct State {
        var request: LiveEngine.Request?
        var settledGeneration: UInt64?
        var order: TrainingOrder?
        var trainingWishes: [TrainingWish] = []
        var derivations: [DerivationOrder] = []
        var grid: GridOrder?
        var isGridStopped = false
        var observed: String?
        var focus: String?
        var isStopping = false
    }

    private let state = Mutex(State())
    private let settled = ThreadCondition()

    func set(_ request: LiveEngine.Request) {
        state.withLock { state in
            state.request = request
            state.settledGeneration = nil
            state.focus = request.focus ?? state.focus
        }
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        settled.broadcast()
    }

    func train(_ order: TrainingOrder) {
        state.withLock { state in
            state.order = order
            state.trainingWishes = []
        }
    }

    func set(grid order: GridOrder) {
        state.withLock { state in
            state.grid = order
            state.isGridStopped = false
        }
    }

    func stopGrid() {
        state.withLock { state in
            state.grid = nil
            state.isGridStopped = true
        }
    }

    func takeGrid() -> GridOrder? {
        state.withLock { state in
            defer { state.grid = nil }
            return state.grid
        }
    }

    func takeGridStop() -> Bool {
        state.withLock { state in
            defer { state.isGridStopped = false }
            return state.isGridStopped
        }
    }

    func focus(_ weight: String) { state.withLock { $0.focus = weight } }

    /// The layer that is looked at.
    var focus: String? { state.withLock { $0.focus } }

    func observe(_ weight: String?) { state.withLock { $0.observed = weight } }

    /// The layer whose output is looked at.
    var observed: String? { state.withLock { $0.observed } }

    func derive(_ order: DerivationOrder) { state.withLock { $0.derivations.append(order) } }

    func takeDerivations() -> [DerivationOrder] {
        state.withLock { state in
            defer { state.derivations = [] }
            return state.derivations
        }
    }

    func tell(_ wish: TrainingWish) { state.withLock { $0.trainingWishes.append(wish) } }

    /// The order that was not taken yet.
    func takeOrder() -> TrainingOrder? {
        state.withLock { state in
            defer { state.order = nil }
            return state.order
        }
    }

    /// What was wished since the last call, oldest first.
    func takeTrainingWishes() -> [TrainingWish] {
        state.withLock { state in
            defer { state.trainingWishes = [] }
            return state.trainingWishes
        }
    }

    var newest: LiveEngine.Request? { state.withLock { $0.request } }

    /// Whether work for this generation is no longer wanted.
    func isStale(_ generation: UInt64) -> Bool {
        state.withLock { $0.isStopping || ($0.request.map { $0.generation != generation } ?? false) }
    }

    func settle(_ generation: UInt64) {
        state.withLock { state in
            if state.request?.generation == generation { state.settledGeneration = generation }
        }
        settled.broadcast()
    }

    func waitUntilSettled() {
        settled.wait {
            state.withLock { state in
                state.isStopping || (state.request != nil && state.settledGeneration == state.request?.generation)
            }
        }
    }
}
