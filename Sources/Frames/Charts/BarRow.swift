/// A label, a horizontal bar in eighths of a cell and a figure: `boot   ████▋      0.46`.
public struct BarRow: Widget, Hashable {
    public var label: StyledText
    /// Cells of the label, the same in all rows of a chart.
    public var labelWidth: Int
    /// 0…1 of the bar's length; what is above 0 shows at least an eighth.
    public var fraction: Double
    /// The figure behind the bar.
    public var figure: StyledText
    /// Cells of the figure, the same in all rows of a chart.
    public var figureWidth: Int
    public var role: Role

    public init(
        label: StyledText, labelWidth: Int, fraction: Double, figure: StyledText = "", figureWidth: Int = 0,
        role: Role = .series
    ) {
        self.label = label
        self.labelWidth = labelWidth
        self.fraction = fraction
        self.figure = figure
        self.figureWidth = figureWidth
        self.role = role
    }

    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        guard !rect.isEmpty else { return }
        let row = Rect(x: rect.x, y: rect.y, width: rect.width, height: 1)
        let (labelRect, rest) = row.splitLeft(labelWidth)
        frame.draw(
            label, at: Point(x: labelRect.x, y: row.y), width: labelRect.width, alignment: .left, glyphs: glyphs, clip: row)
        let figureRoom = figureWidth > 0 ? figureWidth + 1 : 0
        let bar = Rect(x: rest.x + 1, y: row.y, width: rest.width - 1 - figureRoom, height: 1)
        drawBar(in: bar, on: &frame, glyphs: glyphs)
        if figureRoom > 0, rest.width > figureRoom { frame.drawRight(figure, endingAt: row.maxX, row: row.y, clip: rest) }
    }

    private func drawBar(in bar: Rect, on frame: inout Frame, glyphs: Glyphs) {
        guard bar.width > 0, fraction > 0 else { return }
        let eighths = max(1, Int((min(1, fraction) * Double(8 * bar.width)).rounded()))
        for x in 0..<min(bar.width, (eighths + 7) / 8) {
            let part = min(8, eighths - 8 * x)
            frame[bar.x + x, bar.y] = Cell(glyphs.leftEighths[part - 1], style: Style(role))
        }
    }
}
