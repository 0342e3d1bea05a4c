/// A histogram in vertical eighths: what stays solid, what is pruned shaded on top of it, thresholds, centroids and an outline.
///
///     let count = HistogramChart.binCount(in: rect)
///     let chart = HistogramChart(range: -0.3...0.3, kept: counts, thresholds: [-0.04, 0.04])
///     chart.draw(in: rect, on: &frame, glyphs: glyphs)
///
/// Rows from above: the plot, one row of marks if there are any, one row of axis labels; on low rectangles the labels go first.
/// A bin that is not empty always shows at least an eighth, so that a single outlier is seen.
public struct HistogramChart: Widget, Hashable {
    /// How counts become heights: proportional, or by log(1 + count).
    public enum Scale: Hashable, Sendable { case linear, logarithmic }

    /// A value marked below the plot.
    public struct Mark: Hashable, Sendable {
        /// A shared value `▲`, or a point of a quantization grid `╵`.
        public enum Kind: Hashable, Sendable { case centroid, grid }

        public var value: Double
        public var kind: Kind
        /// Drawn bold; of several marks in one column the emphasized one shows.
        public var isEmphasized: Bool

        public init(_ value: Double, kind: Kind = .centroid, isEmphasized: Bool = false) {
            self.value = value
            self.kind = kind
            self.isEmphasized = isEmphasized
        }
    }

    /// Values at the left edge of the first bin and the right edge of the last.
    public var range: ClosedRange<Double>
    /// Counts that stay, and that are pruned, of bins of equal width; an empty array is all zeros.
    public var kept: [Double]
    public var pruned: [Double]
    /// Counts of another histogram over the same range, drawn as an outline; empty for none.
    public var overlay: [Double]
    public var scale: Scale
    /// Values at which a vertical line stands, usually −t and t.
    public var thresholds: [Double]
    public var marks: [Mark]
    public var showsAxis: Bool

    public init(
        range: ClosedRange<Double>, kept: [Double], pruned: [Double] = [], overlay: [Double] = [],
        scale: Scale = .linear, thresholds: [Double] = [], marks: [Mark] = [], showsAxis: Bool = true
    ) {
        self.range = range
        self.kept = kept
        self.pruned = pruned
        self.overlay = overlay
        self.scale = scale
        self.thresholds = thresholds
        self.marks = marks
        self.showsAxis = showsAxis
    }

    /// The number of bins that gives one column each: the width of the rectangle.
    public static func binCount(in rect: Rect) -> Int { rect.width }

    /// The part of `rect` that holds the bars.
    public func plotRect(in rect: Rect) -> Rect {
        let rowsBelow = (hasMarkRow(in: rect) ? 1 : 0) + (hasAxisRow(in: rect) ? 1 : 0)
        return rect.splitTop(rect.height - rowsBelow).top
    }

    func hasMarkRow(in rect: Rect) -> Bool { !marks.isEmpty && rect.height >= 3 }
    func hasAxisRow(in rect: Rect) -> Bool { showsAxis && rect.height >= 4 }

    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        guard !rect.isEmpty else { return }
        let plot = plotRect(in: rect)
        drawBars(in: plot, on: &frame, glyphs: glyphs)
        drawThresholds(in: plot, on: &frame, glyphs: glyphs)
        var row = plot.maxY
        if hasMarkRow(in: rect) {
            drawMarks(in: rect, row: row, on: &frame, glyphs: glyphs)
            row += 1
        }
        if hasAxisRow(in: rect) { drawAxis(in: rect, row: row, on: &frame, glyphs: glyphs) }
    }
}
