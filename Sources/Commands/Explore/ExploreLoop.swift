import Compression
import Engine
import Foundation
import Frames
import Networks
import Reports
import Screens
import Sessions
import Terminal
import Themes

/// The event loop of the screen: takes events in, carries effects out, draws one frame for all that happened. Owned by the main thread.
final class ExploreLoop {
    let terminal: CursesTerminal
    let locations: Locations
    let options: ScreenOptions
    let wakeup: Wakeup
    let data: DataChoice
    let themes: ThemeLibrary
    var bench: Workbench
    var engine: LiveEngine
    var explorer: Explorer
    var settings: ScreenSettings
    let checkpoints = CheckpointKeeper()
    let exporter: NetworkExporter
    /// The training that the session is told of.
    var running: RunningTraining?
    private var isEnding = false
    /// Why something was not written when that was tried last.
    private var failure: String?
    /// What is wrong with the examples that were named.
    private var damage: String?
    /// What could not be written by the end.
    private var loss: String?
    /// Of the clock, in milliseconds.
    private var lastDrawn: Int64 = 0
    private var readingPause = ExploreLoop.readingPause

    /// Milliseconds between two frames that show only how far the reading has come.
    private static let readingPause: Int64 = 100
    /// Up to this many layers each is drawn as it comes.
    private static let fewLayers = 100

    /// Seconds that a frame waits at most for the session's writer (a commit takes 0.1 ms), so that after kill -9 what was seen is there again.
    private static let writingPause = 0.015

    /// Takes the terminal over, runs until the user quits or a signal ends the program, and gives the terminal back.
    static func run(
        _ bench: Workbench, options: ScreenOptions, locations: Locations, data: DataChoice, wakeup: Wakeup
    ) throws {
        let depth: Themes.ColorDepth? = options.noColor ? .mono : nil
        let terminal: CursesTerminal
        do {
            terminal = try CursesTerminal.open(TerminalOptions(depth: depth, ascii: options.ascii, mouse: options.mouse))
        } catch {
            bench.session.discard()
            throw CommandFailure(error.sentence, .unavailable)
        }
        let loop = try ExploreLoop(bench, terminal: terminal, options: options, locations: locations, data: data, wakeup: wakeup)
        defer { terminal.close() }
        do { try loop.run() } catch {
            if let loss = loop.loss { Standard.error("pare: \(loss)") }
            throw error
        }
        if let loss = loop.loss { throw CommandFailure(loss, .cannotWrite) }
        if let damage = loop.damage { throw CommandFailure(damage, .badData) }
    }

    private init(
        _ bench: Workbench, terminal: CursesTerminal, options: ScreenOptions, locations: Locations, data: DataChoice, wakeup: Wakeup
    ) throws(CommandFailure) {
        self.bench = bench
        self.terminal = terminal
        self.options = options
        self.locations = locations
        self.data = data
        self.wakeup = wakeup
        exporter = NetworkExporter(wakeup: wakeup)
        themes = ThemeLibrary(searchPath: locations.themeFolders.map(\.path))
        settings = ScreenSettings(folder: locations.state)
        explorer = try Self.explorer(
            bench, terminal: terminal, themes: themes.names, schedules: locations.scheduleNames,
            theme: options.theme ?? settings.theme ?? ThemeLibrary.automatic,
            isMouseOn: options.mouse)
        engine = Self.engine(bench, options: options, locations: locations, wakeup: wakeup)
        explorer.findsFileSize = engine.findsFileSize
        apply(theme: explorer.theme)
    }

    static func explorer(
        _ bench: Workbench, terminal: CursesTerminal, themes: [String], schedules: [String], theme: String, isMouseOn: Bool
    ) throws(CommandFailure) -> Explorer {
        let contents = bench.session.contents
        var isReadOnly = false
        if case .copyOnChange = bench.session.mode { isReadOnly = true }
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        var opening = Opening(
            network: bench.model.network, dataset: nil, isDataExpected: !bench.model.network.isWeightsOnly, plan: try bench.resolvedPlan(),
            history: contents.history, base: bench.base, snapshots: contents.snapshots,
            session: SessionStatus(name: bench.session.name, isReadOnly: isReadOnly), themes: themes, theme: theme,
            glyphs: terminal.supportsUnicode ? .unicode : .ascii, isMouseOn: isMouseOn, size: terminal.size,
            clockOffset: now - MonotonicClock.milliseconds, messages: bench.messages)
        (opening.grids, opening.interrupted, opening.schedules) = (contents.grids, bench.interrupted, schedules)
        (opening.tasks, opening.budget, opening.points) = (bench.session.openTasks, contents.budget, contents.points)
        opening.environment = LiveEngine.environment()
        return Explorer(opening)
    }

