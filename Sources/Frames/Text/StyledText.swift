/// Text of one style.
public struct TextRun: Hashable, Sendable {
    public var text: String
    public var style: Style

    public init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }
}

/// A line of text whose parts have their own styles.
///
///     let line = StyledText("accuracy ", .muted) + StyledText("91.02", .value)
public struct StyledText: Hashable, Sendable, ExpressibleByStringInterpolation {
    public var runs: [TextRun]

    public init(runs: [TextRun]) { self.runs = runs }
    public init(_ text: String, style: Style) { runs = text.isEmpty ? [] : [TextRun(text, style)] }
    public init(_ text: String, _ role: Role = .text, _ emphasis: Emphasis = []) {
        self.init(text, style: Style(role, emphasis))
    }
    public init(stringLiteral value: String) { self.init(value) }

    /// The text without styles.
    public var plain: String { runs.reduce(into: "") { $0 += $1.text } }
    /// Cells that the text takes.
    public var cellWidth: Int { runs.reduce(0) { $0 + $1.text.cellWidth } }
    public var isEmpty: Bool { runs.allSatisfy(\.text.isEmpty) }

    public static func + (left: StyledText, right: StyledText) -> StyledText {
        StyledText(runs: left.runs + right.runs)
    }

    public static func += (left: inout StyledText, right: StyledText) { left.runs += right.runs }

    /// The same text with every style changed.
    public func restyled(_ change: (inout Style) -> Void) -> StyledText {
        StyledText(
            runs: runs.map { run in
                var copy = run
                change(&copy.style)
                return copy
            })
    }

    /// The text cut to `width` cells, ending in `ellipsis` (in the style of what was cut) where something is missing.
    public func truncated(to width: Int, ellipsis: String = "…") -> StyledText {
        if cellWidth <= width { return self }
        var result = StyledText(runs: [])
        var room = width
        for run in runs {
            let runWidth = run.text.cellWidth
            // A run that fits only without the ellipsis is cut as well, for something follows it.
            if runWidth < room {
                result.runs.append(run)
                room -= runWidth
            } else {
                let cut = (run.text + ellipsis).truncated(to: room, ellipsis: ellipsis)
                result.runs.append(TextRun(cut.cellWidth > room ? "" : cut, run.style))
                break
            }
        }
        return result
    }
}

extension StyledText {
    /// The text cut to `width` cells at its beginning, with the ellipsis in the style of what was cut; see ``Swift/String/truncatedAtStart(to:ellipsis:)``.
    public func truncatedAtStart(to width: Int, ellipsis: String = "…") -> StyledText {
        if cellWidth <= width { return self }
        guard width > ellipsis.cellWidth else { return truncated(to: width, ellipsis: ellipsis) }
        let text = plain.truncatedAtStart(to: width, ellipsis: ellipsis)
        let blanks = text.prefix { $0 == " " }.count
        let head = String(text.prefix(blanks)) + ellipsis
        var rest = text.unicodeScalars.count - head.unicodeScalars.count
        var tail: [TextRun] = []
        for run in runs.reversed() where rest > 0 {
            let scalars = run.text.unicodeScalars.suffix(rest)
            tail.insert(TextRun(String(String.UnicodeScalarView(scalars)), run.style), at: 0)
            rest -= scalars.count
        }
        return StyledText(runs: [TextRun(head, runs.first?.style ?? .plain)] + tail)
    }
}

extension Sequence where Element == StyledText {
    /// The texts one after another, with `separator` between them.
    public func joined(separator: StyledText = "") -> StyledText {
        var result = StyledText(runs: [])
        for (index, text) in enumerated() {
            if index > 0 { result += separator }
            result += text
        }
        return result
    }
}
