/// Text wrapped at words to the width of its rectangle; line breaks are kept, words longer than a line are cut.
public struct Paragraph: Widget, Hashable {
    public var text: StyledText
    /// Lines hidden above.
    public var offset: Int

    public init(_ text: StyledText, offset: Int = 0) {
        self.text = text
        self.offset = offset
    }

    /// The lines at a width in cells; blanks at breaks are dropped. Cost O(characters).
    public func lines(width: Int) -> [StyledText] {
        guard width > 0 else { return [] }
        var wrapper = LineWrapper(width: width)
        for run in text.runs { wrapper.append(run) }
        return wrapper.finished()
    }

    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        let lines = lines(width: rect.width)
        for row in 0..<rect.height where lines.indices.contains(row + offset) {
            frame.draw(lines[row + offset], at: Point(x: rect.x, y: rect.y + row), clip: rect)
        }
    }
}

/// Fills lines with words, run by run.
struct LineWrapper {
    let width: Int
    private var lines: [StyledText] = []
    private var line = StyledText(runs: [])
    private var used = 0
    /// The word being read, which may span runs.
    private var word = StyledText(runs: [])
    private var wordWidth = 0
    private var blanks = StyledText(runs: [])

    init(width: Int) { self.width = width }

    mutating func append(_ run: TextRun) {
        for scalar in run.text.unicodeScalars {
            if scalar == "\n" {
                endWord()
                endLine()
            } else if scalar == " " || scalar == "\t" {
                endWord()
                blanks.append(" ", run.style)
            } else {
                appendToWord(scalar, run.style)
            }
        }
    }

    mutating func finished() -> [StyledText] {
        endWord()
        if !line.isEmpty { endLine() }
        return lines
    }

    private mutating func appendToWord(_ scalar: Unicode.Scalar, _ style: Style) {
        let size = scalar.isShowable ? scalar.cellWidth : 1
        if wordWidth + size > width {
            endWord()
            endLine()
        }
        word.append(scalar, style)
        wordWidth += size
    }

    private mutating func endWord() {
        guard wordWidth > 0 else { return }
        if used > 0, used + blanks.cellWidth + wordWidth > width {
            endLine()
        } else if used + blanks.cellWidth + wordWidth <= width {
            line += blanks
            used += blanks.cellWidth
        }
        line += word
        used += wordWidth
        word = StyledText(runs: [])
        wordWidth = 0
        blanks = StyledText(runs: [])
    }

    private mutating func endLine() {
        lines.append(line)
        line = StyledText(runs: [])
        used = 0
        blanks = StyledText(runs: [])
    }
}

extension StyledText {
    /// Adds one scalar, to the last run where the style is the same.
    mutating func append(_ scalar: Unicode.Scalar, _ style: Style) {
        if let last = runs.last, last.style == style {
            runs[runs.count - 1].text.unicodeScalars.append(scalar)
        } else {
            runs.append(TextRun(String(scalar), style))
        }
    }
}
