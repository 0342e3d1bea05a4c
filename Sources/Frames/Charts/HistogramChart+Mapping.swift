extension HistogramChart {
    /// The frame's column in which `value` lies when drawn in `rect`; nil outside the range.
    ///
    /// Columns are half-open, [left edge, right edge), but the last one holds its right edge.
    public func column(of value: Double, in rect: Rect) -> Int? {
        let width = range.upperBound - range.lowerBound
        guard rect.width > 0, width > 0, width.isFinite, range.contains(value) else { return nil }
        let column = Int((value - range.lowerBound) / width * Double(rect.width))
        return rect.x + min(column, rect.width - 1)
    }

    /// The value at the middle of a frame's column when drawn in `rect`; nil outside.
    public func value(atColumn column: Int, in rect: Rect) -> Double? {
        guard column >= rect.x, column < rect.maxX else { return nil }
        let position = (Double(column - rect.x) + 0.5) / Double(rect.width)
        return range.lowerBound + position * (range.upperBound - range.lowerBound)
    }

    /// The value of one column's width in `rect`, the finest step of a drag.
    public func step(in rect: Rect) -> Double {
        rect.width > 0 ? (range.upperBound - range.lowerBound) / Double(rect.width) : 0
    }

    /// Counts by column: bins are added up where there are more than columns, repeated where there are fewer.
    func columns(_ bins: [Double], width: Int) -> [Double] {
        guard width > 0, !bins.isEmpty else { return Array(repeating: 0, count: max(0, width)) }
        return (0..<width).map { column in
            let first = column * bins.count / width
            let end = max(first + 1, (column + 1) * bins.count / width)
            return bins[first..<end].reduce(0) { $0 + ($1.isFinite && $1 > 0 ? $1 : 0) }
        }
    }

    /// A count as a height before scaling to the plot.
    func height(_ count: Double) -> Double { scale == .linear ? count : logOnePlus(count) }
}
