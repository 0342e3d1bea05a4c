import Foundation

/// A positive factor as multiplier · 2^−shift with the multiplier in [2³⁰, 2³¹), which a device applies without floats.
///
/// acc · factor = (acc · M + 2^(s − 1)) >> s with a product of 64 bits: to the nearest whole number, ties up. One rounding, as TensorFlow Lite's
/// `MultiplyByQuantizedMultiplier` has it with single rounding (Jacob and others, 2018, have the arithmetic).
package struct Rescaling: Hashable, Sendable {
    package var multiplier: Int32
    /// 1…62.
    package var shift: Int

    /// Nil of a factor of 2³⁰ or more, and of what is no positive number. A factor below 2⁻³² becomes that: no sum of 32 bits comes to a half by it.
    package init?(_ factor: Double) {
        guard factor.isFinite, factor > 0, factor < 0x1p30 else { return nil }
        var shift = 30 - Int(factor.exponent)
        var multiplier = (factor * Foundation.scalbn(1, shift)).rounded()
        if multiplier >= 0x1p31 {
            multiplier /= 2
            shift -= 1
        }
        guard shift >= 1 else { return nil }
        (self.multiplier, self.shift) = shift > 62 ? (1 << 30, 62) : (Int32(multiplier), shift)
    }

    /// The rounded product.
    package func callAsFunction(_ sum: Int) -> Int { (sum * Int(multiplier) + 1 << (shift - 1)) >> shift }

    /// The product to the nearest whole number, ties to the even one: where scales are alike, means lie in the middle often, and QuantizeLinear
    /// rounds them so.
    package func even(_ sum: Int) -> Int { Self.even(sum * Int(multiplier), shift: shift) }

    /// value · 2^−shift, ties to the even number.
    static func even(_ value: Int, shift: Int) -> Int {
        let sum = value + 1 << (shift - 1)
        let rounded = sum >> shift
        return sum & (1 << shift - 1) == 0 ? rounded & ~1 : rounded
    }
}
