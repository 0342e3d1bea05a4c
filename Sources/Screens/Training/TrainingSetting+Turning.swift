import Compression

extension TrainingSetting {
    /// Turns the setting one step, or a big one; words go round.
    ///
    /// - Throws: `KnobRefusal` where it is at its end.
    func turn(_ settings: inout TrainingSettings, up: Bool, isBig: Bool) throws(KnobRefusal) {
        let old = text(in: settings)
        switch kind {
        case .drops: turnDrops(&settings, up: up)
        case .words(let words, _, let set):
            let choices = words(settings)
            return set(&settings, choices[((choices.firstIndex(of: old) ?? 0) + (up ? 1 : choices.count - 1)) % choices.count])
        case .numbers(let numbers): numbers.set(&settings, numbers.turned(settings, up: up, isBig: isBig))
        }
        if text(in: settings) == old { throw .atLimit(name: name, value: old) }
    }

    /// Every n epochs: n one more or one less.
    private func turnDrops(_ settings: inout TrainingSettings, up: Bool) {
        guard case .steps(let factor, let epochs) = settings.recipe.rate.course else { return }
        let last = settings.recipe.epochs
        let every = min(max(1, (epochs.first ?? 1) + (up ? 1 : -1)), max(1, last - 1))
        let next = Array(stride(from: every, through: max(every, last - 1), by: every))
        settings.recipe.rate.course = .steps(factor: factor, epochs: next)
    }

    /// Sets the setting to typed text: a number in its range, the beginning of one of its words, or a path.
    ///
    /// - Throws: `KnobRefusal` that says what is allowed.
    func type(_ text: String, into settings: inout TrainingSettings) throws(KnobRefusal) {
        let text = text.trimmingBlanks
        do throws(KnobRefusal) {
            switch kind {
            case .drops: try typeDrops(text, into: &settings)
            case .words(let words, let others, let set): set(&settings, try word(text, of: words(settings), takesOthers: others != nil))
            case .numbers(let numbers): numbers.set(&settings, try numbers.typed(text, in: settings))
            }
        } catch {
            if case .outOfRange = error { throw .notAllowed(rangeText(in: settings)) }
            throw error
        }
    }

    /// A word may be shortened.
    private func word(_ text: String, of words: [String], takesOthers: Bool) throws(KnobRefusal) -> String {
        if words.contains(text) { return text }
        let found = words.filter { !text.isEmpty && $0.hasPrefix(text.lowercased()) }
        if found.count == 1 { return found[0] }
        guard takesOthers, !text.isEmpty else { throw .notAChoice(text, choices: words) }
        return text
    }

    private func typeDrops(_ text: String, into settings: inout TrainingSettings) throws(KnobRefusal) {
        guard case .steps(let factor, _) = settings.recipe.rate.course else { return }
        var epochs: [Int] = []
        for part in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let epoch = try Knob.whole(String(part), in: 1...1_000)
            guard epoch > epochs.last ?? 0 else { throw .notAllowed(rangeText(in: settings)) }
            epochs.append(epoch)
        }
        guard !epochs.isEmpty else { throw .notAllowed(rangeText(in: settings)) }
        settings.recipe.rate.course = .steps(factor: factor, epochs: epochs)
    }
}
