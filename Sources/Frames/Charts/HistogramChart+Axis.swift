extension HistogramChart {
    /// Draws the marks; several in one column become one bold mark, an emphasized one is underlined as well.
    func drawMarks(in rect: Rect, row: Int, on frame: inout Frame, glyphs: Glyphs) {
        var byColumn: [Int: [Mark]] = [:]
        for mark in marks {
            if let column = column(of: mark.value, in: rect) { byColumn[column, default: []].append(mark) }
        }
        for (column, group) in byColumn {
            let isCentroid = group.contains { $0.kind == .centroid }
            var emphasis: Emphasis = group.count > 1 ? .bold : []
            if group.contains(where: \.isEmphasized) { emphasis.formUnion([.bold, .reverse]) }
            frame[column, row] = Cell(isCentroid ? glyphs.centroid : glyphs.tick, style: Style(.centroid, emphasis))
        }
    }

    /// Draws the labels of the ends, of 0 and of the thresholds, the important first, each where it does not touch another.
    func drawAxis(in rect: Rect, row: Int, on frame: inout Frame, glyphs: Glyphs) {
        var taken: [Range<Int>] = []
        for label in labels(in: rect, glyphs: glyphs) {
            let width = label.text.cellWidth
            let start = max(rect.x, min(label.column - width / 2, rect.maxX - width))
            let place = start..<(start + width)
            let isFree = taken.allSatisfy { place.upperBound < $0.lowerBound || place.lowerBound > $0.upperBound }
            guard isFree, place.upperBound <= rect.maxX else { continue }
            frame.draw(label.text, at: Point(x: start, y: row), style: Style(label.role), clip: rect)
            taken.append(place)
        }
    }

    private struct Label {
        let column: Int
        let text: String
        let role: Role
    }

    private func labels(in rect: Rect, glyphs: Glyphs) -> [Label] {
        let digits = AxisScale.digits(step: (range.upperBound - range.lowerBound) / 20)
        let numbers = NumberFormat(glyphs: glyphs)
        func label(_ value: Double, _ role: Role, digits: Int) -> Label? {
            column(of: value, in: rect).map { Label(column: $0, text: numbers.decimal(value, digits: digits), role: role) }
        }
        let ends = [range.lowerBound, range.upperBound].map { label($0, .muted, digits: digits) }
        let lines = thresholds.map { label($0, .threshold, digits: digits + 1) }
        return (ends + lines + [label(0, .muted, digits: 0)]).compactMap { $0 }
    }
}
