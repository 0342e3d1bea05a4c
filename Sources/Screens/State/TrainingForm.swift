import Compression

/// What the retraining panel sets.
public struct TrainingSettings: Hashable, Sendable {
    public var recipe: TrainingRecipe
    /// T and the loss weights: the plan's, which the training follows.
    public var temperature: Double
    public var lossWeights: LossWeights
    /// The teachers' files that were typed last, by commas.
    var file: String?
    /// A schedule in the place of a single training: a shipped name or a path.
    public internal(set) var schedule: String?
    /// The schedules that a turn goes through.
    var schedules: [String] = []

    public init(recipe: TrainingRecipe, plan: some Distilling) {
        self.recipe = recipe
        temperature = plan.temperature
        lossWeights = plan.lossWeights
    }
}

/// The retraining panel: its settings and where the user is.
public struct TrainingForm: Hashable, Sendable {
    public internal(set) var settings: TrainingSettings
    /// What the plan has, and so which settings mean something.
    let kinds: TrainingKinds
    public internal(set) var selected = TrainingSetting.epochs
    /// Settings that the user changed; the others follow the plan the next time.
    var chosen: Set<TrainingSetting> = []
    /// Whether it shows a training that runs: only T and the weight can be turned.
    public let isRunning: Bool

    init(settings: TrainingSettings, kinds: TrainingKinds, isRunning: Bool = false) {
        self.settings = settings
        self.kinds = kinds
        self.isRunning = isRunning
        if isRunning, rows.contains(.temperature) { selected = .temperature }
    }

    /// The settings that change anything, in order.
    public var rows: [TrainingSetting] { TrainingSetting.allCases.filter { $0.applies(to: settings, kinds) } }

    var selectedRow: Int { rows.firstIndex(of: selected) ?? 0 }

    /// The row so many below, at most the first or last; one step beyond either end leads to the other.
    mutating func move(by offset: Int) {
        let (rows, place) = (rows, selectedRow + offset)
        let isStep = abs(offset) == 1
        selected = rows[isStep ? (place + rows.count) % rows.count : min(max(0, place), rows.count - 1)]
    }

    /// Whether a setting can be changed now.
    func isTurnable(_ setting: TrainingSetting) -> Bool { !isRunning || setting.isLive }

    /// The same with what the user chose another time.
    func keeping(_ last: TrainingForm?) -> TrainingForm {
        guard let last else { return self }
        var form = self
        form.settings.file = last.settings.file
        form.chosen = last.chosen
        for setting in TrainingSetting.allCases where last.chosen.contains(setting) && !setting.isLive {
            setting.copy(from: last.settings, to: &form.settings)
        }
        return form
    }
}

/// What the plan does with the weights, as far as the panel asks.
struct TrainingKinds: Hashable, Sendable {
    var isPruned = false
    var isShared = false
    var isQuantized = false
    var isLinear = false
    var isFactored = false

    init() {}

    init(_ plans: some Sequence<LayerPlan>) {
        for plan in plans where !plan.bypass {
            if plan.prunes { isPruned = true }
            switch plan.weights.form.table {
            case .centroids: isShared = true
            case .grid: (isLinear, isQuantized) = (true, true)
            case .cells, .levels, .values: isQuantized = true
            case .none: if plan.weights.isProduct { isFactored = true }
            }
        }
    }

    var isUntouched: Bool { !isPruned && !isShared && !isQuantized && !isFactored }

    /// What Enter starts: gentler steps where weights share values, the original as teacher where something was lost.
    func recipe(seed: UInt64 = 1) -> TrainingRecipe {
        TrainingRecipe(
            rate: LearningRate(rate: isShared || isQuantized ? 0.005 : 0.01), seed: seed, teachers: isUntouched ? [] : [.original])
    }
}
