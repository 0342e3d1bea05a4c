/// A grid of dots finer than cells: 2 × 4 in braille, 2 × 2 in quadrants, one in ASCII.
struct DotCanvas {
    let graph: Glyphs.Graph
    /// Cells.
    let size: Size
    private var bits: [UInt8]

    init(size: Size, graph: Glyphs.Graph) {
        self.graph = graph
        self.size = size
        bits = Array(repeating: 0, count: max(0, size.width) * max(0, size.height))
    }

    var dotsAcross: Int { graph == .ascii ? 1 : 2 }
    var dotsDown: Int { graph == .braille ? 4 : graph == .block ? 2 : 1 }
    /// Dots of the whole canvas.
    var width: Int { size.width * dotsAcross }
    var height: Int { size.height * dotsDown }

    /// Sets a dot, counted from the upper left; outside nothing happens.
    mutating func set(_ x: Int, _ y: Int) {
        guard x >= 0, x < width, y >= 0, y < height else { return }
        let cell = (y / dotsDown) * size.width + x / dotsAcross
        bits[cell] |= Self.bit(x % dotsAcross, y % dotsDown, graph)
    }

    /// Sets the dots of a straight line.
    mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int)) {
        let steps = max(abs(end.x - start.x), abs(end.y - start.y))
        guard steps > 0 else { return set(start.x, start.y) }
        for step in 0...steps {
            let part = Double(step) / Double(steps)
            set(
                start.x + Int((part * Double(end.x - start.x)).rounded()),
                start.y + Int((part * Double(end.y - start.y)).rounded()))
        }
    }

    /// The glyph of a cell; nil where no dot is set.
    func glyph(_ x: Int, _ y: Int, ascii: Unicode.Scalar) -> Unicode.Scalar? {
        let value = bits[y * size.width + x]
        guard value != 0 else { return nil }
        switch graph {
        case .braille: return Unicode.Scalar(0x2800 + UInt32(value))
        case .block: return Self.quadrants[Int(value)]
        case .ascii: return ascii
        }
    }

    private static func bit(_ x: Int, _ y: Int, _ graph: Glyphs.Graph) -> UInt8 {
        switch graph {
        case .braille: [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]][x][y]
        case .block: [[1, 4], [2, 8]][x][y]
        case .ascii: 1
        }
    }

    /// By bits: upper left 1, upper right 2, lower left 4, lower right 8.
    private static let quadrants: [Unicode.Scalar] = [
        " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
    ]
}
