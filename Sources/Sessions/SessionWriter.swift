import Compression
import Foundation
import Networks
import Reports
import Synchronization
import Tensors

/// Writes one session on a thread of its own; the main thread posts and goes on.
///
/// What can't be written stays in the queue, in order, and is tried again with the next change and at the end.
public final class SessionWriter: Sendable {
    enum Command: Sendable {
        case change(HistoryChange, plan: CompressionPlan, sequence: UInt64)
        case snapshot(Snapshot)
        case testMeasured
        case distributions([UInt8])
        case data(SessionData)
        case budget(Double?)
        case point(FrontPoint)
        case begin(TrainingRecord)
        /// An interrupted training goes on.
        case resume(training: String)
        case task(TaskID, TaskStanding?)
        case figures([OptionFigure], SensitivityContext)
        case state(StateRecord, Network)
        case knob(KnobTurn)
        case end(Ending)

        /// Whether it changes what the user made, and not only what is known of it.
        var isWork: Bool {
            switch self {
            case .distributions, .data, .testMeasured, .point, .figures: false
            default: true
            }
        }

        var isEnding: Bool { if case .end = self { true } else { false } }
    }

    /// Where a background task stands.
    struct TaskStanding: Sendable {
        var state: any Encodable & Sendable
        var progress: TaskProgress?
        var isOpen: Bool
    }

    /// How a training ended.
    struct Ending: Sendable {
        var training: String
        var status: TrainingRecord.Status
        var message: String?
        var time: Int64
    }

    /// A state that somebody wants to have.
    fileprivate struct Load: Sendable {
        var id: String
        var network: Network
    }

