/// A picture of the screen in cells: what a screen draws, a golden test compares and the terminal shows.
///
/// Drawing outside is clipped, never an error, so that every size can be drawn.
public struct Frame: Hashable, Sendable {
    public let size: Size
    /// Row-major, `size.width · size.height`.
    public private(set) var cells: [Cell]
    /// Where the hardware cursor stands; nil hides it.
    public var cursor: Point?
    /// Where the hidden cursor rests while there is no `cursor`: on the focused item, for screen readers and Braille displays.
    public var focus: Point?

    public init(size: Size) {
        self.size = Size(width: max(0, size.width), height: max(0, size.height))
        cells = Array(repeating: .blank, count: self.size.width * self.size.height)
    }

    public var bounds: Rect { Rect(size) }

    /// The cell at a place; setting outside does nothing, reading outside gives a blank.
    public subscript(x: Int, y: Int) -> Cell {
        get {
            guard x >= 0, x < size.width, y >= 0, y < size.height else { return .blank }
            return cells[y * size.width + x]
        }
        set {
            guard x >= 0, x < size.width, y >= 0, y < size.height else { return }
            cells[y * size.width + x] = newValue
        }
    }

    /// The text of row `y` without styles.
    public func text(row y: Int) -> String {
        var line = String.UnicodeScalarView()
        for x in 0..<size.width {
            let value = self[x, y].scalar
            if value != 0, let scalar = Unicode.Scalar(value) { line.append(scalar) }
        }
        return String(line)
    }

    /// All rows, trailing blanks removed, joined by line breaks: the form of golden files.
    public var text: String {
        (0..<size.height).map { row in
            var line = text(row: row)
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
