import Tensors

/// Other extents along some axes, values between the old ones being interpolated axis by axis.
public struct Resize: Hashable, Sendable {
    public enum Mode: String, Hashable, Sendable { case nearest, linear, cubic }

    /// Where an output index lies among the inputs, by ONNX's names.
    public enum Coordinates: String, Hashable, Sendable {
        case halfPixel = "half_pixel"
        case symmetricHalfPixel = "half_pixel_symmetric"
        case pytorchHalfPixel = "pytorch_half_pixel"
        /// Of TensorFlow's first nearest neighbours: half_pixel without the half that is taken off.
        case tensorFlowHalfPixel = "tf_half_pixel_for_nn"
        case alignedCorners = "align_corners"
        case asymmetric
        /// Out of a region, with a value of its own for what lies outside the input.
        case cropped = "tf_crop_and_resize"
    }

    /// How mode `nearest` rounds, by ONNX's names.
    public enum Rounding: String, Hashable, Sendable {
        case halfDown = "round_prefer_floor"
        case halfUp = "round_prefer_ceil"
        case down = "floor"
        case up = "ceil"
    }

    /// Counted from the front, ascending: those that change.
    public var axes: [Int]
    /// Output extent / input extent as coordinates have it, one an axis.
    public var factors: [Float]
    /// Along each axis afterwards.
    public var extents: [Int]
    /// Whether extents are stated, and factors follow from them; else the other way round.
    public var isBySizes: Bool
    public var mode: Mode
    public var coordinates: Coordinates
    public var rounding = Rounding.halfDown
    /// a of the cubic kernel (Keys 1981).
    public var cubicCoefficient: Float = -0.75
    /// Whether taps beyond the border count for nothing; else the border's element stands for them.
    public var excludesOutside = false
    /// Whether a smaller output is smoothed over all that it stands for.
    public var smooths = false
    /// Of coordinates `cropped`: start and end along each axis, as parts of the input.
    public var region: [Float] = []
    /// Of coordinates `cropped`: what lies outside.
    public var outside: Float = 0

    public init(axes: [Int], factors: [Float], extents: [Int], isBySizes: Bool, mode: Mode, coordinates: Coordinates) {
        (self.axes, self.factors, self.extents, self.isBySizes) = (axes, factors, extents, isBySizes)
        (self.mode, self.coordinates) = (mode, coordinates)
    }
}

extension Resize {
    /// What one output index is made of along an axis.
    package struct Taps {
        /// Indices of inputs and their weights, whose sum is 1.
        package var sources: [(index: Int, weight: Double)]
        /// Whether it lies outside the input, so that ``Resize/outside`` stands there.
        package var isOutside: Bool
    }

    /// Those of each output index along the axis at `place` of ``axes``, for an input of `extent`. Cost: O(outputs · taps).
    package func taps(at place: Int, of extent: Int) -> [Taps] {
        (0..<extents[place]).map { index in
            let x = coordinate(of: index, at: place, extent)
            let isOutside = coordinates == .cropped && (x < 0 || x > Float(extent - 1))
            let sources = mode == .nearest ? [(nearest(x), 1.0)] : window(Double(x), Double(factors[place]), extent)
            return Taps(sources: sources.map { (min(max($0.0, 0), extent - 1), $0.1) }, isOutside: isOutside)
        }
    }

    /// Where output `index` lies among the inputs, in float32 step by step as ONNX Runtime has it: 3 / 0.6 is 5 and not below.
    private func coordinate(of index: Int, at place: Int, _ extent: Int) -> Float {
        let (x, factor, old) = (Float(index), factors[place], Float(extent))
        let new = Float(extents[place])
        let length = isBySizes ? new : factor * old
        switch coordinates {
        case .halfPixel: return (x + 0.5) / factor - 0.5
        case .tensorFlowHalfPixel: return (x + 0.5) / factor
        case .symmetricHalfPixel: return old / 2 * (1 - new / length) + (x + 0.5) / factor - 0.5
        case .pytorchHalfPixel: return new > 1 ? (x + 0.5) / factor - 0.5 : 0
        case .alignedCorners: return new > 1 ? x * (old - 1) / (new - 1) : 0
        case .asymmetric: return x / factor
        case .cropped:
            let (start, end) = (region[2 * place], region[2 * place + 1])
            return new > 1 ? start * (old - 1) + x * (end - start) * (old - 1) / (new - 1) : (start + end) / 2 * (old - 1)
        }
    }

    private func nearest(_ x: Float) -> Int {
        switch rounding {
        case .halfDown: Int((Double(x) - 0.5).rounded(.up))
        case .halfUp: Int((Double(x) + 0.5).rounded(.down))
        case .down: Int(x.rounded(.down))
        case .up: Int(x.rounded(.up))
        }
    }

    /// The taps of a kernel around a coordinate, weights scaled to the sum 1; smoothing stretches the kernel by 1 / factor.
    private func window(_ x: Double, _ factor: Double, _ extent: Int) -> [(Int, Double)] {
        let stretch = smooths ? min(factor, 1) : 1
        let radius = (mode == .cubic ? 2.0 : 1.0) / stretch
        let (first, last) = (Int((x - radius).rounded(.down)), Int((x + radius).rounded(.up)))
        var taps = (first...last).map { ($0, kernel(abs(Double($0) - x) * stretch)) }
        if excludesOutside { taps = taps.map { (0..<extent).contains($0.0) ? $0 : ($0.0, 0) } }
        let sum = taps.reduce(0) { $0 + $1.1 }
        return taps.filter { $0.1 != 0 }.map { ($0.0, sum == 0 ? $0.1 : $0.1 / sum) }
    }

    /// The weight of an input at a distance.
    private func kernel(_ distance: Double) -> Double {
        guard mode == .cubic else { return max(0, 1 - distance) }
        let a = Double(cubicCoefficient)
        if distance <= 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
        return distance < 2 ? ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a : 0
    }
}
