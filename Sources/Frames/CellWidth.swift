extension Unicode.Scalar {
    /// Cells that a terminal gives this scalar: 0 for combining marks and format characters, 2 for wide East Asian ones and emoji,
    /// else 1.
    ///
    /// Agrees with glibc 2.36's `wcwidth` up to U+1FFFF on every character that it knows.
    public var cellWidth: Int {
        if value < 0x300 { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        // Signs that stand around Arabic, Syriac and Kaithi numbers are format characters with a glyph.
        case .format: return isNumberSign ? 1 : 0
        default: return isJoining ? 0 : isWide ? 2 : 1
        }
    }

    private var isNumberSign: Bool {
        switch value {
        case 0x600...0x605, 0x6DD, 0x70F, 0x890...0x891, 0x8E2, 0x110BD, 0x110CD: true
        default: false
        }
    }

    /// Vowels and finals of Hangul, which join the consonant before them, and a mark of Ahom that does so too.
    private var isJoining: Bool {
        (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FB).contains(value) || value == 0x1171E
    }

    private var isWide: Bool {
        switch value {
        case 0x1F1E6...0x1F1FF: false
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4C6, 0xA960...0xA97C, 0xAC00...0xD7A3,
            0xF900...0xFAD9, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x16FE3,
            0x16FF0...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x3FFFD:
            true
        default: properties.isEmojiPresentation
        }
    }

    /// False for control characters, which are never sent to a terminal, and for what has no glyph.
    public var isShowable: Bool {
        if value < 0x7F { return value >= 0x20 }
        return switch properties.generalCategory {
        case .control, .surrogate, .unassigned, .privateUse, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}

extension String {
    /// Cells that the text takes on the screen.
    public var cellWidth: Int {
        if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
        return unicodeScalars.reduce(0) { $0 + ($1.isShowable ? $1.cellWidth : 1) }
    }

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

    /// The text cut to `width` cells at its beginning, so that what tells names apart stays: `…6.1.block.3`. Blanks before it, an indentation,
    /// stay as far as they take at most a third of the room.
    public func truncatedAtStart(to width: Int, ellipsis: String = "…") -> String {
        if cellWidth <= width { return self }
        guard width > ellipsis.cellWidth else { return truncated(to: width, ellipsis: ellipsis) }
        let indentation = String(repeating: " ", count: min(prefix { $0 == " " }.count, width / 3))
        let room = width - indentation.count - ellipsis.cellWidth
        var kept: [Unicode.Scalar] = []
        var used = 0
        for scalar in unicodeScalars.reversed() {
            used += scalar.isShowable ? scalar.cellWidth : 1
            if used > room { break }
            kept.append(scalar)
        }
        return indentation + ellipsis + String(String.UnicodeScalarView(kept.reversed()))
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
