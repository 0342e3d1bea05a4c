extension Float {
    /// The value of IEEE 754 binary16 bits, subnormals, infinities and NaN included.
    public init(half bits: UInt16) {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = Int(bits >> 10) & 0x1F
        let fraction = UInt32(bits & 0x3FF)
        switch exponent {
        case 0:
            let magnitude = Float(fraction) * 0x1p-24
            self = sign == 0 ? magnitude : -magnitude
        case 31: self = Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: self = Float(bitPattern: sign | UInt32(exponent + 112) << 23 | fraction << 13)
        }
    }

    /// The nearest binary16, ties to even, as bits; values beyond 65,504 + half a step become infinite.
    public var halfBits: UInt16 {
        let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
        let magnitude = bitPattern & 0x7FFF_FFFF
        if magnitude > 0x7F80_0000 { return sign | 0x7E00 }
        if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
        if magnitude < 0x3880_0000 {
            let steps = Float(bitPattern: magnitude) * 0x1p24
            return sign | UInt16(steps.rounded(.toNearestOrEven))
        }
        let rounded = magnitude &+ 0xFFF &+ (magnitude >> 13 & 1)
        return sign | UInt16(truncatingIfNeeded: (rounded >> 13) &- (112 << 10))
    }

    /// The nearest binary16 value, ties to even.
    public var roundedToHalf: Float { Float(half: halfBits) }

    /// The nearest bfloat16 value, ties to even; NaN stays NaN.
    public var roundedToBrainFloat: Float {
        if isNaN { return self }
        let bits = bitPattern &+ 0x7FFF &+ (bitPattern >> 16 & 1)
        return Float(bitPattern: bits & 0xFFFF_0000)
    }
}
