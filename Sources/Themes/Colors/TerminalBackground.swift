import Frames

/// What a terminal draws on: decides which theme is readable where the user chose none.
public enum TerminalBackground: String, Hashable, Sendable, CaseIterable {
    case dark, light
    /// The terminal did not say.
    case unknown

    /// By the terminal's colour: light where black has more contrast on it than white (WCAG 2.2).
    public init(_ color: RGB) {
        self = color.contrast(with: RGB(0x000000)) > color.contrast(with: RGB(0xFFFFFF)) ? .light : .dark
    }

    /// By the variable `COLORFGBG`, `foreground;background` as numbers of the sixteen colours (rxvt): 7 and 9…15 are light.
    ///
    ///     TerminalBackground(colorFGBG: "0;15")   // light
    public init(colorFGBG text: String) {
        let numbers: [Substring: TerminalBackground] = ["7": .light, "8": .dark]
        let last = text.split(separator: ";", omittingEmptySubsequences: false).last ?? ""
        let number = UInt8(last).flatMap { $0 < 16 ? $0 : nil }
        self = numbers[last] ?? number.map { $0 > 8 ? .light : .dark } ?? .unknown
    }
}
