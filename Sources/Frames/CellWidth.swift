extension Unicode.Scalar {
    /// Cells that a terminal gives this scalar: 0 for combining marks and format characters, 2 for wide East Asian ones, else 1.
    ///
    /// Agrees with glibc 2.36's `wcwidth` on all that Pare draws.
    public var cellWidth: Int {
        let value = value
        if value < 0x300 { return 1 }
        if properties.isEmojiPresentation || (0x1160...0x11FF).contains(value) { return value < 0x1200 ? 0 : 2 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// False for control characters, which are never sent to a terminal, and for what has no glyph.
    public var isShowable: Bool {
        switch properties.generalCategory {
        case .control, .surrogate, .unassigned, .privateUse, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}

extension String {
    /// Cells that the text takes on the screen.
    public var cellWidth: Int { unicodeScalars.reduce(0) { $0 + ($1.isShowable ? $1.cellWidth : 1) } }

    /// The text cut to `width` cells, with "…" (or `ellipsis`) as its last character where something was cut.
    public func truncated(to width: Int, ellipsis: String = "…") -> String {
        if cellWidth <= width { return self }
        guard width > 0 else { return "" }
        var result = String.UnicodeScalarView()
        var used = 0
        for scalar in unicodeScalars {
            let next = scalar.isShowable ? scalar.cellWidth : 1
            if used + next > width - ellipsis.cellWidth { break }
            result.append(scalar)
            used += next
        }
        return String(result) + ellipsis
    }

    /// The text with blanks before or behind it to fill `width` cells; cut where it is longer.
    public func padded(to width: Int, alignment: TextAlignment = .left) -> String {
        let text = truncated(to: width)
        let blanks = String(repeating: " ", count: max(0, width - text.cellWidth))
        return alignment == .left ? text + blanks : blanks + text
    }
}

/// Where text stands in its column.
public enum TextAlignment: Sendable { case left, right }
