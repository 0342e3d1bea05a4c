extension PseudoTerminalScreen {
    mutating func move(x: Int, y: Int) {
        self.x = min(max(0, x), width - 1)
        self.y = min(max(0, y), height - 1)
        wrapsNext = false
    }

    /// Writes a character at the cursor, over the halves of wide ones.
    mutating func put(_ character: Character) {
        let character = lineDrawingSets[activeSet] ? Self.lineDrawing[character] ?? character : character
        let columns = Self.isWide(character) ? 2 : 1
        if wrapsNext {
            move(x: 0, y: y)
            lineFeed()
        }
        if cells[y][x].text.isEmpty, x > 0 { cells[y][x - 1].text = " " }
        cells[y][x] = Cell(text: String(character), style: style)
        if columns == 2, x + 1 < width { cells[y][x + 1] = Cell(text: "", style: style) }
        if x + columns < width, cells[y][x + columns].text.isEmpty { cells[y][x + columns].text = " " }
        last = character
        wrapsNext = x + columns >= width
        x = min(x + columns, width - 1)
    }

    mutating func lineFeed() {
        if y == bottom { scroll(from: top, by: 1) } else { move(x: x, y: y + 1) }
    }

    mutating func reverseLineFeed() {
        if y == top { scroll(from: top, by: -1) } else { move(x: x, y: y - 1) }
    }

    /// A blank in the current background, as terminals with "bce" erase.
    private var blank: Cell {
        var cell = Cell()
        cell.style.background = style.background
        return cell
    }

    mutating func fill(row y: Int, _ columns: Range<Int>) {
        for x in columns { cells[y][x] = blank }
    }

    mutating func eraseLine(_ kind: Int) {
        fill(row: y, kind == 0 ? x..<width : kind == 1 ? 0..<(x + 1) : 0..<width)
    }

    mutating func eraseScreen(_ kind: Int) {
        if kind == 2 || (x == 0 && y == 0 && kind == 0) { clearCount += 1 }
        if kind != 2 { eraseLine(kind) }
        let rows = kind == 0 ? y + 1..<height : kind == 1 ? 0..<y : 0..<height
        for y in rows { fill(row: y, 0..<width) }
    }

    mutating func insertCells(_ count: Int) {
        cells[y].insert(contentsOf: Array(repeating: blank, count: count), at: x)
        cells[y] = Array(cells[y].prefix(width))
    }

    mutating func deleteCells(_ count: Int) {
        let count = min(count, width - x)
        cells[y].removeSubrange(x..<x + count)
        cells[y] += Array(repeating: blank, count: count)
    }

    /// Moves the rows from `first` to the region's end up by `count`, down where it is negative.
    mutating func scroll(from first: Int, by count: Int) {
        guard first >= top, first <= bottom else { return }
        let height = bottom - first + 1
        let empty = Array(repeating: Array(repeating: blank, count: width), count: min(abs(count), height))
        let region = Array(cells[first...bottom])
        let moved = count > 0 ? Array(region.dropFirst(count)) + empty : empty + region.prefix(height - empty.count)
        cells.replaceSubrange(first...bottom, with: moved)
    }

    mutating func setRegion(_ numbers: [Int]) {
        let first = max(1, numbers.first ?? 1) - 1
        let last = min(height, numbers.count > 1 && numbers[1] > 0 ? numbers[1] : height) - 1
        // A program may not know yet that the terminal became smaller.
        (top, bottom) = first < last ? (first, last) : (0, height - 1)
        move(x: 0, y: 0)
    }

    mutating func switchScreen(toAlternate isOn: Bool) {
        if isOn, primary == nil {
            primary = (cells, x, y)
            cells = Array(repeating: Array(repeating: Cell(), count: width), count: height)
        } else if !isOn, let kept = primary {
            cells = kept.cells
            primary = nil
            move(x: kept.x, y: kept.y)
        }
    }

    mutating func setStyle(_ numbers: [Int]) {
        var rest = numbers[...]
        while let number = rest.popFirst() {
            switch number {
            case 0: style = Style()
            case 1: style.bold = true
            case 2: style.dim = true
            case 4: style.underline = true
            case 7: style.reverse = true
            case 22: (style.bold, style.dim) = (false, false)
            case 24: style.underline = false
            case 27: style.reverse = false
            case 38, 48:
                let count = rest.first == 5 ? 2 : 4
                let color = ([number] + rest.prefix(count)).map(String.init).joined(separator: ";")
                rest = rest.dropFirst(count)
                if number == 38 { style.foreground = color } else { style.background = color }
            case 30...37, 90...97: style.foreground = String(number)
            case 39: style.foreground = ""
            case 40...47, 100...107: style.background = String(number)
            case 49: style.background = ""
            default: unknown.append("[\(number)m")
            }
        }
    }

    private static func isWide(_ character: Character) -> Bool {
        switch character.unicodeScalars.first?.value ?? 0 {
        case 0x1100...0x115F, 0x2E80...0x33FF, 0x3400...0x9FFF, 0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }

    /// DEC's special graphics, which ncurses uses for some lines.
    private static let lineDrawing: [Character: Character] = [
        "q": "─", "x": "│", "l": "┌", "k": "┐", "m": "└", "j": "┘", "t": "├", "u": "┤", "v": "┴", "w": "┬", "n": "┼",
        "a": "▒", "`": "◆", "f": "°", "g": "±", "~": "·",
    ]
}
