import Compression

/// One row of the retraining panel: what it is called, where it lies, what it may be and when it changes anything.
public struct TrainingSetting: Sendable {
    typealias Path<Value> = WritableKeyPath<TrainingSettings, Value> & Sendable

    /// What it may be.
    enum Kind: Sendable {
        case numbers(TrainingNumbers)
        /// Words that a turn goes through; where others may be typed, a sentence says which.
        case words(@Sendable (TrainingSettings) -> [String], others: String?, set: @Sendable (inout TrainingSettings, String) -> Void)
        /// The epochs after which the rate drops.
        case drops
    }

    /// The words before the value.
    public let name: String
    /// One sentence.
    private let help: String
    let kind: Kind
    private let show: @Sendable (TrainingSettings) -> String
    private var copier: @Sendable (TrainingSettings, inout TrainingSettings) -> Void
    private var isUsed: @Sendable (TrainingSettings, TrainingKinds) -> Bool = { _, _ in true }
    /// Whether it is the plan's, so that it can be turned while the training runs.
    private(set) var isLive = false

    private init<Part>(
        _ name: String, _ help: String, _ path: Path<Part>, _ kind: Kind,
        text: @escaping @Sendable (Part) -> String
    ) {
        (self.name, self.help, self.kind) = (name, help, kind)
        show = { text($0[keyPath: path]) }
        copier = { $1[keyPath: path] = $0[keyPath: path] }
    }

    /// Numbers with at least so many decimals.
    init(
        _ name: String, _ help: String, _ path: Path<Double>, _ steps: TrainingNumbers.Steps = .by(0.05),
        hasNone: Bool = false, decimals: Int = 0, in range: @escaping @Sendable (TrainingSettings) -> ClosedRange<Double>
    ) {
        let numbers = TrainingNumbers(
            range: range, steps: steps, hasNone: hasNone, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 })
        self.init(name, help, path, .numbers(numbers)) { value in
            hasNone && value == 0 ? "none" : decimals > 0 ? value.decimals(atLeast: decimals) : value.plain
        }
    }

    init<Whole: BinaryInteger & SendableMetatype>(
        _ name: String, _ help: String, _ path: Path<Whole>, _ steps: TrainingNumbers.Steps = .by(1),
        hasNone: Bool = false, in range: ClosedRange<Double>
    ) {
        let numbers = TrainingNumbers(
            range: { _ in range }, steps: steps, hasNone: hasNone, isWhole: true, get: { Double($0[keyPath: path]) },
            set: { $0[keyPath: path] = Whole($1) })
        self.init(name, help, path, .numbers(numbers)) { hasNone && $0 == 0 ? "none" : String($0) }
    }

    init<Value>(
        _ name: String, _ help: String, _ path: Path<Value>,
        _ words: @escaping @Sendable (TrainingSettings) -> [String], others: String? = nil, text: @escaping @Sendable (Value) -> String,
        value: @escaping @Sendable (String, TrainingSettings) -> Value
    ) {
        self.init(name, help, path, .words(words, others: others) { $0[keyPath: path] = value($1, $0) }, text: text)
    }

    /// What lies in the epochs after which the rate drops.
    init(_ name: String, _ help: String, _ path: Path<LearningRate.Course>) {
        self.init(name, help, path, .drops) { course in
            if case .steps(_, let epochs) = course { epochs.map(String.init).joined(separator: " ") } else { "" }
        }
    }

    /// Only where this holds.
    func when(_ isUsed: @escaping @Sendable (TrainingSettings, TrainingKinds) -> Bool) -> TrainingSetting {
        var setting = self
        setting.isUsed = isUsed
        return setting
    }

    /// What is copied with it.
    func copying<Part>(_ path: Path<Part>) -> TrainingSetting {
        var setting = self
        setting.copier = { $1[keyPath: path] = $0[keyPath: path] }
        return setting
    }

    var live: TrainingSetting {
        var setting = self
        setting.isLive = true
        return setting.when { settings, _ in !settings.recipe.teachers.isEmpty }
    }
}

extension TrainingSetting: Hashable {
    public static func == (left: TrainingSetting, right: TrainingSetting) -> Bool { left.name == right.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension TrainingSetting {
    /// Whether the setting changes anything; beside a schedule none of the others does.
    func applies(to settings: TrainingSettings, _ kinds: TrainingKinds) -> Bool {
        self == .schedule || settings.schedule == nil && isUsed(settings, kinds)
    }

    /// The value as the panel shows it.
    public func text(in settings: TrainingSettings) -> String { show(settings) }

    /// One sentence for the selected row.
    func help(in settings: TrainingSettings) -> String { self == .assignment ? settings.recipe.assignment.help : help }

    /// Gives other settings the value that this setting has.
    func copy(from source: TrainingSettings, to target: inout TrainingSettings) { copier(source, &target) }

    /// What may be typed.
    public func rangeText(in settings: TrainingSettings) -> String {
        switch kind {
        case .numbers(let numbers): numbers.rangeText(in: settings)
        case .words(let words, let others, _): others ?? words(settings).joined(separator: ", ")
        case .drops: "epochs from 1, rising: 3 5"
        }
    }
}
