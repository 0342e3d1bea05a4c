/// A glyph as rectangles, dots or lines of a cell, all in fractions 0…1 of its width and height from the upper left corner.
///
/// Pictures draw such glyphs themselves, for in a browser's fonts they leave gaps between cells or are missing.
enum CellShape: Hashable {
    struct Box: Hashable {
        let x, y, width, height: Double
    }

    /// Filled with the foreground at an opacity.
    case boxes([Box], opacity: Double)
    /// Dots of braille: centres.
    case dots([Box])
    /// Strokes from the middle to an edge: 0 none, 1 light, 2 heavy.
    case strokes(left: Int, up: Int, right: Int, down: Int)

    init?(_ scalar: UInt32) {
        switch scalar {
        case 0x2581...0x2588: self = Self.box(0, 1 - Double(scalar - 0x2580) / 8, 1, Double(scalar - 0x2580) / 8)
        case 0x2589...0x258F: self = Self.box(0, 0, Double(0x2590 - scalar) / 8, 1)
        case 0x2580: self = Self.box(0, 0, 1, 0.5)
        case 0x2590: self = Self.box(0.5, 0, 0.5, 1)
        case 0x2591...0x2593:
            self = .boxes([Box(x: 0, y: 0, width: 1, height: 1)], opacity: 0.28 * Double(scalar - 0x2590))
        case 0x2594: self = Self.box(0, 0, 1, 0.125)
        case 0x2595: self = Self.box(0.875, 0, 0.125, 1)
        case 0x2596...0x259F: self = .boxes(Self.quadrants(Self.quadrantBits[Int(scalar - 0x2596)]), opacity: 1)
        case 0x2800...0x28FF: self = .dots(Self.braille(scalar - 0x2800))
        default:
            guard let strokes = Self.strokes[scalar] else { return nil }
            self = .strokes(left: strokes.0, up: strokes.1, right: strokes.2, down: strokes.3)
        }
    }

    private static func box(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> CellShape {
        .boxes([Box(x: x, y: y, width: width, height: height)], opacity: 1)
    }

    /// ▖ ▗ ▘ ▙ ▚ ▛ ▜ ▝ ▞ ▟ by upper left 1, upper right 2, lower left 4, lower right 8.
    private static let quadrantBits = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14]

    private static func quadrants(_ bits: Int) -> [Box] {
        (0..<4).filter { bits >> $0 & 1 == 1 }.map { Box(x: $0 % 2 == 0 ? 0 : 0.5, y: $0 < 2 ? 0 : 0.5, width: 0.5, height: 0.5) }
    }

    private static func braille(_ bits: UInt32) -> [Box] {
        let rows = [0, 1, 2, 0, 1, 2, 3, 3]
        let columns = [0, 0, 0, 1, 1, 1, 0, 1]
        return (0..<8).filter { bits >> $0 & 1 == 1 }.map { bit in
            Box(x: 0.25 + 0.5 * Double(columns[bit]), y: 0.125 + 0.25 * Double(rows[bit]), width: 0, height: 0)
        }
    }

    /// Left, up, right, down.
    private static let strokes: [UInt32: (Int, Int, Int, Int)] = [
        0x2500: (1, 0, 1, 0), 0x2501: (2, 0, 2, 0), 0x2502: (0, 1, 0, 1), 0x2503: (0, 2, 0, 2),
        0x250C: (0, 0, 1, 1), 0x2510: (1, 0, 0, 1), 0x2514: (0, 1, 1, 0), 0x2518: (1, 1, 0, 0),
        0x250F: (0, 0, 2, 2), 0x2513: (2, 0, 0, 2), 0x2517: (0, 2, 2, 0), 0x251B: (2, 2, 0, 0),
        0x251C: (0, 1, 1, 1), 0x2524: (1, 1, 0, 1), 0x252C: (1, 0, 1, 1), 0x2534: (1, 1, 1, 0),
        0x253C: (1, 1, 1, 1), 0x2574: (1, 0, 0, 0), 0x2575: (0, 1, 0, 0), 0x2576: (0, 0, 1, 0), 0x2577: (0, 0, 0, 1),
    ]
}
