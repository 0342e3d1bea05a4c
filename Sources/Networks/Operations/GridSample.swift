import Foundation
import Tensors

/// Settings of samples of an image at computed places.
public struct GridSample: Hashable, Sendable {
    public enum Mode: String, Hashable, Sendable { case nearest, linear, cubic }

    /// What lies outside, by ONNX's names.
    public enum Outside: String, Hashable, Sendable { case zeros, border, reflection }

    public var mode: Mode
    public var outside: Outside
    /// Whether −1 and 1 are the centres of the outermost values, and not their outer edges.
    public var alignsCorners: Bool
    /// Axes of an image.
    public var axes: Int

    public init(mode: Mode, outside: Outside, alignsCorners: Bool, axes: Int) {
        (self.mode, self.outside, self.alignsCorners, self.axes) = (mode, outside, alignsCorners, axes)
    }
}

extension GridSample {
    func made(_ x: PlacedTensor, at places: PlacedTensor, to shape: Shape) -> [Double] {
        let (examples, channels) = (shape[0], shape[1])
        let extents = Array(x.shape.dimensions.dropFirst(2))
        let (size, points) = (extents.reduce(1, *), shape.dimensions.dropFirst(2).reduce(1, *))
        var result = [Double](repeating: 0, count: shape.count)
        for example in 0..<examples {
            for point in 0..<points {
                let start = (example * points + point) * axes
                var taps = [(place: 0, weight: 1.0)]
                for (axis, extent) in extents.enumerated() {
                    let own = self.taps(places.values[start + axes - 1 - axis], extent)
                    taps = taps.flatMap { tap in own.map { (tap.place * extent + $0.place, tap.weight * $0.weight) } }
                }
                for channel in 0..<channels {
                    let image = (example * channels + channel) * size
                    result[(example * channels + channel) * points + point] = taps.reduce(0) { $0 + x.values[image + $1.place] * $1.weight }
                }
            }
        }
        return result
    }

    /// The values along one axis that meet at a place of −1…1, as ONNX Runtime has them; those outside that count as 0 are left out.
    private func taps(_ place: Double, _ extent: Int) -> [(place: Int, weight: Double)] {
        let length = Double(extent)
        var x = alignsCorners ? (place + 1) / 2 * (length - 1) : ((place + 1) * length - 1) / 2
        if mode == .nearest { x.round(.toNearestOrEven) }
        let (low, high) = alignsCorners ? (0, length - 1) : (-0.5, length - 0.5)
        if x < low || x > high {
            switch outside {
            case .zeros: break
            // Cubic weights go on outside, where every value is the outermost one.
            case .border: x = mode == .cubic ? min(max(x, -3), length + 2) : min(max(x, 0), length - 1)
            case .reflection: x = Self.reflected(x, low, high)
            }
        }
        // Far outside, or no number, there is nothing but zeros.
        guard x > -4, x < length + 4 else { return [] }
        let first = x.rounded(.down)
        let weights: [Double]
        switch mode {
        case .nearest: weights = [1]
        case .linear: weights = [1 - (x - first), x - first]
        case .cubic: weights = Self.cubic(x - first)
        }
        let begin = Int(mode == .nearest ? x : first) - (mode == .cubic ? 1 : 0)
        return weights.enumerated().compactMap { index, weight in
            inside(begin + index, extent, low, high).map { ($0, weight) }
        }
    }

    private func inside(_ index: Int, _ extent: Int, _ low: Double, _ high: Double) -> Int? {
        if (0..<extent).contains(index) { return index }
        switch outside {
        case .zeros: return nil
        case .border: return min(max(index, 0), extent - 1)
        case .reflection: return min(max(Int(Self.reflected(Double(index), low, high)), 0), extent - 1)
        }
    }

    private static func reflected(_ x: Double, _ low: Double, _ high: Double) -> Double {
        let range = high - low
        guard range > 0, x.isFinite else { return x.isFinite ? low : x }
        let distance = x < low ? low - x : x > high ? x - high : 0
        guard distance > 0 else { return x }
        let (turns, rest) = ((distance / range).rounded(.down), distance.truncatingRemainder(dividingBy: range))
        let isEven = turns.truncatingRemainder(dividingBy: 2) == 0
        return (x < low) == isEven ? low + rest : high - rest
    }

    /// Keys 1981 with a = −0.75.
    private static func cubic(_ t: Double) -> [Double] {
        let a = -0.75
        func near(_ d: Double) -> Double { ((a + 2) * d - (a + 3)) * d * d + 1 }
        func far(_ d: Double) -> Double { ((a * d - 5 * a) * d + 8 * a) * d - 4 * a }
        return [far(t + 1), near(t), near(1 - t), far(2 - t)]
    }
}
