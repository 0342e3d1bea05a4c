import Compression
import Engine
import Exports
import Files
import Foundation
import Frames
import Screens
import Sessions
import Themes

extension ExploreLoop {
    /// Carries effects out in their order; what they answer is taken in at once.
    func carryOut(_ effects: [Effect]) {
        for effect in effects { carryOut(effect) }
    }

    private func carryOut(_ effect: Effect) {
        switch effect {
        case .plan(let plan, let generation, let base):
            postponed = (plan, generation, base)
            requestPostponedPlan()
        case .train(let request): train(request)
        case .readSchedule(let name): readSchedule(name)
        case .resumeTraining(let id): resumeTraining(id)
        case .trainGrid(let grid): engine.train(GridOrder(grid, base: grid.base.flatMap(explorer.state)))
        case .stopGrid: engine.stopGrid()
        case .observe(let weight): engine.observe(weight)
        case .training(let wish): engine.tell(wish)
        case .saveState(let id): saveState(id)
        case .loadState(let id): bench.session.writer.load(id, of: bench.model.network)
        case .reestimate(let plan, let base): engine.derive(.normalization, plan: plan, base: base.flatMap(explorer.state))
        case .correctBiases(let plan, let base): engine.derive(.biases, plan: plan, base: base.flatMap(explorer.state))
        case .focus(let weight): engine.focus(weight)
        case .record(let change, let plan, let sequence): bench.session.writer.record(change, plan: plan, sequence: sequence)
        case .saveSnapshot(let name, let note, let plan, let generation, let base):
            save(WaitingSnapshot(name: name, note: note, plan: plan, generation: generation, state: base))
        case .listSessions: listSessions()
        case .openSession(let path, let snapshot): open(.init(data: data, session: path, snapshot: snapshot, prefersKeptData: true))
        case .newSession(let name):
            let source = bench.model.network.source
            open(
                .init(
                    model: source?.path, data: bench.model.choice, folds: source?.isFolded == true, session: name, isNew: true))
        case .exportPlan(let plan, let path, let overwrite): export(plan, to: path, overwrite: overwrite, effect)
        case .exportNetwork(let format, let path, let overwrite): export(format, to: path, overwrite: overwrite, effect)
        case .importPlan(let path): importPlan(path)
        case .picture(let path, let overwrite): draw(to: path, overwrite: overwrite, effect)
        case .theme(let name): apply(theme: name)
        case .mouse(let isOn): terminal.setMouse(isOn)
        case .copy(let text): copy(text)
        case .suspend: terminal.suspend()
        case .redraw: terminal.repaint()
        case .quit: quit()
        case .leave: end()
        }
    }

    /// Gives the explorer an answer and carries out what follows.
    func answer(_ event: SessionEvent) { carryOut(explorer.update(.session(event))) }

    func say(_ text: String, _ kind: Message.Kind) { answer(.message(Message(text, kind: kind))) }

    /// Colours of a theme on this terminal; what is wrong with its file is said, and the choice kept as long as there is such a file.
    func apply(theme name: String) {
        let (theme, problems) = themes.load(name, on: terminal.background)
        terminal.use(theme.resolved(depth: terminal.depth))
        if let problem = problems.first { say("\(problem)", .warning) }
        if themes.names.contains(name) { settings.remember(theme: name) }
    }

    private func listSessions() {
        let (sessions, failures) = locations.sessionFolder.list()
        answer(.sessions(sessions))
        if let failure = failures.first { say(failure.message, .warning) }
    }

    private func copy(_ text: String) {
        let isSent = terminal.copy(text)
        say(isSent ? "copied \(text.count) characters" : "too long to copy: export it to a file", isSent ? .success : .warning)
    }

    /// Opens another session in place of this one, which is drained first; where that fails this one goes on.
    private func open(_ wish: Workbench.Wish) {
        do throws(CommandFailure) {
            let next = try reopened(wish)
            engine.stop()
            (bench, explorer, engine) = next
            terminal.repaint()
            carryOut(explorer.begin())
        } catch {
            say(error.message, .error)
        }
    }

    private func reopened(_ wish: Workbench.Wish) throws(CommandFailure) -> (Workbench, Explorer, LiveEngine) {
        saveWaitingSnapshots()
        let old = bench.session
        guard old.writer.retry() else {
            throw CommandFailure(
                "Session \(old.name) stays open: \(takeFailure()). Free space or permissions, or export the plan.", .cannotWrite)
        }
        let isSame = wish.session == old.path || wish.session == old.name
        if isSame || wish.session?.hasSuffix("/\(old.name).sqlite") == true { old.writer.close() }
        do throws(CommandFailure) {
            let next = try Workbench.open(wish, locations: locations, wake: { [wakeup] in wakeup.signal() })
            let screen = try Self.explorer(
                next, terminal: terminal, themes: themes.names, schedules: locations.scheduleNames, theme: explorer.theme,
                isMouseOn: explorer.isMouseOn)
            old.writer.close()
            return (next, screen, Self.engine(next, options: options, wakeup: wakeup))
        } catch {
            if isSame, let again = try? OpenSession.open(old.path, in: locations.sessionFolder, wake: { [wakeup] in wakeup.signal() }) {
                bench.session = again
            }
            throw error
        }
    }
}

extension ExploreLoop {
    private func export(_ plan: CompressionPlan, to path: String, overwrite: Bool, _ effect: Effect) {
        guard let path = output(path, overwrite: overwrite, effect) else { return }
        do {
            try PlanFile.write(plan, to: path)
            say("plan written to \(path)", .success)
        } catch {
            say("\(error)", .error)
        }
    }

    private func export(_ format: ExportFormat, to path: String, overwrite: Bool, _ effect: Effect) {
        guard let path = output(path, overwrite: overwrite, effect) else { return }
        exporter.write(explorer.applied, as: format, codings: explorer.codings, card: bench.model.card, to: path)
    }

    private func importPlan(_ path: String) {
        let path = Self.expanded(path)
        do {
            let plan = try PlanFile.read(path, isStreamAllowed: false).resolved(for: bench.model.network.layers)
            answer(.planImported(plan, path: path))
        } catch {
            say("\(error)", .error)
        }
    }

    private func draw(to path: String, overwrite: Bool, _ effect: Effect) {
        guard let path = output(path, overwrite: overwrite, effect) else { return }
        let theme = themes.load(explorer.theme, on: terminal.background).theme
        let svg = explorer.frame(size: terminal.size).svg(palette: theme.picturePalette, title: "Pare: \(bench.model.network.name)")
        do {
            try OutputFile.write([Data(svg.utf8)], to: path)
            say("picture written to \(path)", .success)
        } catch {
            say("\(error)", .error)
        }
    }

    /// Where a typed path leads; nil where nothing is to be written yet: it can't be, which is said, or what stands there is asked about.
    private func output(_ path: String, overwrite: Bool, _ effect: Effect) -> String? {
        let path = Self.expanded(path)
        do throws(OutputError) { try OutputFile.check(path) } catch {
            say(error.message, .error)
            return nil
        }
        guard OutputFile.isFile(path) else {
            say("\(path) is no regular file: name another", .error)
            return nil
        }
        if !overwrite, FileManager.default.fileExists(atPath: path) {
            answer(.exists(path: path, effect))
            return nil
        }
        return path
    }

    /// A typed path with its leading `~` replaced.
    private static func expanded(_ path: String) -> String { (path as NSString).expandingTildeInPath }
}
