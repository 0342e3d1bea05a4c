import Compression
import Networks

extension PlanSetting {
    /// The plan with a typed value: a number in the range, or the beginning of a word.
    ///
    /// - Throws: `KnobRefusal` that says what is allowed, in the words of the prompt.
    func typed(_ text: String, in root: Root, of layer: Layer? = nil) throws(KnobRefusal) -> Root {
        let text = text.trimmingBlanks.lowercased()
        var root = root
        if let numbers = kind.numbers {
            let word = numbers.words.first { !text.isEmpty && ($0.shown.hasPrefix(text) || $0.alias == text) }
            if let word { set(.word(word.text), in: &root) } else { set(.number(try typed(text, numbers, in: root, of: layer)), in: &root) }
        } else {
            let word = if let taken = taken(text) { taken } else { try word(text).text }
            set(.word(word), in: &root)
        }
        return root
    }

    /// The one word that begins so.
    func word(_ text: String) throws(KnobRefusal) -> SettingWord {
        if let word = kind.words.first(where: { $0.shown == text }) { return word }
        let found = kind.words.filter { !text.isEmpty && $0.shown.hasPrefix(text) }
        guard found.count == 1 else { throw .notAChoice(text, choices: kind.words.map(\.shown)) }
        return found[0]
    }
}

extension PlanSetting {
    /// A number of the range; a share may be typed in per cent.
    private func typed(_ text: String, _ numbers: SettingNumbers, in root: Root, of layer: Layer?) throws(KnobRefusal) -> Double {
        let (range, refusal) = (range(in: root, of: layer) ?? numbers.range, KnobRefusal.notAllowed(rangeText(in: root, of: layer)))
        switch numbers.form {
        case .whole, .seed: return Double(try Knob.whole(text, in: range, refusal))
        case .share where text.hasSuffix("%"):
            return try Knob.number(String(text.dropLast()).trimmingBlanks, in: 0...100, refusal) / 100
        case .real, .share: return try Knob.number(text, in: range, refusal)
        }
    }
}
