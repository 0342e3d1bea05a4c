import Foundation

/// The numbers that a setting of the retraining panel may be, and how a turn goes through them.
struct TrainingNumbers: Sendable {
    /// What a turn adds or multiplies by.
    enum Steps: Sendable {
        /// A big one is five of them.
        case by(Double)
        /// Twice as much; a big one is four times.
        case doubling
        /// The next of 1, 2 and 5 times a power of ten, from this on; a big one is ten times as much.
        case decades(from: Double)
    }

    let range: @Sendable (TrainingSettings) -> ClosedRange<Double>
    let steps: Steps
    /// Whether 0 stands before the smallest number and is called none.
    let hasNone: Bool
    var isWhole = false
    let get: @Sendable (TrainingSettings) -> Double
    let set: @Sendable (inout TrainingSettings, Double) -> Void

    /// What may be typed.
    func rangeText(in settings: TrainingSettings) -> String {
        let range = range(settings)
        return "\(range.lowerBound.plain)…\(range.upperBound.plain)" + (hasNone && range.lowerBound > 0 ? ", or none" : "")
    }

    /// The number that is typed; none is 0.
    func typed(_ text: String, in settings: TrainingSettings) throws(KnobRefusal) -> Double {
        let range = range(settings)
        if hasNone || range.lowerBound == 0 && !isWhole, !text.isEmpty, "none".hasPrefix(text.lowercased()) { return 0 }
        let value = try Knob.number(text, in: range)
        if isWhole, value != value.rounded() { throw .notWhole(text) }
        return value
    }

    /// The number after a turn; the same at an end.
    func turned(_ settings: TrainingSettings, up: Bool, isBig: Bool) -> Double {
        let (value, range) = (get(settings), range(settings))
        let next =
            switch steps {
            case .by(let step): ((value + (up ? step : -step) * (isBig ? 5 : 1)) * 10_000).rounded() / 10_000
            case .doubling: (value * pow(up ? 2 : 0.5, isBig ? 2 : 1)).rounded()
            case .decades(let least): Self.rounded(value, up: up, isBig: isBig, from: least, zero: hasNone ? 0 : nil)
            }
        if hasNone, next == 0 { return 0 }
        return min(max(next, range.lowerBound), range.upperBound)
    }

    /// The next of 1, 2 and 5 times a power of ten, or the next power of ten times the value; below the least is `zero`.
    private static func rounded(_ value: Double, up: Bool, isBig: Bool, from least: Double, zero: Double?) -> Double {
        if value < least { return up ? least : zero ?? least }
        if !up, value <= least * 1.000001 { return zero ?? least }
        if isBig { return max(tidy(up ? value * 10 : value / 10), least) }
        let power = floor(log10(value) + 1e-9)
        let steps = (-1...1).flatMap { offset in [1.0, 2, 5].map { tidy($0 * pow(10, power + Double(offset))) } }
        let next = up ? steps.first { $0 > value * 1.000001 } : steps.last { $0 < value * 0.999999 }
        return max(next ?? value, least)
    }

    /// Without the last bits that powers of ten leave.
    private static func tidy(_ value: Double) -> Double { Double(String(format: "%.6g", value)) ?? value }
}
