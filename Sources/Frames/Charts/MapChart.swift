/// A field of values 0…1 seen from above, two to a cell, one over the other: a mask, a grayscale picture.
///
/// Where the field is larger than the rectangle, pixels are means of what they cover; where it is smaller, it is enlarged by whole
/// factors, the same in both directions. A cell is about twice as high as wide, so that a pixel is about square.
public struct MapChart: Widget, Hashable {
    /// How the mean of a pixel becomes one of five shades.
    public enum Levels: Hashable, Sendable {
        /// Rounded to the nearest shade: pictures.
        case nearest
        /// Blank only for exactly 0, full only for exactly 1: masks, where a dead row must be told from a nearly dead one.
        case exactEnds
    }

    public let columns: Int
    public let rows: Int
    /// Row-major, [rows, columns].
    public let values: [Float]
    public var levels: Levels
    /// Pixels above 0, and the others.
    public var role: Role
    public var emptyRole: Role
    /// False keeps the proportions, as pictures need; true uses the rectangle's width and height independently when shrinking.
    public var isStretched: Bool

    /// Missing values are 0, surplus ones are ignored; not-a-number is 0.
    public init(
        columns: Int, rows: Int, values: [Float], levels: Levels = .nearest, role: Role = .maskKept,
        emptyRole: Role = .maskPruned, isStretched: Bool = false
    ) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
        let wanted = self.columns * self.rows
        self.values = values.count >= wanted ? values : values + Array(repeating: 0, count: wanted - values.count)
        self.levels = levels
        self.role = role
        self.emptyRole = emptyRole
        self.isStretched = isStretched
    }

    /// A mask: true where a weight stays.
    public init(columns: Int, rows: Int, mask: [Bool]) {
        self.init(columns: columns, rows: rows, values: mask.map { $0 ? 1 : 0 }, levels: .exactEnds, isStretched: true)
    }

    /// Pixels that a rectangle has room for: its width, and twice its height.
    ///
    /// A field far larger is best averaged to this size by the caller, once.
    public static func pixels(in rect: Rect) -> Size { Size(width: rect.width, height: 2 * rect.height) }

    /// The cells that the drawing takes in `rect`, from its upper left corner.
    public func drawnSize(in rect: Rect) -> Size {
        let pixels = pixelSize(in: rect)
        return Size(width: pixels.width, height: (pixels.height + 1) / 2)
    }

    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        let pixels = pixelSize(in: rect)
        guard pixels.width > 0, pixels.height > 0 else { return }
        let shades = shades(pixels)
        for y in 0..<((pixels.height + 1) / 2) {
            for x in 0..<pixels.width {
                let upper = shades[2 * y * pixels.width + x]
                let lower = 2 * y + 1 < pixels.height ? shades[(2 * y + 1) * pixels.width + x] : 0
                frame[rect.x + x, rect.y + y] = cell(upper, lower, glyphs)
            }
        }
    }

    private func cell(_ upper: Int, _ lower: Int, _ glyphs: Glyphs) -> Cell {
        let glyph: Unicode.Scalar
        if upper >= 3, lower == 0 || upper == 4 && lower == 1 {
            glyph = glyphs.upperHalf
        } else if lower >= 3, upper == 0 || lower == 4 && upper == 1 {
            glyph = glyphs.lowerHalf
        } else {
            // Full only where both halves are.
            glyph = glyphs.shades[min((upper + lower + 1) / 2, upper + lower == 8 ? 4 : 3)]
        }
        return Cell(glyph, style: Style(upper + lower > 0 ? role : emptyRole))
    }
}
