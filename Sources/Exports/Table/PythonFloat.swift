/// Numbers as Python writes them.
enum PythonFloat {
    /// `repr(value)`: the fewest digits that give the same double, an exponent of two digits below 1e-4 and from 1e16 on, `nan` and `inf`.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let sign = value.sign == .minus ? "-" : ""
        let (digits, point) = shortest(value.magnitude)
        // The value is 0.digits · 10^point.
        if point <= -4 || point > 16 {
            let fraction = digits.dropFirst()
            let exponent = point - 1
            let size = String(exponent.magnitude)
            return sign + digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction)
                + (exponent < 0 ? "e-" : "e+") + (size.count < 2 ? "0" + size : size)
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if digits.count <= point { return sign + digits + String(repeating: "0", count: point - digits.count) + ".0" }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// The fewest digits and where the point is before them, from Swift's own text, which has the same digits and other exponents.
    private static func shortest(_ value: Double) -> (digits: String, point: Int) {
        guard value != 0 else { return ("0", 1) }
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        var digits = mantissa.joined()
        var point = mantissa[0].count + exponent
        while digits.hasPrefix("0") {
            digits.removeFirst()
            point -= 1
        }
        while digits.hasSuffix("0") { digits.removeLast() }
        return (digits, point)
    }

    /// A number as Python's `float` reads it; nil for another text.
    static func value(_ text: String) -> Double? {
        let word = text.trimmingPrefix { $0 == " " }
        switch word.lowercased() {
        case "nan", "+nan", "-nan": return .nan
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: return word.contains(where: { "xXpP".contains($0) }) ? nil : Double(String(word))
        }
    }
}
