import Foundation

extension NumberFormat {
    /// An interval's half width in points of per cent: 0.0012 is `±0.12`.
    public func halfWidth(_ fraction: Double?, digits: Int = 2) -> String {
        plusMinus + percentFigure(fraction.map(abs), digits: digits)
    }

    /// A number with about `significant` digits, without exponents where four places behind the point suffice:
    /// `0.0412`, `12.3`, `1,204`; else `4.1e-7`.
    public func significant(_ value: Double?, _ significant: Int = 3) -> String {
        guard let value, !value.isNaN else { return missing }
        guard value.isFinite, value != 0 else { return decimal(value, digits: 0) }
        let exponent = Int(floor(log10(abs(value))))
        if exponent < -4 || abs(value) >= Self.largestWritten { return scientific(value, digits: max(0, significant - 1)) }
        return decimal(value, digits: max(0, significant - 1 - exponent))
    }

    /// A number with an exponent: `1.1e-7`.
    public func scientific(_ value: Double?, digits: Int = 1) -> String {
        guard let value, !value.isNaN else { return missing }
        guard value.isFinite else { return decimal(value, digits: 0) }
        let text = String(format: "%.\(max(0, digits))e", abs(value))
        let parts = text.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
        return (value < 0 ? minus : "") + parts[0] + "e\(exponent)"
    }

    /// A p-value: `0.032`; below 1e-300, where a Double runs out of digits, `< 1e-300`.
    public func probability(_ value: Double?) -> String {
        guard let value, value < 1e-300 else { return significant(value, 2) }
        return "< 1e-300"
    }

    /// A standard deviation: `σ 0.0412`.
    public func standardDeviation(_ value: Double?) -> String { sigma + " " + significant(value, 3) }

    /// Decibels without the unit: `31.4`; infinite (no error at all) is `exact`.
    public func decibels(_ value: Double?) -> String {
        if let value, value == .infinity { return "exact" }
        return decimal(value, digits: 1)
    }

    /// A ratio of sizes: `39.1×`.
    public func ratio(_ value: Double?, digits: Int = 1) -> String {
        guard let value, !value.isNaN else { return missing }
        return decimal(value, digits: digits) + times
    }

    /// Bytes exactly: `1,724,320 B`.
    public func bytes(_ count: Int?) -> String {
        guard count != nil else { return missing }
        return integer(count) + " B"
    }

    /// Bytes shortly, in multiples of 1024: `1.64 MiB`, `43.1 KiB`, `912 B`.
    public func shortBytes(_ count: Int?) -> String {
        guard let count else { return missing }
        var value = Double(count)
        for unit in ["B", "KiB", "MiB", "GiB", "TiB"] {
            if abs(value) < 1023.5 || unit == "TiB" {
                return (unit == "B" ? integer(count) : significant(value, 3)) + " " + unit
            }
            value /= 1024
        }
        return bytes(count)
    }

    /// A time that was measured: `820 ms`, `3.4 s`, `2:05 min`, `1:02 h`.
    public func duration(seconds: Double?) -> String {
        guard let seconds, seconds.isFinite else { return missing }
        if seconds < 0.9995 { return decimal(1000 * seconds, digits: 0) + " ms" }
        if seconds < 59.95 { return decimal(seconds, digits: 1) + " s" }
        return wholeTime(seconds)
    }

    /// A time that is still to come, in whole seconds: `7 s left`, `3:10 min left`, `1:02 h left`.
    public func timeLeft(seconds: Double?) -> String {
        guard let seconds, seconds.isFinite else { return missing + " left" }
        return (seconds < 59.5 ? "\(Int(max(0, seconds).rounded())) s" : wholeTime(seconds)) + " left"
    }

    private func wholeTime(_ seconds: Double) -> String {
        let whole = Int(min(seconds.rounded(), 1e15))
        let (large, small, unit) = whole < 3600 ? (whole / 60, whole % 60, "min") : (whole / 3600, whole / 60 % 60, "h")
        return integer(large) + ":" + (small < 10 ? "0" : "") + String(small) + " " + unit
    }
}

extension NumberFormat {
    /// Digits with a comma before each three from the right.
    static func grouped(_ digits: String) -> String {
        guard digits.utf8.count > 3 else { return digits }
        var result = ""
        let count = digits.utf8.count
        for (index, digit) in digits.enumerated() {
            if index > 0, (count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }

    /// |value| with `digits` places, grouped.
    static func magnitude(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return "inf" }
        if abs(value) >= largestWritten { return unicode.scientific(abs(value), digits: digits) }
        if let quick = quickMagnitude(abs(value), digits: digits) { return quick }
        let text = String(format: "%.\(max(0, min(digits, 30)))f", abs(value))
        guard let point = text.firstIndex(of: ".") else { return grouped(text) }
        return grouped(String(text[..<point])) + text[point...]
    }

    /// Numbers from here on are written with an exponent.
    private static let largestWritten = 1e15

    private static let powers: [Double] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

    /// The same by whole numbers, where they are small and the rounding is no close call: a table of many rows is full of such figures.
    private static func quickMagnitude(_ value: Double, digits: Int) -> String? {
        guard powers.indices.contains(digits), value < 1e6 else { return nil }
        let scaled = value * powers[digits]
        // The product is off by a millionth at most.
        guard scaled < 1e9, abs(scaled - scaled.rounded(.down) - 0.5) > 1e-6 else { return nil }
        let (whole, rest) = Int(scaled.rounded()).quotientAndRemainder(dividingBy: Int(powers[digits]))
        let places = String(rest)
        return grouped(String(whole)) + (digits == 0 ? "" : "." + String(repeating: "0", count: digits - places.utf8.count) + places)
    }

    /// True where `value` is printed as 0 with `digits` places.
    static func roundsToZero(_ value: Double, digits: Int) -> Bool {
        magnitude(value, digits: digits).utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
    }
}
