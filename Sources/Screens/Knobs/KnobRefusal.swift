import Compression
import Networks

/// Why a knob does not take a turn or a typed value: facts for a message.
public enum KnobRefusal: Error, Hashable, Sendable {
    /// The value is already the first or last one.
    case atLimit(name: String, value: String)
    /// Ternary and binary weights have a fixed number of bits.
    case fixedBits(representation: String, bits: Int)
    case notANumber(String)
    /// A number where only whole ones have a meaning.
    case notWhole(String)
    case outOfRange(ClosedRange<Double>)
    /// What the prompt says may be typed.
    case notAllowed(String)
    /// A word of several that can't be read.
    case notRead(WordProblem)
    /// None, or more than one, of these words begins so.
    case notAChoice(String, choices: [String])
    /// There is no threshold to be moved.
    case noThreshold(pattern: String)
    /// What is needed has not been computed yet.
    case notSorted

    /// One sentence with what to do next.
    package var message: String {
        switch self {
        case .atLimit(let name, let value): "\(name) is at its end: \(value)"
        case .fixedBits(let representation, let bits):
            "\(representation) weights always have \(bits) bit\(bits == 1 ? "" : "s"); choose other weights first"
        case .notANumber(let text): "'\(text)' is not a number"
        case .notWhole(let text): "'\(text)' is not a whole number"
        case .notAllowed(let range): "allowed is \(range)"
        case .outOfRange(let range): "allowed is \(range.lowerBound.plain)…\(range.upperBound.plain)"
        case .notRead(let problem): "\(problem)"
        case .notAChoice(let text, let choices):
            NearNames.of(text, among: choices, limit: 1).map { "'\(text)': did you mean \($0)? " }.joined()
                + "choose one of \(choices.joined(separator: ", "))"
        case .noThreshold(let pattern):
            "\(pattern) has no threshold to be moved; the knob pattern changes it, and none brings the threshold back"
        case .notSorted: "the weights are still being sorted; try again in a moment"
        }
    }
}

extension Double {
    /// At most four decimals without trailing zeros: `5`, `0.5`, `1.0625`.
    var trimmed: String { decimals(atLeast: 0) }

    /// At most four decimals, trailing zeros dropped down to `minimum` of them: `0.50`.
    func decimals(atLeast minimum: Int) -> String {
        let scaled = Int64((Swift.min(abs(self), 1e12) * 10_000).rounded())
        var fraction = String(scaled % 10_000)
        fraction = String(repeating: "0", count: 4 - fraction.count) + fraction
        while fraction.count > minimum, fraction.last == "0" { fraction.removeLast() }
        let sign = self < 0 && scaled != 0 ? "-" : ""
        return sign + String(scaled / 10_000) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
