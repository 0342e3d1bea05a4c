import Foundation

/// Lines over equal steps, each with an optional band, in braille, quadrants or ASCII.
///
///      90.9 ┤⠉⠉⠒⠒⠤⣀
///      90.5 ┤     ⠉⠒⠤⠤⣀⣀
public struct LineChart: Widget, Hashable {
    /// One line; a value that is nil or not finite leaves a gap.
    public struct Series: Hashable, Sendable {
        public var values: [Double?]
        public var role: Role
        /// An interval around each value, drawn as a thin pattern; empty for none.
        public var band: [ClosedRange<Double>?]

        public init(_ values: [Double?], role: Role = .series, band: [ClosedRange<Double>?] = []) {
            self.values = values
            self.role = role
            self.band = band
        }

        /// log₁₀ of values and bands times a factor.
        fileprivate func logarithms(_ factor: Double) -> Series {
            Series(
                values.map { value in value.map { log10($0 * factor) } }, role: role,
                band: band.map { band in band.map { log10($0.lowerBound * factor)...log10($0.upperBound * factor) } })
        }
    }

    /// Later ones are drawn over earlier ones.
    public var series: [Series]
    /// Values drawn; nil takes what the lines and bands need.
    public var range: ClosedRange<Double>?
    /// Labels are the values times this: 100 shows fractions as per cent.
    public var labelFactor: Double
    /// Steps along x that the width stands for; nil is the longest line. A line that is not finished yet leaves room on the right.
    public var stepCount: Int?
    /// A step at which a vertical line stands, behind the lines.
    public var mark: Int?
    /// Equal factors take equal heights; values that are not above 0 are drawn linearly.
    public var isLogarithmic: Bool

    public init(
        series: [Series], range: ClosedRange<Double>? = nil, labelFactor: Double = 1, stepCount: Int? = nil, mark: Int? = nil,
        isLogarithmic: Bool = false
    ) {
        self.series = series
        self.range = range
        self.labelFactor = labelFactor
        self.stepCount = stepCount
        self.mark = mark
        self.isLogarithmic = isLogarithmic
    }

    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        guard !rect.isEmpty, let wished = range ?? valueRange else { return }
        // Labels closer than every other row are hard to read.
        let count = (rect.height + 1) / 2
        guard isLogarithmic, scaled(wished).lowerBound > 0 else {
            return draw(by: AxisScale(scaled(wished), count: count), in: rect, on: &frame, glyphs: glyphs)
        }
        var chart = self
        (chart.series, chart.labelFactor) = (series.map { $0.logarithms(factor) }, 1)
        chart.draw(by: AxisScale(logarithmic: scaled(wished), count: count), in: rect, on: &frame, glyphs: glyphs)
    }

    private func draw(by scale: AxisScale, in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        let plot = drawAxis(scale, in: rect, on: &frame, glyphs: glyphs)
        let mapping = Mapping(range: scale.range, stepCount: steps)
        if let mark, plot.width > 0 {
            let column = plot.x + mapping.cell(mark, width: plot.width)
            for y in plot.y..<plot.maxY { frame[column, y] = Cell(glyphs.vertical, style: Style(.threshold)) }
        }
        for line in series where !line.band.isEmpty {
            paint(mapping.band(line, factor, size: plot.size, glyphs), .interval, glyphs.shade, in: plot, on: &frame)
        }
        for line in series {
            paint(mapping.line(line, factor, size: plot.size, glyphs), line.role, "*", in: plot, on: &frame)
        }
    }

    /// The label factor, or 1 where it is of no use.
    private var factor: Double { labelFactor.isFinite && labelFactor != 0 ? labelFactor : 1 }

    private var steps: Int { max(stepCount ?? 0, series.map { max($0.values.count, $0.band.count) }.max() ?? 0) }

    /// The smallest and largest finite number of all lines and bands.
    var valueRange: ClosedRange<Double>? {
        var all = series.flatMap { $0.values.compactMap { $0 } }
        for case let band? in series.flatMap(\.band) { all += [band.lowerBound, band.upperBound] }
        all = all.filter(\.isFinite)
        guard let low = all.min(), let high = all.max() else { return nil }
        return low...high
    }

    private func scaled(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
        let ends = [range.lowerBound * factor, range.upperBound * factor]
        return min(ends[0], ends[1])...max(ends[0], ends[1])
    }

    private func paint(_ canvas: DotCanvas, _ role: Role, _ ascii: Unicode.Scalar, in plot: Rect, on frame: inout Frame) {
        for y in 0..<plot.height {
            for x in 0..<plot.width {
                guard let glyph = canvas.glyph(x, y, ascii: ascii) else { continue }
                frame[plot.x + x, plot.y + y] = Cell(glyph, style: Style(role))
            }
        }
    }
}
