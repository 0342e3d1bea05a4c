import Foundation

/// Round values along an axis.
public struct AxisScale: Hashable, Sendable {
    /// The values to label, rising.
    public let ticks: [Double]
    /// Digits behind the point that tell neighbours apart.
    public let digits: Int
    /// The range drawn, which holds all ticks and the wished range.
    public let range: ClosedRange<Double>
    /// Whether ticks and range are log₁₀ of the values.
    public let isLogarithmic: Bool

    /// At most `count` (at least 2) labels at steps of 1, 2, 2.5 or 5 times a power of ten.
    ///
    /// A range without extent is widened; one that is not finite gives 0…1.
    public init(_ wished: ClosedRange<Double>, count: Int) {
        let range = Self.widened(wished)
        let most = max(2, count)
        var step = Self.roundStep(atLeast: (range.upperBound - range.lowerBound) / Double(most - 1))
        var inside = Self.multiples(of: step, in: range)
        while inside.count > most {
            step = Self.roundStep(atLeast: step * 1.5)
            inside = Self.multiples(of: step, in: range)
        }
        // A short axis between two round values takes finer ones rather than none.
        for _ in 0..<3 where inside.isEmpty {
            step = Self.roundStep(atLeast: step * 0.45)
            inside = Array(Self.multiples(of: step, in: range).prefix(most))
        }
        ticks = inside
        digits = Self.digits(step: step)
        self.range = range
        isLogarithmic = false
    }

    /// Of log₁₀ of positive values: at most `count` (at least 2) labels at 1, 2 and 5 times powers of ten, or at the powers alone; where fewer than two of
    /// these lie in the range, at round values.
    public init(logarithmic wished: ClosedRange<Double>, count: Int) {
        let most = max(2, count)
        let range = Self.widened(log10(wished.lowerBound)...log10(wished.upperBound))
        let powers = Int(range.lowerBound.rounded(.down))...Int(range.upperBound.rounded(.up))
        let sets = [[1.0, 2, 5], [1]].map { factors in powers.flatMap { power in factors.map { log10($0) + Double(power) } } }
        let inside = sets.map { ticks in ticks.filter { $0 >= range.lowerBound - 1e-9 && $0 <= range.upperBound + 1e-9 } }
        let round = AxisScale(wished, count: most)
        ticks = inside.first { (2...most).contains($0.count) } ?? round.ticks.filter { $0 > 0 }.map { log10($0) }
        self.range = range
        digits = round.digits
        isLogarithmic = true
    }

    /// The values as they are written beside the axis.
    func labels(_ numbers: NumberFormat) -> [String] {
        isLogarithmic ? ticks.map { numbers.significant(pow(10, $0), 2) } : ticks.map { numbers.decimal($0, digits: digits) }
    }

    /// Digits behind the point that show a step: 0.25 needs 2, 20 needs 0; never more than 12.
    public static func digits(step: Double) -> Int {
        guard step > 0, step.isFinite else { return 0 }
        for digits in 0..<12 {
            let scaled = step * pow(10, Double(digits))
            if scaled >= 0.95, abs(scaled - scaled.rounded()) < 1e-6 * scaled || scaled >= 10 { return digits }
        }
        return 12
    }

    private static func widened(_ wished: ClosedRange<Double>) -> ClosedRange<Double> {
        let extent = wished.upperBound - wished.lowerBound
        guard extent.isFinite else { return 0...1 }
        let smallest = max(abs(wished.lowerBound), abs(wished.upperBound)) * 1e-9
        if extent > smallest, extent > 1e-300 { return wished }
        let margin = max(abs(wished.lowerBound) * 0.01, 1e-3)
        return (wished.lowerBound - margin)...(wished.upperBound + margin)
    }

    private static func roundStep(atLeast wished: Double) -> Double {
        let power = pow(10, floor(log10(wished)))
        for factor in [1, 2, 2.5, 5] where factor * power >= wished * (1 - 1e-9) { return factor * power }
        return 10 * power
    }

    private static func multiples(of step: Double, in range: ClosedRange<Double>) -> [Double] {
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard first.isFinite, last.isFinite, last >= first, last - first < 1000 else { return [] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }
}
