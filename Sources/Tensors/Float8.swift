extension Float {
    /// The nearest number of a type of 8 bits, ties to even; beyond its range the largest one, NaN stays. Itself for other types.
    public func rounded(to type: ElementType) -> Float {
        guard let format = Float8Format(type), !isNaN else { return self }
        return format.rounded(self)
    }

    /// The bits of ``rounded(to:)``; nil for types that have more.
    func float8Bits(_ type: ElementType) -> UInt8? { Float8Format(type)?.bits(self) }
}

/// Numbers of 8 bits with `mantissa` bits after the point (Micikevicius 2022, FP8).
private struct Float8Format {
    let mantissa: Int
    let bias: Int
    let largest: Float
    /// Of the types without −0 the pattern that −0 would have.
    var notANumber: UInt8 = 0x7F

    private var hasNegativeZero: Bool { notANumber != 0x80 }

    init?(_ type: ElementType) {
        switch type {
        case .float8e4m3: (mantissa, bias, largest) = (3, 7, 448)
        case .float8e5m2: (mantissa, bias, largest) = (2, 15, 57_344)
        case .float8e4m3fnuz: (mantissa, bias, largest, notANumber) = (3, 8, 240, 0x80)
        case .float8e5m2fnuz: (mantissa, bias, largest, notANumber) = (2, 16, 57_344, 0x80)
        default: return nil
        }
    }

    private func exponent(_ value: Float) -> Int { max(Int(value.exponent), 1 - bias) }

    func rounded(_ value: Float) -> Float {
        guard value.magnitude < largest else { return value < 0 ? -largest : largest }
        guard value != 0 else { return hasNegativeZero ? value : 0 }
        let quantum = Float(sign: .plus, exponent: exponent(value) - mantissa, significand: 1)
        let result = (value / quantum).rounded(.toNearestOrEven) * quantum
        if result == 0, !hasNegativeZero { return 0 }
        return min(max(result, -largest), largest)
    }

    func bits(_ value: Float) -> UInt8 {
        guard !value.isNaN else { return notANumber }
        let (sign, magnitude) = (value.sign == .minus ? UInt8(0x80) : 0, rounded(value).magnitude)
        guard magnitude > 0 else { return hasNegativeZero ? sign : 0 }
        let exponent = exponent(magnitude)
        let units = Int(magnitude / Float(sign: .plus, exponent: exponent - mantissa, significand: 1))
        let one = 1 << mantissa
        return sign | UInt8(units < one ? units : (exponent + bias) << mantissa | (units - one))
    }
}
