extension Frame {
    /// The frame with every character replaced that a locale without UTF-8 can't show, by one of the same width.
    public func transliteratedToASCII() -> Frame {
        var copy = self
        for y in 0..<size.height {
            for x in 0..<size.width {
                var cell = copy[x, y]
                guard cell.scalar > 126 || cell.scalar == 0 else { continue }
                cell.scalar = Self.asciiScalar(for: cell.scalar)
                copy[x, y] = cell
            }
        }
        return copy
    }

    private static func asciiScalar(for value: UInt32) -> UInt32 {
        let replacements: [Unicode.Scalar: Unicode.Scalar] = [
            "σ": "s", "µ": "u", "Δ": "d", "×": "x", "±": "~", "−": "-", "–": "-", "—": "-", "→": ">", "←": "<",
            "↑": "^", "↓": "v", "·": "-", "…": "~", "≤": "<", "≥": ">", "≈": "~", "²": "2", "√": "v", "✓": "+",
            "▲": "^", "▼": "v", "▸": ">", "●": "*", "○": "o", "█": "#", "▓": "#", "▒": ":", "░": ".",
        ]
        guard let scalar = Unicode.Scalar(value) else { return 32 }
        if let replacement = replacements[scalar] { return replacement.value }
        return switch value {
        case 0: 32
        case 0x2500, 0x2501: 45
        case 0x2502, 0x2503: 124
        case 0x2504...0x257F: 43
        case 0x2581...0x2587: 58
        case 0x2800: 32
        case 0x2801...0x28FF: 42
        default: 63
        }
    }
}
