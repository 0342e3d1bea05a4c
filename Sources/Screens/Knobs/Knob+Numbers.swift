extension Knob {
    /// A number inside a range; a comma is taken for a point.
    ///
    /// - Throws: what it is no number for; `refusal`, or `outOfRange`, for one outside.
    static func number(_ text: String, in range: ClosedRange<Double>, _ refusal: KnobRefusal? = nil) throws(KnobRefusal) -> Double {
        let plain = String(text.map { $0 == "," ? "." : $0 == "−" ? "-" : $0 })
        guard let value = Double(plain), value.isFinite else { throw .notANumber(text) }
        guard range.contains(value) else { throw refusal ?? .outOfRange(range) }
        return value
    }

    static func whole(_ text: String, in range: ClosedRange<Double>, _ refusal: KnobRefusal? = nil) throws(KnobRefusal) -> Int {
        let value = try number(text, in: range, refusal)
        guard value == value.rounded() else { throw .notWhole(text) }
        return Int(value)
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
