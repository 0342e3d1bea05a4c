import Frames

/// A part of the screen that can be drawn alone.
package enum ScreenPart: String, CaseIterable, Sendable {
    case weights, centroids, accuracy, example, training, maskMap, ladder, compare, sessions, themes, grid
}

extension Explorer {
    /// One part of the screen alone, without a border: for tests and pictures.
    package func frame(of part: ScreenPart, size: Size) -> Frame {
        var frame = Frame(size: size)
        part.view.draw(self, in: frame.bounds, on: &frame)
        return glyphs.graph == .ascii ? frame.transliteratedToASCII() : frame
    }

    /// Draws one part into a rectangle of a frame.
    package func draw(_ part: ScreenPart, in area: Rect, on frame: inout Frame) { part.view.draw(self, in: area, on: &frame) }

    /// What stands in the border of a part.
    package func title(of part: ScreenPart) -> String { part.view.title(self) }

    /// The row of a list under a point of a part's area.
    package func row(at point: Point, of part: ScreenPart, in area: Rect) -> Int? { part.view.row(at: point, self, in: area) }

    /// The weight under a column of the histogram's area.
    package func weight(atColumn column: Int, in area: Rect) -> Double? { HistogramView.value(atColumn: column, self, in: area) }

    /// The column of a weight in the histogram's area.
    package func column(ofWeight weight: Double, in area: Rect) -> Int? { HistogramView.column(of: weight, self, in: area) }
}

extension ScreenPart {
    var view: any ExplorerView.Type {
        switch self {
        case .weights: HistogramView.self
        case .centroids: CentroidsView.self
        case .accuracy: AccuracyView.self
        case .example: ExampleView.self
        case .training: TrainingView.self
        case .grid: GridView.self
        case .maskMap: MaskMapView.self
        case .ladder: LadderView.self
        case .compare: CompareView.self
        case .sessions: SessionsView.self
        case .themes: ThemesView.self
        }
    }
}
