import Compression
import Frames
import Networks

/// The mask of one layer in an area.
struct MaskDrawing {
    let explorer: Explorer
    let matrix: MaskMatrix
    let weights: UnsafeBufferPointer<Float>
    let layer: Layer
    /// The row and column scrolled to.
    let row: Int
    let column: Int

    private var numbers: NumberFormat { explorer.numbers }
    private var role: Role { explorer.isFresh(layer) ? .maskKept : .muted }

    func draw(in area: Rect, on frame: inout Frame) {
        let lines = area.height >= 4 ? Array(ViewText.flow(words, width: area.width).prefix(2)) : []
        let map = ViewText.draw(lines, explorer, in: area, on: &frame)
        guard !map.isEmpty else { return }
        let pixels = MapChart.pixels(in: map)
        if matrix.columns <= pixels.width, matrix.rows <= pixels.height { return drawWhole(in: map, on: &frame) }
        let (row, column) = start
        guard map.height >= 12 else {
            if row == 0, column == 0 { drawWhole(in: map, on: &frame) } else { drawDetail(row, column, in: map, on: &frame) }
            return
        }
        let (above, rest) = map.splitTop(map.height * 2 / 5)
        drawWhole(in: above, on: &frame)
        let (heading, below) = rest.splitTop(1)
        drawHeading(row, column, in: heading, detail: below, on: &frame)
        drawDetail(row, column, in: below, on: &frame)
    }

    private var start: (row: Int, column: Int) { (min(max(0, row), matrix.rows - 1), min(max(0, column), matrix.columns - 1)) }

    private func drawWhole(in rect: Rect, on frame: inout Frame) {
        let pixels = MapChart.pixels(in: rect)
        let width = min(matrix.columns, pixels.width)
        let height = min(matrix.rows, pixels.height)
        guard width > 0, height > 0 else { return }
        MapChart(
            columns: width, rows: height, values: matrix.density(weights, width: width, height: height), levels: .exactEnds,
            role: role, isStretched: true
        ).draw(in: rect, on: &frame, glyphs: explorer.glyphs)
    }

    /// Weight by weight, not enlarged.
    private func drawDetail(_ row: Int, _ column: Int, in rect: Rect, on frame: inout Frame) {
        let pixels = MapChart.pixels(in: rect)
        let height = min(matrix.rows - row, pixels.height)
        let width = min(matrix.columns - column, pixels.width)
        guard width > 0, height > 0 else { return }
        var values: [Float] = []
        values.reserveCapacity(width * height)
        for y in row..<(row + height) {
            for x in column..<(column + width) { values.append(weights[matrix.index(y, x)] != 0 ? 1 : 0) }
        }
        let place = Rect(x: rect.x, y: rect.y, width: width, height: (height + 1) / 2)
        MapChart(columns: width, rows: height, values: values, levels: .exactEnds, role: role, isStretched: true)
            .draw(in: place, on: &frame, glyphs: explorer.glyphs)
    }

    private func drawHeading(_ row: Int, _ column: Int, in rect: Rect, detail: Rect, on frame: inout Frame) {
        let pixels = MapChart.pixels(in: detail)
        let lastRow = min(matrix.rows, row + pixels.height) - 1
        let lastColumn = min(matrix.columns, column + pixels.width) - 1
        let text =
            "outputs \(numbers.integer(row)) to \(numbers.integer(lastRow)), inputs \(numbers.integer(column)) to "
            + "\(numbers.integer(lastColumn)), each weight"
        ViewText.draw([StyledText(text, .muted)], explorer, in: rect, on: &frame)
    }

    private var words: [StyledText] {
        let dead = matrix.dead(weights)
        let isFresh = explorer.isFresh(layer)
        func count(_ dead: Int, of all: Int, _ word: String) -> StyledText {
            StyledText("dead \(word) ", .muted)
                + ViewText.figure(numbers.integer(dead), isFresh: isFresh, dead > 0 ? .warning : .value)
                + StyledText(" of \(numbers.integer(all))", .muted)
        }
        let kept = explorer.summary(of: layer).map {
            StyledText("kept ", .muted) + ViewText.figure(numbers.percent($0.kept), isFresh: isFresh)
        }
        let glyphs = explorer.glyphs
        let legend =
            StyledText("\(glyphs.full)", role) + StyledText(" all stay  ", .muted)
            + StyledText("\(glyphs.shades[2])", role) + StyledText(" some", .muted)
        return [kept ?? "", count(dead.rows, of: matrix.rows, "outputs"), count(dead.columns, of: matrix.columns, "inputs"), legend]
    }
}
