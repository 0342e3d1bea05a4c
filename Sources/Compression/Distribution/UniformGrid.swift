import CKernels

/// A uniform quantizer: integer codes, a float32 scale and a zero point; ŵ = (code − zeroPoint) · scale, rounded to float32.
///
/// Rounding is to the nearest level, a tie to the even code counted from the zero point (as ONNX's QuantizeLinear, but with the
/// quotient w / scale exact); outside the codes it is cut. ``boundaries`` say the same in float32.
public struct UniformGrid: Hashable, Sendable {
    /// 2…8.
    public let bits: Int
    public let isSymmetric: Bool
    /// The distance of two levels, > 0.
    public let scale: Float
    /// The code of 0; 0 for a symmetric grid.
    public let zeroPoint: Int

    /// −(2^(b−1) − 1)…2^(b−1) − 1, or 0…2^b − 1 with a zero point.
    public var codes: ClosedRange<Int> {
        let largest = (1 << (bits - 1)) - 1
        return isSymmetric ? -largest...largest : 0...(1 << bits) - 1
    }

    /// A scale that is not above 0 becomes the smallest float; a zero point is cut to the codes.
    public init(bits: Int, isSymmetric: Bool, scale: Float, zeroPoint: Int = 0) {
        self.bits = bits
        self.isSymmetric = isSymmetric
        self.scale = scale > 0 ? scale : .leastNonzeroMagnitude
        self.zeroPoint = isSymmetric ? 0 : min(max(zeroPoint, 0), (1 << bits) - 1)
    }

    /// The grid of a clip.
    ///
    /// Symmetric: scale = clip / (2^(b−1) − 1). Asymmetric: the range is that of the weights, `range`, cut to −clip…clip and
    /// widened to hold 0; scale = its width / (2^b − 1), zero point = the code nearest to 0. A clip of 0 gets the scale 1.
    public init(bits: Int, isSymmetric: Bool, clip: Double, range: ClosedRange<Double>) {
        let low = isSymmetric ? -clip : max(min(range.lowerBound, 0), -clip)
        let high = isSymmetric ? clip : min(max(range.upperBound, 0), clip)
        let steps = Double(isSymmetric ? (1 << bits) - 2 : (1 << bits) - 1)
        let scale = high > low ? max(Float((high - low) / steps), .leastNonzeroMagnitude) : 1
        let zeroPoint = isSymmetric ? 0 : Int((-low / Double(scale)).rounded(.toNearestOrEven))
        self.init(bits: bits, isSymmetric: isSymmetric, scale: scale, zeroPoint: zeroPoint)
    }

    /// Codes counted from the zero point: those of the ends.
    var lowest: Int { codes.lowerBound - zeroPoint }
    var highest: Int { codes.upperBound - zeroPoint }

    /// ŵ of each code, ascending.
    public var levels: [Float] { (lowest...highest).map(level) }

    /// Kept finite: a zero point moves the ends by up to half a step, beyond the largest float for the largest weights.
    private func level(_ code: Int) -> Float {
        let largest = Float.greatestFiniteMagnitude
        return min(max(Float(Double(code) * Double(scale)), -largest), largest)
    }

    /// The largest |ŵ|: where the grid cuts.
    public var clip: Double { Double(max(-level(lowest), level(highest))) }

    /// The largest float of each code but the last: a weight w has the code of the first boundary ≥ w.
    public var boundaries: [Float] { (lowest..<highest).map(boundary) }

    private func boundary(after code: Int) -> Float {
        let middle = (Double(code) + 0.5) * Double(scale)
        let limit = Float(notAbove: middle)
        return Double(limit) == middle && !code.isMultiple(of: 2) ? limit.nextDown : limit
    }

    /// The code of one finite weight.
    public func code(_ weight: Float) -> Int {
        let nearest = (Double(weight) / Double(scale)).rounded(.toNearestOrEven)
        return Int(min(max(nearest, Double(lowest)), Double(highest))) + zeroPoint
    }

    /// The level of one finite weight.
    public func quantize(_ weight: Float) -> Float { level(code(weight) - zeroPoint) }

    /// The levels of many weights; `result` may be `weights`. Cost: O(n).
    public func quantize(_ weights: UnsafeBufferPointer<Float>, into result: UnsafeMutableBufferPointer<Float>) {
        precondition(result.count >= weights.count, "\(weights.count) weights do not fit \(result.count)")
        guard let source = weights.baseAddress, let target = result.baseAddress else { return }
        pare_quantize(source, weights.count, scale, Int32(lowest), Int32(highest), target)
    }
}
