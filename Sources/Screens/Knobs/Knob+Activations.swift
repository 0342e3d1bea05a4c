import Compression
import Networks

extension Knob {
    /// From float over 8…1 bits down to signs; bits keep where their clip comes from.
    func turnedActivations(
        _ activations: ActivationQuantization?, up: Bool, isBig: Bool
    ) throws(KnobRefusal) -> ActivationQuantization? {
        let range = ActivationQuantization.bitRange
        switch activations {
        case nil:
            if up { throw .atLimit(name: name(in: .unchanged), value: "float") }
            return .clipped(bits: range.upperBound, clip: .calibrated)
        case .clipped(let bits, let clip):
            if up, bits == range.upperBound { return nil }
            if !up, bits == range.lowerBound { return .sign }
            let next = bits + (up ? 1 : -1) * (isBig ? 2 : 1)
            return .clipped(bits: min(max(next, range.lowerBound), range.upperBound), clip: clip)
        case .sign:
            if !up { throw .atLimit(name: name(in: .unchanged), value: "sign") }
            return .clipped(bits: range.lowerBound, clip: .calibrated)
        }
    }

    /// `float`, `sign` or a number of bits.
    static func activations(_ text: String, _ old: ActivationQuantization?) throws(KnobRefusal) -> ActivationQuantization? {
        if text == "32" { return nil }
        for word in ["float", "sign"] where !text.isEmpty && word.hasPrefix(text) { return word == "sign" ? .sign : nil }
        let clip = if case .clipped(_, let clip) = old { clip } else { ActivationQuantization.Clip.calibrated }
        let range = ActivationQuantization.bitRange
        return .clipped(bits: try whole(text, in: Double(range.lowerBound)...Double(range.upperBound)), clip: clip)
    }
}
