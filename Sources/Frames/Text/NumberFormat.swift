import Foundation

/// How every number on the screen is printed: the same in every locale, with commas between thousands and a point before fractions.
///
/// A figure that does not exist (nil, NaN) is `–`, so that nobody takes it for 0. Minus is `−` where it can be shown.
///
///     let numbers = NumberFormat(glyphs: .unicode)
///     numbers.integer(1_724_320)        // 1,724,320
///     numbers.percent(0.701)            // 70.1%
///     numbers.signed(-0.31, digits: 2)  // −0.31
public struct NumberFormat: Hashable, Sendable {
    /// The sign of negative numbers.
    public var minus: String
    /// The sign of multiplication, behind ratios.
    public var times: String
    /// The letter σ, or its ASCII stand-in.
    public var sigma: String
    /// ±, or its ASCII stand-in.
    public var plusMinus: String
    /// What stands for a figure that does not exist.
    public var missing: String

    public init(glyphs: Glyphs) {
        minus = glyphs.minus
        times = glyphs.times
        sigma = glyphs.sigma
        plusMinus = glyphs.plusMinus
        missing = glyphs.minus == "-" ? "-" : "–"
    }

    /// With Unicode signs.
    public static let unicode = NumberFormat(glyphs: .unicode)
    /// With ASCII signs only, for files and pipes.
    public static let ascii = NumberFormat(glyphs: .ascii)

    /// A whole number with commas: `1,724,320`, `−12`.
    public func integer(_ value: Int?) -> String {
        guard let value else { return missing }
        return (value < 0 ? minus : "") + Self.grouped(String(value.magnitude))
    }

    /// A whole number with what it counts: `1 example`, `10,000 examples`.
    public func count(_ value: Int, _ noun: String, _ plural: String? = nil) -> String {
        integer(value) + " " + (value == 1 ? noun : plural ?? noun + "s")
    }

    /// A number with exactly `digits` digits behind the point: `31.4`, `−0.281`; no sign before what is rounded to 0. From 1e15 on with an
    /// exponent, for then its digits are none of the figure's.
    public func decimal(_ value: Double?, digits: Int) -> String {
        guard let value, !value.isNaN else { return missing }
        let sign = value < 0 && !Self.roundsToZero(value, digits: digits) ? minus : ""
        return sign + Self.magnitude(value, digits: digits)
    }

    /// A number with its sign always shown, `+0.3` or `−0.3`; zero has a blank in its place.
    public func signed(_ value: Double?, digits: Int) -> String {
        guard let value, !value.isNaN else { return missing }
        let sign = Self.roundsToZero(value, digits: digits) ? " " : value < 0 ? minus : "+"
        return sign + Self.magnitude(value, digits: digits)
    }

    /// A whole number with its sign always shown: `+12`, `−43`, `0`.
    public func signed(_ value: Int?) -> String {
        guard let value else { return missing }
        return (value > 0 ? "+" : "") + integer(value)
    }

    /// A fraction 0…1 as per cent: 0.701 is `70.1%`, with a blank before the sign where `isSpaced`.
    ///
    /// Never shows 0 or 100 per cent for what is not: 0.99996 is `>99.9%` and 0.00001 `<0.1%` with one digit.
    public func percent(_ fraction: Double?, digits: Int = 1, isSpaced: Bool = false) -> String {
        guard let fraction, !fraction.isNaN else { return missing }
        let unit = isSpaced ? " %" : "%"
        let step = pow(10, -Double(max(0, digits)))
        if fraction > 0, Self.roundsToZero(100 * fraction, digits: digits) {
            return "<" + decimal(step, digits: digits) + unit
        }
        if fraction < 1, fraction > 0, Self.roundsToZero(100 * (1 - fraction), digits: digits) {
            return ">" + decimal(100 - step, digits: digits) + unit
        }
        return decimal(100 * fraction, digits: digits) + unit
    }

    /// A fraction 0…1 as a figure in per cent without the sign: 0.9102 is `91.02`.
    public func percentFigure(_ fraction: Double?, digits: Int = 2) -> String {
        decimal(fraction.map { 100 * $0 }, digits: digits)
    }
}
