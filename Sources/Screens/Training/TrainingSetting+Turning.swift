import Compression
import Foundation

extension TrainingSetting {
    /// Turns the setting one step, or a big one; words go round.
    ///
    /// - Throws: `KnobRefusal` where it is at its end.
    func turn(_ settings: inout TrainingSettings, up: Bool, isBig: Bool) throws(KnobRefusal) {
        if self == .drops { return try turnDrops(&settings, up: up) }
        guard let range = range(in: settings) else {
            let words = choices(in: settings)
            let index = words.firstIndex(of: text(in: settings)) ?? 0
            return try take(words[(index + (up ? 1 : words.count - 1)) % words.count], in: &settings)
        }
        let value = number(in: settings)
        let next = next(to: value, up: up, isBig: isBig, in: range)
        guard next != value else { throw .atLimit(name: name, value: text(in: settings)) }
        set(next, in: &settings)
    }

    private func next(to value: Double, up: Bool, isBig: Bool, in range: ClosedRange<Double>) -> Double {
        switch self {
        case .batch:
            let factor = isBig ? 4.0 : 2
            return min(max((up ? value * factor : value / factor).rounded(), range.lowerBound), range.upperBound)
        case .rate: return Self.rounded(value, up: up, isBig: isBig, in: range)
        // 0 stands before the smallest step.
        case .decay: return Self.rounded(value, up: up, isBig: isBig, in: 0.00001...1, zero: 0)
        case .clip: return Self.rounded(value, up: up, isBig: isBig, in: 0.1...1_000, zero: 0)
        default:
            let step = (isBig ? 5 : 1) * step
            let next = ((value + (up ? step : -step)) * 10_000).rounded() / 10_000
            return min(max(next, range.lowerBound), range.upperBound)
        }
    }

    /// A small step; a big one is five of them.
    private var step: Double {
        switch self {
        case .momentum, .factor, .erasing, .distillation: 0.05
        case .warmUp, .temperature: 0.5
        default: 1
        }
    }

    /// The next of 1, 2 and 5 times a power of ten, or the next power of ten times the value; below the range is `zero`.
    private static func rounded(
        _ value: Double, up: Bool, isBig: Bool, in range: ClosedRange<Double>, zero: Double? = nil
    ) -> Double {
        if value < range.lowerBound { return up ? range.lowerBound : zero ?? range.lowerBound }
        if !up, value <= range.lowerBound * 1.000001, let zero { return zero }
        if isBig { return min(max(tidy(up ? value * 10 : value / 10), range.lowerBound), range.upperBound) }
        let power = floor(log10(value) + 1e-9)
        let steps = (-1...1).flatMap { offset in [1.0, 2, 5].map { tidy($0 * pow(10, power + Double(offset))) } }
        let next = up ? steps.first { $0 > value * 1.000001 } : steps.last { $0 < value * 0.999999 }
        return min(max(next ?? value, range.lowerBound), range.upperBound)
    }

    /// Without the last bits that powers of ten leave.
    private static func tidy(_ value: Double) -> Double { Double(String(format: "%.6g", value)) ?? value }

    /// Every n epochs: n one more or one less.
    private func turnDrops(_ settings: inout TrainingSettings, up: Bool) throws(KnobRefusal) {
        guard case .steps(let factor, let epochs) = settings.recipe.rate.course else { return }
        let last = settings.recipe.epochs
        let every = min(max(1, (epochs.first ?? 1) + (up ? 1 : -1)), max(1, last - 1))
        let next = Array(stride(from: every, through: max(every, last - 1), by: every))
        guard next != epochs else { throw .atLimit(name: name, value: text(in: settings)) }
        settings.recipe.rate.course = .steps(factor: factor, epochs: next)
    }
}