    fileprivate struct State {
        var commands: [Command] = []
        var loads: [Load] = []
        var events: [SessionWriterEvent] = []
        var isBusy = false
        /// The last try failed: wait for the next change before trying again.
        var isStuck = false
        var isClosing = false
        /// The session is removed instead of closed.
        var isDiscarded = false
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let condition = ThreadCondition()
    private let wake: @Sendable () -> Void

    /// Starts the thread for a session that was opened; `wake` is called after each event and must not block.
    init(store: SessionStore, wake: @escaping @Sendable () -> Void) {
        self.wake = wake
        let thread = Thread { [self] in
            run(store)
            state.withLock { $0.hasEnded = true }
            condition.broadcast()
        }
        thread.name = "pare.session"
        thread.start()
    }

    /// Posts a change of the history with the plan that is in force after it.
    public func record(_ change: HistoryChange, plan: CompressionPlan, sequence: UInt64) {
        post(.change(change, plan: plan, sequence: sequence))
    }

    /// Posts a snapshot; answered by `snapshotSaved` with its id, or `snapshotRefused`.
    public func save(_ snapshot: Snapshot) { post(.snapshot(snapshot)) }

    /// Keeps what was found of a large network's layers, in place of what was kept before.
    public func keep(distributions: [UInt8]) { post(.distributions(distributions)) }

    /// Keeps which examples the session is measured on, in place of what was kept before.
    public func keep(data: SessionData) { post(.data(data)) }

    /// Keeps how far the figure may fall, in place of what was kept before.
    public func keep(budget: Double?) { post(.budget(budget)) }

    /// Keeps measured figures of a plan, in the place of those of the same plan on the same examples.
    public func keep(_ point: FrontPoint) { post(.point(point)) }

    /// Counts a measurement of the test split.
    public func countTestMeasurement() { post(.testMeasured) }

    /// Posts the start of a training, which stays `running` until ``end(training:as:message:at:)``.
    public func begin(_ training: TrainingRecord) { post(.begin(training)) }

    /// Posts that an interrupted training goes on from its last finished epoch, under its own name.
    public func resume(training: String) { post(.resume(training: training)) }

    /// Posts where a background task stands, in the place of what was kept of it before; one that is open is gone on with at the next opening.
    public func keep(_ task: TaskID, _ state: any Encodable & Sendable, progress: TaskProgress? = nil, isOpen: Bool) {
        post(.task(task, TaskStanding(state: state, progress: progress, isOpen: isOpen)))
    }

    /// Keeps figures of options, each in the place of one on fewer examples.
    public func keep(_ figures: [OptionFigure], of context: SensitivityContext) {
        if !figures.isEmpty { post(.figures(figures, context)) }
    }

    /// Drops what is kept of a background task.
    public func drop(_ task: TaskID) { post(.task(task, nil)) }

    /// Posts a state; it is hashed and encoded on the writer's thread, and of its tensors only those are written that are not kept yet.
    ///
    /// With `record.training` it is the last finished epoch of that training, in the same transaction. Answered by `stateSaved`.
    public func save(_ record: StateRecord, of network: Network) { post(.state(record, network)) }

    /// Posts a knob that was turned while a training runs.
    public func log(_ turn: KnobTurn) { post(.knob(turn)) }

    /// Posts the end of a training; states that nothing refers to any more are dropped. What is to be kept is recorded or snapshotted first.
    public func end(training: String, as status: TrainingRecord.Status, message: String? = nil, at time: Int64) {
        post(.end(Ending(training: training, status: status, message: message, time: time)))
    }

    /// Asks for a state, after everything posted so far; answered by `stateLoaded` or `stateNotLoaded`.
    public func load(_ id: String, of network: Network) {
        state.withLock { $0.loads.append(Load(id: id, network: network)) }
        condition.broadcast()
    }

    /// What was written or refused since the last call, oldest first.
    public func takeEvents() -> [SessionWriterEvent] {
        state.withLock { state in
            defer { state.events.removeAll() }
            return state.events
        }
    }

    /// Sleeps until everything posted was tried; false where something is still not written.
    @discardableResult
    public func drain() -> Bool {
        condition.broadcast()
        condition.wait { state.withLock { ($0.commands.isEmpty && $0.loads.isEmpty && !$0.isBusy) || $0.hasEnded || $0.isStuck } }
        return state.withLock { $0.commands.isEmpty }
    }

    /// Tries once more to write what could not be written, and sleeps until that is done; false where something still is not.
    public func retry() -> Bool {
        state.withLock { $0.isStuck = false }
        return drain()
    }

    /// Waits a short while for posted changes, so that a frame rarely shows more than the disk holds; false where the disk is slower.
    /// No frame waits for a state, nor for a change behind one: encoding it takes longer than a frame may.
    ///
    /// Where even the change before is not written yet the disk or the processor is overloaded: then it waits up to `patience`, so that a kill
    /// loses one keystroke and not many.
    @discardableResult
    public func settle(atMost seconds: Double, patience: Double = 0.25) -> Bool {
        let isWritten = condition.wait(atMost: seconds) {
            state.withLock { $0.changeCount == 0 || $0.hasStates || $0.isStuck || $0.hasEnded }
        }
        if isWritten { return true }
        return condition.wait(atMost: patience) { state.withLock { $0.changeCount <= 1 || $0.hasStates || $0.isStuck || $0.hasEnded } }
    }

    /// Drains, folds the log into the file and ends the thread; false where something could not be written.
    @discardableResult
    public func close() -> Bool {
        state.withLock { $0.isClosing = true }
        condition.broadcast()
        condition.wait { state.withLock { $0.hasEnded } }
        return state.withLock { $0.commands.isEmpty }
    }

    /// Ends the thread and removes the session, what was posted included: for one that was made for nothing.
    func discard() {
        state.withLock { state in
            state.commands.removeAll()
            (state.isClosing, state.isDiscarded) = (true, true)
        }
        condition.broadcast()
        condition.wait { state.withLock { $0.hasEnded } }
    }

    private func post(_ command: Command) {
        state.withLock { state in
            state.commands.append(command)
            state.isStuck = false
        }
        condition.broadcast()
    }
}

extension SessionWriter {
    /// The thread: takes what is waiting, writes it in one transaction, reads what was asked for, says so, sleeps.
    private func run(_ start: SessionStore) {
        var store = start
        while true {
            condition.wait { state.withLock { $0.hasWork || $0.isClosing } }
            let (batch, loads, isClosing) = state.withLock { state in
                state.isBusy = true
                return (state.isStuck && !state.isClosing ? [] : state.commands, state.loads, state.isClosing)
            }
            if !batch.isEmpty { write(batch, to: &store) }
            for load in loads { say(store.load(load.id, of: load.network)) }
            let isDone = state.withLock { state in
                state.isBusy = false
                state.loads.removeFirst(loads.count)
                return isClosing && (state.commands.isEmpty || state.isStuck)
            }
            condition.broadcast()
            if isDone { return state.withLock(\.isDiscarded) ? store.discard() : store.finish() }
        }
    }

    private func write(_ batch: [Command], to store: inout SessionStore) {
        do throws(SessionError) {
            var events: [SessionWriterEvent] = []
            if store.isChanged(by: batch) {
                let copied = try store.makeWritable()
                if let copied { say(.copied(name: copied.name, path: copied.path)) }
                events = try store.write(batch)
            } else {
                store.postpone(batch)
            }
            state.withLock { $0.commands.removeFirst(min(batch.count, $0.commands.count)) }
            events.forEach(say)
        } catch {
            // A state that no file has a form for would be in the way for ever: it is left out, and what was posted with it is written.
            if case .noGraph(let id, _) = error { leaveOut(state: id) } else { state.withLock { $0.isStuck = true } }
            say(.notWritten(error))
        }
    }

    private func leaveOut(state id: String) {
        state.withLock { state in
            state.commands.removeAll { if case .state(let record, _) = $0 { record.state.id == id } else { false } }
        }
    }

    private func say(_ event: SessionWriterEvent) {
        state.withLock { $0.events.append(event) }
        wake()
    }
}

extension SessionWriter.State {
    fileprivate var hasWork: Bool { (!commands.isEmpty && !isStuck) || !loads.isEmpty }

    /// Changes of the history that are not written yet.
    fileprivate var changeCount: Int { commands.count { if case .change = $0 { true } else { false } } }

    /// Whether a state is not written yet.
    fileprivate var hasStates: Bool { commands.contains { if case .state = $0 { true } else { false } } }
}