    static func engine(_ bench: Workbench, options: ScreenOptions, locations: Locations, wakeup: Wakeup) -> LiveEngine {
        var engineOptions = EngineOptions(memoryBudget: options.memory, measuring: bench.model)
        engineOptions.keptDistributions = { [path = bench.session.path] in SessionFolder.distributions(path: path) }
        let kept = KeptOnce { [path = bench.session.path] in SessionFolder.figures(path: path) }
        engineOptions.sensitivity = SensitivityOrder(isFollowing: true)
        engineOptions.keptFigures = { kept.value.figures(of: $0) }
        engineOptions.keptLatencies = { [folder = LatencyFolder(locations)] device in folder.table(of: device) }
        return LiveEngine(
            network: bench.model.network, data: bench.model.data(.validation), materials: bench.model.materials,
            options: engineOptions, wake: { wakeup.signal() })
    }

    private func run() throws {
        defer { finish() }
        draw()
        carryOut(explorer.begin())
        while !isEnding {
            let inputs = try events()
            if let signal = Termination.requested { return end(by: signal) }
            for input in inputs { carryOut(explorer.update(.input(input))) }
            if !inputs.isEmpty { bench.session.writer.settle(atMost: Self.writingPause) }
            let found = engine.takeEvents()
            for event in found { take(event) }
            for event in bench.session.writer.takeEvents() { take(event) }
            for message in exporter.takeMessages() { answer(.message(message)) }
            if !isEnding, !canWait(found, inputs) { draw() }
        }
    }

    private func events() throws -> [InputEvent] {
        do {
            return try terminal.wait(wakeup)
        } catch {
            terminal.close()
            throw CommandFailure(error.sentence, .unavailable)
        }
    }

    private func take(_ event: EngineEvent) {
        carryOut(explorer.update(.engine(event)))
        if case .data(let dataset) = event { bench.session.keep(DataIdentity(dataset), of: bench.model) }
        if bench.model.isDataNamed, case .failed(.data(let message), _) = event { damage = message }
        if case .task(let id, let news) = event { follow(news, of: id) }
        if case .distributionsToKeep(let bytes) = event { bench.session.writer.keep(distributions: bytes) }
    }

    private func take(_ event: SessionWriterEvent) {
        if case .notWritten(let error) = event { failure = error.statement }
        if let said = SessionEvent(event) { answer(said) }
        guard case .copied(let name, let path) = event else { return }
        (bench.session.name, bench.session.path) = (name, path)
        say("changes go to a copy, session '\(name)': \(path)", .information)
    }

    private func draw() {
        let start = MonotonicClock.milliseconds
        terminal.show(explorer.frame(size: terminal.size))
        lastDrawn = MonotonicClock.milliseconds
        readingPause = max(Self.readingPause, 4 * (lastDrawn - start))
    }

    /// Whether all that happened is that layers of a network of many were read or made, which is drawn some times a second, and takes a fifth of the
    /// time at most; more will come after it.
    private func canWait(_ found: [EngineEvent], _ inputs: [InputEvent]) -> Bool {
        guard bench.model.network.isWeightsOnly || explorer.layers.count > Self.fewLayers, inputs.isEmpty, !found.isEmpty,
            MonotonicClock.milliseconds - lastDrawn < readingPause
        else { return false }
        return found.allSatisfy { event in
            switch event {
            case .distribution(let weight, _): weight != explorer.selectedLayer?.weight
            case .layer(let layer, _): layer.layer.weight != explorer.selectedWhole?.weight
            case .distributionsToKeep: true
            default: false
            }
        }
    }

    func end() { isEnding = true }

    /// Ends where everything is written; else the user is asked first.
    func quit() {
        saveWaitingSnapshots()
        if bench.session.writer.retry() { return end() }
        answer(.unsaved(takeFailure()))
    }

    /// Why the last try to write something failed.
    func takeFailure() -> String {
        for event in bench.session.writer.takeEvents() { take(event) }
        return failure ?? "the disk did not answer"
    }

    /// Ends by a signal: everything typed is on the disk before the terminal is given back.
    private func end(by signal: Int32) {
        finish()
        terminal.close()
        if let loss { Standard.error("pare: \(loss)") }
        Termination.end(by: signal)
    }

    /// Drains the session and stops the lane; a second time does nothing.
    private func finish() {
        saveWaitingSnapshots()
        let isSaved = bench.session.writer.close()
        engine.stop()
        checkpoints.drain()
        exporter.drain()
        terminal.close()
        if !isSaved { loss = "the last changes of session \(bench.session.name) are lost: \(takeFailure())" }
    }
}
