import Compression
import Engine
import Exports
import Files
import Foundation
import Frames
import Networks
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
        case .plan(let request):
            engine.request(
                request.plan, generation: request.generation, base: request.base, focus: request.focus, arithmetic: request.arithmetic)
        case .start(let start): self.start(start.request)
        case .tell(let id, let wish): engine.tell(id, wish)
        case .readSchedule(let name): readSchedule(name)
        case .resumeTraining(let id, let base): resumeTraining(id, on: base)
        case .saveState(let state, let progress): save(state, progress)
        case .loadState(let id): bench.session.writer.load(id, of: bench.model.network)
        case .focus(let weight): engine.focus(weight)
        case .record(let change, let plan, let sequence): bench.session.writer.record(change, plan: plan, sequence: sequence)
        case .keepBudget(let budget): bench.session.writer.keep(budget: budget)
        case .keepPoint(let point): bench.session.writer.keep(point)
        case .saveSnapshot(let figures): save(figures)
        case .listSessions: listSessions()
        case .openSession(let path, let snapshot, let look):
            open(.init(data: data, session: path, snapshot: snapshot, prefersKeptData: true), look)
        case .newSession(let name, let look):
            let source = bench.model.network.source
            open(
                .init(
                    model: source?.path, data: bench.model.choice, edits: source?.edits ?? OpeningEdits(), session: name, isNew: true), look
            )
        case .exportPlan(let plan, let path, let overwrite): export(plan, to: path, overwrite: overwrite, effect)
        case .exportNetwork(let network, let path, let overwrite): export(network, to: path, overwrite: overwrite, effect)
        case .importPlan(let path): importPlan(path)
        case .picture(let frame, let theme, let path, let overwrite):
            draw(frame, theme: theme, to: path, overwrite: overwrite, effect)
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
    private func open(_ wish: Workbench.Wish, _ look: Look) {
        do throws(CommandFailure) {
            let next = try reopened(wish, look)
            engine.stop()
            (bench, explorer, engine) = next
            explorer.findsFileSize = engine.findsFileSize
            terminal.repaint()
            carryOut(explorer.begin())
        } catch {
            say(error.message, .error)
        }
    }

    private func reopened(_ wish: Workbench.Wish, _ look: Look) throws(CommandFailure) -> (Workbench, Explorer, LiveEngine) {
        carryOut(explorer.end())
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
                next, terminal: terminal, themes: themes.names, schedules: locations.scheduleNames, theme: look.theme,
                isMouseOn: look.isMouseOn)
            old.writer.close()
            return (next, screen, Self.engine(next, options: options, locations: locations, wakeup: wakeup))
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
            let lack = explorer.notInPlan.map { "; it holds the plan alone, not \($0): a .pare or .onnx does" } ?? ""
            say("plan written to \(path)\(lack)", .success)
        } catch {
            say("\(error)", .error)
        }
    }

    private func export(_ network: NetworkToWrite, to path: String, overwrite: Bool, _ effect: Effect) {
        guard let path = output(path, overwrite: overwrite, effect) else { return }
        exporter.write(network.applied, as: network.format, codings: network.codings, card: bench.model.card, to: path)
    }

    private func importPlan(_ path: String) {
        let path = Self.expanded(path)
        do {
            let plan = try PlanFile.read(path, isStreamAllowed: false)
            let warnings = plan.warnings(of: path, for: explorer.layers)
            answer(.planImported(try plan.resolved(for: explorer.layers), path: path))
            for message in Message.idle(warnings, in: path) { answer(.message(message)) }
        } catch {
            say("\(error)", .error)
        }
    }

    private func draw(_ frame: Frame, theme: String, to path: String, overwrite: Bool, _ effect: Effect) {
        guard let path = output(path, overwrite: overwrite, effect) else { return }
        let theme = themes.load(theme, on: terminal.background).theme
        let svg = frame.svg(palette: theme.picturePalette, title: "Pare: \(bench.model.network.name)")
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
