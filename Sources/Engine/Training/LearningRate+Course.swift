import Compression
import Foundation

extension LearningRate {
    /// The rate of a step, counted from 0 over the whole run.
    ///
    /// With e = step / stepsPerEpoch: steps: · factor for each listed epoch that is finished; exponential: · factor^⌊e⌋; cosine:
    /// · (final + (1 − final) · (1 + cos(π · e / epochs)) / 2); one cycle as PyTorch's OneCycleLR over epochs · stepsPerEpoch steps. Warm-up
    /// multiplies by (e + one step) / warmUp below 1, and is ignored by one cycle.
    public func rate(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
        let perEpoch = Double(max(1, stepsPerEpoch))
        let epoch = Double(step) / perEpoch
        if case .oneCycle(let rise) = course { return oneCycle(step: step, total: epochs * stepsPerEpoch, rise: rise) }
        let rise = warmUp > 0 ? min(1, (epoch + 1 / perEpoch) / warmUp) : 1
        return rate * rise * factor(epoch: epoch, epochs: epochs)
    }

    private func factor(epoch: Double, epochs: Int) -> Double {
        switch course {
        case .constant, .oneCycle: 1
        case .steps(let factor, let epochs): epochs.reduce(1) { epoch >= Double($1) ? $0 * factor : $0 }
        case .exponential(let factor): pow(factor, epoch.rounded(.down))
        case .cosine(let final):
            final + (1 - final) * (1 + cos(.pi * min(1, epoch / Double(max(1, epochs))))) / 2
        }
    }

    private func oneCycle(step: Int, total: Int, rise: Double) -> Double {
        let (start, end) = (rate / 25, rate / 250_000)
        let (peak, last) = (rise * Double(total) - 1, Double(total - 1))
        let place = min(Double(step), last)
        if place <= peak { return Self.cosine(from: start, to: rate, share: peak > 0 ? place / peak : 1) }
        return Self.cosine(from: rate, to: end, share: last > peak ? (place - peak) / (last - peak) : 1)
    }

    private static func cosine(from start: Double, to end: Double, share: Double) -> Double {
        end + (start - end) / 2 * (1 + cos(.pi * share))
    }
}
