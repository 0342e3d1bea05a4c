import Foundation

/// Points over a logarithmic axis from left to right, each a cell, with intervals and a line across.
public struct ScatterChart: Widget, Hashable {
    public struct Point: Hashable, Sendable {
        /// Above 0.
        public var x: Double
        public var y: Double
        public var role: Role
        /// Estimated and not measured.
        public var isHollow: Bool
        /// Drawn in reverse: where one is.
        public var isMarked: Bool
        /// Drawn as a line from below to above.
        public var interval: ClosedRange<Double>?

        public init(
            x: Double, y: Double, role: Role = .series, isHollow: Bool = false, isMarked: Bool = false, interval: ClosedRange<Double>? = nil
        ) {
            (self.x, self.y, self.role) = (x, y, role)
            (self.isHollow, self.isMarked, self.interval) = (isHollow, isMarked, interval)
        }
    }

    /// Later ones are drawn over earlier ones.
    public var points: [Point]
    /// A value at which a line goes across: the original's.
    public var line: Double?
    /// Labels of the values are the values times this.
    public var labelFactor: Double

    public init(points: [Point], line: Double? = nil, labelFactor: Double = 1) {
        (self.points, self.line, self.labelFactor) = (points.filter { $0.x > 0 && $0.x.isFinite && $0.y.isFinite }, line, labelFactor)
    }

    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        let values = points.map(\.y) + (line.map { [$0] } ?? [])
        guard rect.height >= 2, let low = values.min(), let high = values.max(), let first = points.map(\.x).min(),
            let last = points.map(\.x).max()
        else { return }
        let (upper, foot) = rect.splitTop(rect.height - 1)
        let scale = AxisScale(labelFactor * low...labelFactor * high, count: (upper.height + 1) / 2)
        let plot = LineChart(series: []).drawAxis(scale, in: upper, on: &frame, glyphs: glyphs)
        guard plot.width > 0 else { return }
        let across = AxisScale(logarithmic: first / 1.05...last * 1.05, count: max(2, plot.width / 12))
        let mapping = Mapping(plot: plot, values: scale, sizes: across, factor: labelFactor)
        drawFoot(mapping, in: Rect(x: plot.x, y: foot.y, width: plot.width, height: 1), on: &frame, glyphs: glyphs)
        if let line {
            let row = mapping.row(line)
            for x in plot.x..<plot.maxX { frame[x, row] = Cell(glyphs.horizontal, style: Style(.seriesOriginal)) }
        }
        for point in points { drawInterval(of: point, mapping, on: &frame, glyphs: glyphs) }
        for point in points {
            frame[mapping.column(point.x), mapping.row(point.y)] = Cell(
                point.isHollow ? glyphs.hollowPoint : glyphs.point, style: Style(point.role, point.isMarked ? [.bold, .reverse] : []))
        }
    }

    private func drawInterval(of point: Point, _ mapping: Mapping, on frame: inout Frame, glyphs: Glyphs) {
        guard let interval = point.interval else { return }
        let column = mapping.column(point.x)
        for row in mapping.row(interval.upperBound)...mapping.row(interval.lowerBound) {
            frame[column, row] = Cell(glyphs.vertical, style: Style(.interval))
        }
    }

    private func drawFoot(_ mapping: Mapping, in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        let numbers = NumberFormat(glyphs: glyphs)
        var end = rect.x
        for tick in mapping.sizes.ticks {
            let label = numbers.integer(Int(pow(10, tick).rounded()))
            let start = max(rect.x, min(mapping.column(pow(10, tick)) - label.cellWidth / 2, rect.maxX - label.cellWidth))
            guard start >= end, start + label.cellWidth <= rect.maxX else { continue }
            frame.draw(label, at: Frames.Point(x: start, y: rect.y), style: Style(.muted), clip: rect)
            end = start + label.cellWidth + 1
        }
    }

    private struct Mapping {
        let plot: Rect
        let values: AxisScale
        let sizes: AxisScale
        let factor: Double

        func column(_ x: Double) -> Int { plot.x + place(log10(x), sizes.range, plot.width) }
        func row(_ y: Double) -> Int { plot.maxY - 1 - place(y * factor, values.range, plot.height) }

        private func place(_ value: Double, _ range: ClosedRange<Double>, _ count: Int) -> Int {
            let part = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
            return max(0, min(count - 1, Int((part * Double(count - 1)).rounded())))
        }
    }
}
