/// A uniform quantizer: integer codes, a float32 scale and a zero point; ŵ = (code − zeroPoint) · scale.
public struct UniformGrid: Hashable, Sendable {
    /// 2…8.
    public let bits: Int
    public let isSymmetric: Bool
    /// The distance of two levels.
    public let scale: Float
    /// 0 for a symmetric grid.
    public let zeroPoint: Int

    /// Codes of the grid: −(2^(b−1) − 1)…2^(b−1) − 1, or 0…2^b − 1 with a zero point.
    public var codes: ClosedRange<Int> {
        isSymmetric ? -((1 << (bits - 1)) - 1)...((1 << (bits - 1)) - 1) : 0...((1 << bits) - 1)
    }

    public init(bits: Int, isSymmetric: Bool, scale: Float, zeroPoint: Int) {
        self.bits = bits
        self.isSymmetric = isSymmetric
        self.scale = scale
        self.zeroPoint = zeroPoint
    }
}
