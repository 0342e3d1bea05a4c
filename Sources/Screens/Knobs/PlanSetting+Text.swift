import Compression
import Networks

extension PlanSetting {
    /// The value as labels and the inspector show it: `0.50`, `5`, `shared`; nothing where the plan has none.
    func text(in root: Root, of layer: Layer? = nil) -> String {
        switch value(in: root) {
        case nil: ""
        case .number(let number): kind.numbers?.text(number) ?? ""
        case .seed(let seed): String(seed)
        case .word(let word): unset(word, layer) ?? shown(word)
        }
    }

    /// The number that holds where it is not set, with a mark: `5*`.
    private func unset(_ word: String, _ layer: Layer?) -> String? {
        guard let layer, let numbers = kind.numbers, let unset = numbers.unset, unset.word.text == word else { return nil }
        return numbers.text(unset.number(layer)) + "*"
    }

    func shown(_ word: String) -> String {
        (kind.words.first { $0.text == word } ?? kind.numbers?.words.first { $0.text == word })?.shown ?? word
    }

    /// What may be typed.
    func rangeText(in root: Root? = nil, of layer: Layer? = nil) -> String {
        guard let numbers = kind.numbers else { return kind.words.map(\.shown).joined(separator: ", ") }
        return numbers.rangeText(root.flatMap { range(in: $0, of: layer) } ?? numbers.range)
    }
}

extension SettingNumbers {
    func text(_ number: Double) -> String {
        switch form {
        case .real(let decimals): number.decimals(atLeast: decimals)
        case .share(let decimals): (100 * number).decimals(atLeast: decimals) + "%"
        case .whole, .seed: number.trimmed
        }
    }

    func rangeText(_ range: ClosedRange<Double>) -> String {
        prompt.replacing("#", with: "\(range.lowerBound.plain)…\(range.upperBound.plain)")
    }
}
