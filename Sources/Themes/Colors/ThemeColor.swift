import Frames

/// A colour as a theme gives it: `default`, a name of the 16 colours, a number of the 256, or `#RRGGBB`.
public enum ThemeColor: Hashable, Sendable {
    /// The terminal's own foreground or background.
    case terminalDefault
    /// A colour of the terminal's palette: 0–15 are its own sixteen, 16–231 a cube of 6 × 6 × 6, 232–255 greys.
    case palette(UInt8)
    case rgb(RGB)

    /// The sixteen names in the order of the palette: `black` … `white`, `bright-black` … `bright-white`.
    public static let names: [String] = {
        let plain = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
        return plain + plain.map { "bright-" + $0 }
    }()

    /// Reads `default`, `bright-red`, `208` or `#ff8800`; nil for anything else.
    public init?(_ text: String) {
        if text == "default" {
            self = .terminalDefault
        } else if let index = Self.names.firstIndex(of: text) {
            self = .palette(UInt8(index))
        } else if let rgb = RGB(hex: text) {
            self = .rgb(rgb)
        } else if let index = UInt8(text), text.first != "+" {
            self = .palette(index)
        } else {
            return nil
        }
    }

    /// The text that `init(_:)` reads.
    public var text: String {
        switch self {
        case .terminalDefault: "default"
        case .palette(let index): index < 16 ? Self.names[Int(index)] : String(index)
        case .rgb(let rgb): rgb.hex
        }
    }
}
