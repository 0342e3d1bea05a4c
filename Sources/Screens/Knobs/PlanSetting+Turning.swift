import Compression
import Networks

extension PlanSetting {
    /// The plan after one step up or down; words go round.
    ///
    /// - Throws: `KnobRefusal` where it is at its end.
    func turned(_ root: Root, of layer: Layer? = nil, up: Bool, isBig: Bool) throws(KnobRefusal) -> Root {
        if hasOwnTurn {
            if let next = ownTurn(root, of: layer, up: up, isBig: isBig) { return next }
            throw .atLimit(name: word ?? "", value: text(in: root, of: layer))
        }
        guard let value = value(in: root) else { return root }
        var root = root
        if let numbers = kind.numbers {
            set(try next(to: value, numbers, (root, layer), up: up, isBig: isBig), in: &root)
        } else if let index = kind.words.firstIndex(where: { .word($0.text) == value }) {
            let words = kind.words
            set(.word(words[(index + (up ? 1 : words.count - 1)) % words.count].text), in: &root)
        }
        return root
    }

    /// The next number, or the word that lies beyond the end of the range.
    private func next(
        to value: SettingValue, _ numbers: SettingNumbers, _ place: (root: Root, layer: Layer?), up: Bool, isBig: Bool
    ) throws(KnobRefusal) -> SettingValue {
        let range = range(in: place.root, of: place.layer) ?? numbers.range
        let (ahead, behind) = up ? (numbers.above, numbers.below) : (numbers.below, numbers.above)
        if case .word(let word) = value {
            if word == ahead?.text { throw .atLimit(name: self.word ?? "", value: shown(word)) }
            if word == behind?.text { return .number(up ? range.lowerBound : range.upperBound) }
        }
        guard let number = value.number ?? place.layer.flatMap({ numbers.unset?.number($0) }) else { return value }
        if let ahead, number == (up ? range.upperBound : range.lowerBound) { return .word(ahead.text) }
        return .number(try stepped(number, by: (up ? 1 : -1) * (isBig ? numbers.bigStep : numbers.step), in: range))
    }

    /// The next value, kept on four decimals so that steps up and down meet, and inside the range.
    private func stepped(_ value: Double, by step: Double, in range: ClosedRange<Double>) throws(KnobRefusal) -> Double {
        let next = min(max(((value + step) * 10_000).rounded() / 10_000, range.lowerBound), range.upperBound)
        guard step > 0 ? next > value : next < value else { throw .atLimit(name: word ?? "", value: value.trimmed) }
        return next
    }
}
