import Networks

/// The numbers that a setting may be, and how a knob goes through them.
public struct SettingNumbers: Sendable {
    /// How files and the screen write a number.
    public enum Form: Hashable, Sendable {
        /// With at least so many decimals on the screen.
        case real(decimals: Int)
        /// A fraction of 1, on the screen in per cent with at least so many decimals.
        case share(decimals: Int)
        case whole
        /// 64 bits in files, `range` on the screen.
        case seed
    }

    /// What holds while the setting is not set.
    public struct Unset: Sendable {
        public let word: SettingWord
        /// The same as documents say it.
        public let meaning: String
        public let number: @Sendable (Layer) -> Double
    }

    public let range: ClosedRange<Double>
    public let form: Form
    public let step: Double
    public let bigStep: Double
    /// What may be typed; `#` stands for the range.
    public let prompt: String
    /// The only numbers that files take; empty for all of the range.
    public var only: [Int] = []
    /// What lies beyond the ends of the range.
    public var below: SettingWord?
    public var above: SettingWord?
    public var unset: Unset?

    /// The words beside the numbers.
    public var words: [SettingWord] { [above, below, unset?.word].compactMap(\.self) }
}
