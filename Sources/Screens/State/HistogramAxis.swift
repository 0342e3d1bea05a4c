import Foundation

/// The columns of the weights histogram: which weights a column holds, and which column a weight falls in.
///
/// Drawing and dragging use the same axis, so that the threshold follows the pointer exactly.
public struct HistogramAxis: Hashable, Sendable {
    /// The weights from the left edge of the first column to the right edge of the last.
    public let range: ClosedRange<Double>
    /// The columns of cells, at least 1.
    public let columns: Int

    public init(range: ClosedRange<Double>, columns: Int) {
        self.range = range
        self.columns = max(1, columns)
    }

    /// Width of a column in units of weight.
    public var columnWidth: Double { (range.upperBound - range.lowerBound) / Double(columns) }

    /// The weight in the middle of a column.
    public func value(at column: Int) -> Double { range.lowerBound + (Double(column) + 0.5) * columnWidth }

    /// The column that a weight falls in; nil outside.
    public func column(of value: Double) -> Int? {
        guard range.contains(value), columnWidth > 0 else { return nil }
        return min(columns - 1, Int(((value - range.lowerBound) / columnWidth).rounded(.down)))
    }
}
