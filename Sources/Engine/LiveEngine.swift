import Compression
import Kernels
import Networks
import Reports

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
        /// How layers of whole numbers are computed; nil is what the options say.
        var arithmetic: Arithmetic?
    }

    private let lane: Lane
    private let mailbox: EngineMailbox
    private let wishes: EngineWishes
    /// Versions that results depend on.
    public let environment: Environment
    private let graph: GraphSize
    /// Whether the file of each settled plan is sized, which `.file` tells.
    public var findsFileSize: Bool { graph.answer(of: .opened) != .none }

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
    /// The plan is applied to `base`, or to the network as it was opened. Tasks under way are told of it: a training goes on under the new plan.
    public func request(
        _ plan: CompressionPlan, generation: UInt64, base: TrainedState? = nil, focus: String? = nil, measuresAccuracy: Bool = true,
        arithmetic: Arithmetic? = nil
    ) {
        wishes.set(
            Request(
                plan: plan, generation: generation, base: base, focus: focus, isAccuracyWanted: measuresAccuracy, arithmetic: arithmetic))
        lane.signal()
    }

    /// Starts a task beside everything else; its events name it.
    public func start(_ task: LaneTask) { order(.start(task)) }

    /// Pauses, resumes or ends a task; nothing where it has ended already.
    public func tell(_ id: TaskID, _ wish: TaskWish) { order(.tell(id, wish)) }

    private func order(_ order: EngineWishes.Order) {
        wishes.add(order)
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
