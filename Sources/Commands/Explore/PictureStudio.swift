import Compression
import Engine
import Frames
import Screens
import Sessions

/// The explorer without a terminal: keys in, frames out, waiting for the engine after each key.
struct PictureStudio {
    private var explorer: Explorer
    private let engine: LiveEngine
    private let size: Size
    private var time: Int64 = 0

    init(_ model: OpenedModel, kept: KeptPlan?, size: Size, memory: Int, theme: String) throws(CommandFailure) {
        self.size = size
        let plan = kept?.plan ?? CompressionPlan()
        let plans: [String: LayerPlan]
        do {
            let resolved = try plan.resolved(for: model.network.layers)
            plans = Dictionary(uniqueKeysWithValues: model.network.layers.map { ($0.weight, resolved[$0.weight]) })
        } catch {
            throw CommandFailure("\(error)", .badData)
        }
        explorer = Explorer(
            Opening(
                network: model.network, dataset: nil, isDataExpected: !model.network.isWeightsOnly, plan: plans,
                temperature: plan.temperature,
                lossWeights: plan.lossWeights, history: kept?.contents.history ?? PlanHistory(),
                snapshots: kept?.contents.snapshots ?? [], session: SessionStatus(name: kept?.session ?? "picture"), themes: [theme],
                theme: theme, size: size))
        engine = LiveEngine(
            network: model.network, data: model.data(.validation),
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
        for case .record(_, _, let sequence) in effects { _ = explorer.update(.session(.written(sequence: sequence))) }
        var isAsked = false
        for case .plan(let plan, let generation, let base) in effects {
            engine.request(plan, generation: generation, base: base.flatMap(explorer.state), focus: explorer.selectedLayer?.weight)
            isAsked = true
        }
        guard isAsked else { return }
        engine.waitUntilSettled()
        for event in engine.takeEvents() { _ = explorer.update(.engine(event)) }
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
