import Frames
import Reports

/// A row for each class with a bar and a figure in every column, and the entropy of each column below.
struct SoftmaxBars {
    private let lens: ExampleLens
    private let columns: [ExampleLens.Column]

    init(_ lens: ExampleLens) {
        self.lens = lens
        columns = lens.columns
    }

    private static let figureWidth = 6
    /// A figure, a blank and a bar of three cells.
    private static let narrowest = 10

    func draw(in area: Rect, on frame: inout Frame) {
        guard area.height >= 2, area.width >= 4 else { return }
        let labelWidth = labelWidth(in: area)
        let shown = shownColumns(width: area.width - labelWidth)
        let width = max(0, (area.width - labelWidth) / max(1, shown.count))
        let places = shown.indices.map { Rect(x: area.x + labelWidth + $0 * width, y: area.y, width: width, height: area.height) }
        let form = headingForm(shown, width: width - 1)
        for (column, place) in zip(shown, places) { draw(column.names[form], column, heading: place, on: &frame) }
        let hasEntropy = area.height >= 5
        let rows = order(count: area.height - 1 - (hasEntropy ? 1 : 0))
        for (row, index) in rows.enumerated() {
            let y = area.y + 1 + row
            drawLabel(index, in: Rect(x: area.x, y: y, width: labelWidth, height: 1), on: &frame)
            for (column, place) in zip(shown, places) { draw(column, index, in: place.row(y), on: &frame) }
        }
        guard hasEntropy else { return }
        let y = area.y + 1 + rows.count
        frame.draw("entropy", at: Point(x: area.x, y: y), style: Style(.muted), clip: Rect(x: area.x, y: y, width: labelWidth, height: 1))
        for (column, place) in zip(shown, places) { drawEntropy(column, in: place.row(y), on: &frame) }
    }

    private func labelWidth(in area: Rect) -> Int {
        min(max(8, (lens.names.map(\.cellWidth).max() ?? 0) + 2), max(3, area.width / 4), 14)
    }

    /// All three, without T = 1, or the plan's alone.
    private func shownColumns(width: Int) -> [ExampleLens.Column] {
        if width >= columns.count * Self.narrowest { return columns }
        let atTemperature = [columns.first, columns.last].compactMap { $0 }
        return width >= 2 * Self.narrowest ? atTemperature : Array(columns.suffix(1))
    }

    /// Classes in their order where all fit, else those with the largest probabilities first.
    private func order(count: Int) -> [Int] {
        guard lens.names.count > count else { return Array(lens.names.indices) }
        func weight(_ index: Int) -> Double {
            columns.reduce(0) { max($0, $1.probabilities.indices.contains(index) ? $1.probabilities[index] : 0) }
        }
        return Array(lens.names.indices.sorted { (-weight($0), $0) < (-weight($1), $1) }.prefix(max(0, count)))
    }

    /// The longest form in which all headings fit, so that they are told apart.
    private func headingForm(_ shown: [ExampleLens.Column], width: Int) -> Int {
        let forms = shown.map(\.names.count).min() ?? 1
        return (0..<forms).first { form in shown.allSatisfy { $0.names[form].cellWidth <= width } } ?? forms - 1
    }

    private func draw(_ name: String, _ column: ExampleLens.Column, heading place: Rect, on frame: inout Frame) {
        let text = StyledText(name, column.isFresh ? .text : .muted)
        frame.draw(
            text, at: Point(x: place.x + 1, y: place.y), width: max(0, place.width - 1), alignment: .left,
            glyphs: lens.explorer.glyphs, clip: place.row(place.y))
    }

    /// The class that is right carries the mark.
    private func drawLabel(_ index: Int, in rect: Rect, on frame: inout Frame) {
        let isLabel = index == lens.label
        let mark = isLabel ? String(lens.explorer.glyphs.mark) : " "
        let text = StyledText(mark, .title) + StyledText(lens.names[index], isLabel ? .title : .text)
        ViewText.draw([text], lens.explorer, in: rect, on: &frame)
    }

    private func draw(_ column: ExampleLens.Column, _ index: Int, in place: Rect, on frame: inout Frame) {
        guard column.probabilities.indices.contains(index) else { return }
        let probability = column.probabilities[index]
        BarRow(
            label: "", labelWidth: 0, fraction: probability < 0.0005 ? 0 : probability,
            figure: ViewText.figure(lens.numbers.percent(probability), isFresh: column.isFresh, .text),
            figureWidth: Self.figureWidth, role: column.isFresh ? column.role : .muted
        ).draw(in: place, on: &frame, glyphs: lens.explorer.glyphs)
    }

    private func drawEntropy(_ column: ExampleLens.Column, in place: Rect, on frame: inout Frame) {
        let text = lens.numbers.decimal(Softmax.entropy(column.probabilities), digits: 3) + " nat"
        frame.drawRight(ViewText.figure(text, isFresh: column.isFresh), endingAt: place.maxX, row: place.y, clip: place)
    }
}
