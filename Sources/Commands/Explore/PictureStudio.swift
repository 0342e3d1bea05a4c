import Compression
import Engine
import Frames
import Networks
import Reports
import Screens
import Sessions

/// The explorer without a terminal: keys in, frames out, waiting for the engine after each key.
struct PictureStudio {
    private var explorer: Explorer
    private let engine: LiveEngine
    private let network: Network
    private let kept: KeptPlan?
    private let folder: SessionFolder
    private let size: Size
    private var time: Int64 = 0

    init(
        _ model: OpenedModel, kept: KeptPlan?, folder: SessionFolder, size: Size, memory: Int, theme: String
    ) throws(CommandFailure) {
        (network, self.kept, self.folder, self.size) = (model.network, kept, folder, size)
        let base = try kept?.state(of: model.network)
        let plan: ResolvedPlan
        do { plan = try (kept?.plan ?? CompressionPlan()).resolved(for: model.network.graph(of: base).layers) } catch {
            throw CommandFailure("\(error)", .badData)
        }
        var opening = Opening(
            network: model.network, dataset: nil, isDataExpected: !model.network.isWeightsOnly, plan: plan,
            history: kept?.contents.history ?? PlanHistory(), base: base, snapshots: kept?.contents.snapshots ?? [],
            session: SessionStatus(name: kept?.session ?? "picture"), themes: [theme],
            theme: theme, size: size)
        (opening.grids, opening.environment) = (kept?.contents.grids ?? [], LiveEngine.environment())
        opening.budget = kept?.contents.budget
        opening.points = kept?.contents.points ?? FrontPoints()
        explorer = Explorer(opening)
        engine = LiveEngine(
            network: model.network, data: model.data(.validation), materials: model.materials,
            options: EngineOptions(memoryBudget: memory, niceness: 0, measuring: model)
        ) {}
        perform(explorer.begin())
    }

    var frame: Frame { explorer.frame(size: size) }

    /// Presses keys named as in tmux, separated by blanks, each after the engine has settled.
    mutating func press(_ keys: String) throws(CommandFailure) {
        for name in keys.split(separator: " ") {
            guard let key = Key(named: String(name)) else {
                throw CommandFailure(
                    "There is no key “\(name)”: use characters, Up, Down, Left, Right, Tab, Enter, Escape, Space or C-x.", .usage)
            }
            time += 1000
            perform(explorer.update(.input(InputEvent(.key(key), time: time))))
        }
        engine.stop()
    }

    private mutating func perform(_ effects: [Effect]) {
        for answer in effects.compactMap(answer) { perform(explorer.update(.session(answer))) }
        var isAsked = false
        // An answer may have led to a newer plan already.
        for case .plan(let request) in effects where request.generation == explorer.generation {
            engine.request(request.plan, generation: request.generation, base: request.base, focus: request.focus)
            isAsked = true
        }
        guard isAsked else { return }
        engine.waitUntilSettled()
        for event in engine.takeEvents() { _ = explorer.update(.engine(event)) }
    }

    /// What the session says, which is read and never written.
    private func answer(_ effect: Effect) -> SessionEvent? {
        switch effect {
        case .record(_, _, let sequence): return .written(sequence: sequence)
        case .listSessions: return .sessions(folder.list().sessions)
        case .loadState(let id):
            guard let kept else { return .stateMissing(id: id, reason: "there is no session") }
            do throws(SessionError) {
                return .stateLoaded(try SessionFolder.state(id, path: kept.path, of: network))
            } catch { return .stateMissing(id: id, reason: error.message) }
        default: return nil
        }
    }
}

extension Key {
    /// A key by its name in tmux: `Up`, `C-p`, `S-Right`, `a`.
    init?(named name: String) {
        let names: [String: Key] = [
            "Up": .up, "Down": .down, "Left": .left, "Right": .right, "S-Up": .shiftUp, "S-Down": .shiftDown,
            "S-Left": .shiftLeft, "S-Right": .shiftRight, "Tab": .tab, "BTab": .backTab, "Enter": .enter, "Escape": .escape,
            "Space": .character(" "), "BSpace": .backspace, "Home": .home, "End": .end, "PPage": .pageUp, "NPage": .pageDown,
        ]
        if let key = names[name] {
            self = key
        } else if name.hasPrefix("C-"), name.count == 3, let letter = name.last {
            self = .control(letter)
        } else if name.count == 1, let character = name.first {
            self = .character(character)
        } else {
            return nil
        }
    }
}
