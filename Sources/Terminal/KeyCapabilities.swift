import CTerminal
import Frames

/// The key strings of the terminal's terminfo entry.
enum KeyCapabilities {
    /// Names of terminfo (terminfo(5)) and the keys they are.
    static let names: [(String, Key)] =
        [
            ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("kri", .shiftUp),
            ("kind", .shiftDown), ("kLFT", .shiftLeft), ("kRIT", .shiftRight), ("kpp", .pageUp), ("knp", .pageDown),
            ("khome", .home), ("kend", .end), ("kich1", .insert), ("kdch1", .delete), ("kcbt", .backTab),
            ("kent", .enter),
        ] + (1...12).map { ("kf\($0)", .function($0)) }

    /// Byte strings of the open terminal; only those that begin as the decoder can tell where they end.
    static func current() -> [[UInt8]: Key] {
        var keys: [[UInt8]: Key] = [:]
        for (name, key) in names {
            guard let text = cterminal_capability(name) else { continue }
            let bytes = Array(String(cString: text).utf8)
            guard bytes.count > 2, bytes[0] == 0x1B, [0x5B, 0x4F].contains(bytes[1]) else { continue }
            keys[bytes] = key
        }
        return keys
    }
}
