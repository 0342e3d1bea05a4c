import Compression

extension TrainingSetting {
    /// Sets the setting to typed text: a number in its range, the beginning of one of its words, or a path.
    ///
    /// - Throws: `KnobRefusal` that says what is allowed.
    func type(_ text: String, into settings: inout TrainingSettings) throws(KnobRefusal) {
        do throws(KnobRefusal) {
            try parse(text, into: &settings)
        } catch {
            if case .outOfRange = error { throw .notAllowed(rangeText(in: settings)) }
            throw error
        }
    }

    private func parse(_ text: String, into settings: inout TrainingSettings) throws(KnobRefusal) {
        let text = text.trimmingBlanks
        if self == .drops { return try typeDrops(text, into: &settings) }
        guard let range = range(in: settings) else { return try take(word(text, in: settings), in: &settings) }
        let isNone = !text.isEmpty && "none".hasPrefix(text.lowercased())
        if isNone, self == .clip || range.lowerBound == 0 && self != .seed { return set(0, in: &settings) }
        let value = try Knob.number(text, in: range)
        if isWhole, value != value.rounded() { throw .notWhole(text) }
        set(value, in: &settings)
    }

    private var isWhole: Bool { [.epochs, .batch, .seed, .shift].contains(self) }

    /// A word may be shortened; what is no word is the path of a teacher or a schedule.
    private func word(_ text: String, in settings: TrainingSettings) throws(KnobRefusal) -> String {
        let words = choices(in: settings)
        if words.contains(text) { return text }
        let found = words.filter { !text.isEmpty && $0.hasPrefix(text.lowercased()) }
        if found.count == 1 { return found[0] }
        guard self == .teacher || self == .schedule, !text.isEmpty else { throw .notAChoice(text, choices: words) }
        return text
    }

    private func typeDrops(_ text: String, into settings: inout TrainingSettings) throws(KnobRefusal) {
        guard case .steps(let factor, _) = settings.recipe.rate.course else { return }
        var epochs: [Int] = []
        for part in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let value = try Knob.number(String(part), in: 1...1_000)
            guard value == value.rounded() else { throw .notWhole(String(part)) }
            guard Int(value) > epochs.last ?? 0 else { throw .notAllowed(rangeText(in: settings)) }
            epochs.append(Int(value))
        }
        guard !epochs.isEmpty else { throw .notAllowed(rangeText(in: settings)) }
        settings.recipe.rate.course = .steps(factor: factor, epochs: epochs)
    }

    /// Sets a setting of words.
    func take(_ word: String, in settings: inout TrainingSettings) throws(KnobRefusal) {
        switch self {
        case .optimizer: settings.recipe.optimizer = Self.optimizer(word, from: settings.recipe.optimizer)
        case .course: settings.recipe.rate.course = Self.course(word, epochs: settings.recipe.epochs)
        case .flips: settings.recipe.augmentation.flips = word == "yes"
        case .teacher: setTeacher(word, in: &settings)
        case .assignment:
            guard let value = SharedAssignment.allCases.first(where: { $0.name == word }) else {
                throw .notAChoice(word, choices: choices(in: settings))
            }
            settings.recipe.assignment = value
        case .clips: settings.recipe.learnsClips = word == "learned"
        case .schedule: settings.schedule = word == "none" ? nil : word
        default: break
        }
    }

    private func setTeacher(_ word: String, in settings: inout TrainingSettings) {
        switch word {
        case "none": settings.recipe.teachers = []
        case "original": settings.recipe.teachers = [.original]
        default:
            let names = word.split(separator: ",").map { String($0).trimmingBlanks }.filter { !$0.isEmpty }
            settings.recipe.teachers = names.map { $0 == "original" ? .original : .file($0) }
            // As the panel shows them, so that a turn finds them again.
            settings.file = settings.recipe.teachers.map(\.name).joined(separator: ", ")
        }
    }

    private static func optimizer(_ word: String, from old: Optimizer) -> Optimizer {
        let momentum = if case .sgd(let momentum, _) = old { momentum } else { 0.9 }
        return word == "adamw" ? .adamW() : .sgd(momentum: momentum, isNesterov: word == "nesterov")
    }

    /// A course as it is begun with: drops to a tenth after half and three quarters of the epochs.
    private static func course(_ word: String, epochs: Int) -> LearningRate.Course {
        switch word {
        case "constant": return .constant
        case "exponential": return .exponential(factor: 0.9)
        case "one-cycle": return .oneCycle()
        case "steps":
            let half = max(1, epochs / 2)
            return .steps(factor: 0.1, epochs: [half, max(half + 1, epochs * 3 / 4)].filter { $0 < max(2, epochs) })
        default: return .cosine()
        }
    }
}
