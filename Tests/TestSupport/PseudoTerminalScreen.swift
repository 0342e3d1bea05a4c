/// A small emulator of xterm, as far as ncurses uses it: what a person would see of a program's output.
///
/// Knows cursor moves, erasing, inserting and deleting, scroll regions, repetition, colours and emphasis, the alternate screen and
/// private modes. Sequences that it does not know are listed in `unknown`, so that a test can hold that there are none.
public struct PseudoTerminalScreen: Sendable {
    /// One cell: its text ("" for the right half of a wide character) and the parameters of SGR that are in force.
    public struct Cell: Hashable, Sendable {
        public var text = " "
        public var style = Style()
    }

    public struct Style: Hashable, Sendable {
        public var bold = false
        public var dim = false
        public var underline = false
        public var reverse = false
        /// The parameters of the colour, such as "38;5;196" or "31"; "" is the terminal's own.
        public var foreground = ""
        public var background = ""
    }

    public internal(set) var width: Int
    public internal(set) var height: Int
    public internal(set) var x = 0
    public internal(set) var y = 0
    /// Private modes that are set, such as 25 (cursor), 1049 (alternate screen), 2026 (update in progress).
    public internal(set) var modes: Set<Int> = [25, 7]
    /// Updates wrapped in mode 2026 so far.
    public internal(set) var updateCount = 0
    /// Times that the whole screen was erased.
    public internal(set) var clearCount = 0
    /// Text that was copied by OSC 52, in base 64.
    public internal(set) var copied: [String] = []
    public internal(set) var unknown: [String] = []
    /// Questions to the terminal that were not answered yet.
    var questions: [Question] = []

    /// What a program can ask a terminal.
    enum Question: Hashable, Sendable {
        /// The colour of the background (OSC 11).
        case background
        /// What the terminal is (DA1).
        case device
    }

    var cells: [[Cell]]
    var style = Style()
    var top = 0
    var bottom: Int
    var saved: (x: Int, y: Int) = (0, 0)
    var primary: (cells: [[Cell]], x: Int, y: Int)?
    /// The last column is written and the next character goes to the next line.
    var wrapsNext = false
    var last: Character = " "
    /// Which of the two character sets are DEC's line drawing, and which one is in use (SO and SI).
    var lineDrawingSets = [false, false]
    var activeSet = 0
    var pending: [UInt8] = []

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
        bottom = height - 1
        cells = Array(repeating: Array(repeating: Cell(), count: width), count: height)
    }

    public var isAlternate: Bool { modes.contains(1049) }

    public subscript(x: Int, y: Int) -> Cell { cells[y][x] }

    /// The text of row `y`, blanks at its end removed.
    public func text(row y: Int) -> String {
        var line = cells[y].map(\.text).joined()
        while line.last == " " { line.removeLast() }
        return line
    }

    /// All rows, joined by line breaks.
    public var text: String { (0..<height).map { text(row: $0) }.joined(separator: "\n") }

    /// Where a text begins, by rows from the top.
    public func find(_ text: String) -> (x: Int, y: Int)? {
        for y in 0..<height {
            let line = cells[y].map { $0.text.isEmpty ? "" : $0.text }
            for x in 0..<width where line[x...].joined().hasPrefix(text) { return (x, y) }
        }
        return nil
    }

    public mutating func resize(width: Int, height: Int) {
        func fitted(_ rows: [[Cell]]) -> [[Cell]] {
            let padded = rows.map { Array(($0 + Array(repeating: Cell(), count: width)).prefix(width)) }
            let blank = Array(repeating: Cell(), count: width)
            return Array((padded + Array(repeating: blank, count: height)).prefix(height))
        }
        cells = fitted(cells)
        if let kept = primary { primary = (fitted(kept.cells), kept.x, kept.y) }
        (self.width, self.height, top, bottom) = (width, height, 0, height - 1)
        x = min(x, width - 1)
        y = min(y, height - 1)
    }

    /// Takes output; sequences and characters may come in pieces.
    public mutating func write(_ bytes: some Sequence<UInt8>) {
        pending.append(contentsOf: bytes)
        var start = 0
        while start < pending.count {
            let count = consume(pending[start...])
            if count == 0 { break }
            start += count
        }
        pending.removeFirst(start)
    }
}
