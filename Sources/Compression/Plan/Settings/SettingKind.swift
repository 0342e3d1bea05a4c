/// What a setting may be.
public enum SettingKind: Sendable {
    indirect case numbers(SettingNumbers)
    case words([SettingWord])
    /// True or false in files; the words for true and for false.
    case flag([SettingWord])
    /// Nothing of its own: files write the settings in it as a mapping.
    case mapping
}

/// A word that a setting may be.
public struct SettingWord: Hashable, Sendable {
    /// In values and files.
    public var text: String
    /// On the screen.
    public var shown: String
    /// What it does, for documents; empty where the word says it.
    public var meaning: String
    /// Whether files take the word itself.
    public var isInFiles: Bool
    /// What else may be typed for it.
    public var alias: String?

    init(_ text: String, shown: String? = nil, meaning: String = "", isInFiles: Bool = true, alias: String? = nil) {
        self.text = text
        self.shown = shown ?? text
        self.meaning = meaning
        self.isInFiles = isInFiles
        self.alias = alias
    }
}

extension SettingKind {
    static func number(
        _ range: ClosedRange<Double>, step: Double = 1, big: Double = 1, decimals: Int = 0, prompt: String = "#"
    ) -> SettingKind {
        .numbers(SettingNumbers(range: range, form: .real(decimals: decimals), step: step, bigStep: big, prompt: prompt))
    }

    /// A fraction of 1, which the screen shows in per cent.
    static func share(
        step: Double, big: Double, decimals: Int, prompt: String, _ change: (inout SettingNumbers) -> Void = { _ in }
    ) -> SettingKind {
        var numbers = SettingNumbers(range: 0...1, form: .share(decimals: decimals), step: step, bigStep: big, prompt: prompt)
        change(&numbers)
        return .numbers(numbers)
    }

    static func whole(
        _ range: ClosedRange<Int>, big: Double = 1, prompt: String = "#", _ change: (inout SettingNumbers) -> Void = { _ in }
    ) -> SettingKind {
        let bounds = Double(range.lowerBound)...Double(range.upperBound)
        var numbers = SettingNumbers(range: bounds, form: .whole, step: 1, bigStep: big, prompt: prompt)
        change(&numbers)
        return .numbers(numbers)
    }

    /// A seed: of `bits` 64 in files, while the screen turns 32 of them, or of 32.
    static func seed(bits: Int) -> SettingKind {
        let form = bits == 64 ? SettingNumbers.Form.seed : .whole
        return .numbers(
            SettingNumbers(range: 0...Double(UInt32.max), form: form, step: 1, bigStep: 10, prompt: "a whole number, #"))
    }

    /// The cases of an enumeration by their raw values.
    static func choice<Choice: CaseIterable & RawRepresentable<String> & Hashable>(
        of choices: Choice.Type, _ meanings: [Choice: String] = [:]
    ) -> SettingKind {
        .words(choices.allCases.map { SettingWord($0.rawValue, meaning: meanings[$0] ?? "") })
    }

    /// True or false, with words for the screen.
    static func flag(on: String = "true", off: String = "false", meanings: (on: String, off: String) = ("", "")) -> SettingKind {
        .flag([SettingWord("true", shown: on, meaning: meanings.on), SettingWord("false", shown: off, meaning: meanings.off)])
    }

    /// The numbers; nil for words and mappings.
    public var numbers: SettingNumbers? { if case .numbers(let numbers) = self { numbers } else { nil } }

    /// The words that are all it may be; empty for numbers and mappings.
    public var words: [SettingWord] {
        switch self {
        case .words(let words), .flag(let words): words
        case .numbers, .mapping: []
        }
    }
}
