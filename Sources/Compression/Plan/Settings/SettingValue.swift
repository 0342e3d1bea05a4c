/// What a setting is set to, as plan files and knobs take it.
public enum SettingValue: Hashable, Sendable {
    case number(Double)
    /// A seed, which may need all 64 bits.
    case seed(UInt64)
    case word(String)

    /// Nil for a word.
    public var number: Double? {
        switch self {
        case .number(let number): number
        case .seed(let seed): Double(seed)
        case .word: nil
        }
    }
}

/// What a plan holds for a setting.
protocol SettingConvertible: Hashable, Sendable {
    var settingValue: SettingValue { get }
    /// Nil for a value that is none of this type.
    init?(setting: SettingValue)
}

extension Double: SettingConvertible {
    var settingValue: SettingValue { .number(self) }

    init?(setting: SettingValue) {
        guard let number = setting.number else { return nil }
        self = number
    }
}

extension SettingConvertible where Self: FixedWidthInteger {
    var settingValue: SettingValue { .number(Double(self)) }

    init?(setting: SettingValue) {
        guard let number = setting.number, let whole = Self(exactly: number) else { return nil }
        self = whole
    }
}

extension Int: SettingConvertible {}
extension UInt32: SettingConvertible {}

extension UInt64: SettingConvertible {
    var settingValue: SettingValue { .seed(self) }

    init?(setting: SettingValue) {
        switch setting {
        case .seed(let seed): self = seed
        case .number(let number): self.init(exactly: number)
        case .word: return nil
        }
    }
}

extension Bool: SettingConvertible {
    var settingValue: SettingValue { .word(self ? "true" : "false") }

    init?(setting: SettingValue) {
        guard case .word(let word) = setting else { return nil }
        self.init(word)
    }
}

extension SettingConvertible where Self: RawRepresentable<String> {
    var settingValue: SettingValue { .word(rawValue) }

    init?(setting: SettingValue) {
        guard case .word(let word) = setting else { return nil }
        self.init(rawValue: word)
    }
}
