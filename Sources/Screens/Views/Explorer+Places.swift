import Frames

extension Explorer {
    /// The view of a place: as it is open or stands among the panes, else as it would open; nil where it needs more than that.
    private func view(_ place: Place) -> (any ScreenView)? {
        if place.number != nil { return stack.pane(place) }
        if let open = stack.open.last(where: { $0.view.place == place }) { return open.view }
        return ScreenViews.all.first { $0.place == place }?.init(self)
    }

    /// One view alone, without a border: for tests and pictures.
    package func frame(of place: Place, size: Size) -> Frame {
        var frame = Frame(size: size)
        draw(place, in: frame.bounds, on: &frame)
        return glyphs.graph == .ascii ? frame.transliteratedToASCII() : frame
    }

    /// Draws one view into a rectangle of a frame.
    package func draw(_ place: Place, in area: Rect, on frame: inout Frame) { view(place)?.draw(self, in: area, on: &frame) }

    /// What stands in the border of a view.
    package func title(of place: Place) -> String { view(place)?.title(self) ?? "" }

    /// The row of a list under a point of a view's area.
    package func row(at point: Point, of place: Place, in area: Rect) -> Int? { view(place)?.row(at: point, self, in: area) }

    /// The weight under a column of the histogram's area.
    package func weight(atColumn column: Int, in area: Rect) -> Double? { HistogramView.value(atColumn: column, self, in: area) }

    /// The column of a weight in the histogram's area.
    package func column(ofWeight weight: Double, in area: Rect) -> Int? { HistogramView.column(of: weight, self, in: area) }
}
