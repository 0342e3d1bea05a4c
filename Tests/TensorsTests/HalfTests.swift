import Tensors
import Testing

@Suite("Half and bfloat16")
struct HalfTests {
    @Test("all 65,536 halves come back as they went, and are what Foundation's arithmetic says")
    func everyHalf() {
        for bits in UInt16.min...UInt16.max {
            let value = Float(half: bits)
            #expect(isSame(value, reference(bits)), "\(bits)")
            if value.isNaN { #expect(Float(half: value.halfBits).isNaN) } else { #expect(value.halfBits == bits) }
        }
    }

    /// Sign, exponent and fraction as IEEE 754 defines binary16.
    private func reference(_ bits: UInt16) -> Float {
        let sign: Double = bits >> 15 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 31)
        let fraction = Double(bits & 1_023) / 1_024
        if exponent == 31 { return fraction == 0 ? Float(sign) * .infinity : .nan }
        let magnitude = exponent == 0 ? fraction * 0x1p-14 : Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
        return Float(sign * magnitude)
    }

    private func isSame(_ left: Float, _ right: Float) -> Bool {
        left.bitPattern == right.bitPattern || (left.isNaN && right.isNaN)
    }

    @Test("rounding is to the nearest half, ties to even: between all neighbours")
    func roundingBetweenNeighbours() {
        for bits in UInt16(0)..<0x7BFF {
            let (low, high) = (Float(half: bits), Float(half: bits + 1))
            let middle = (low + high) / 2
            #expect(middle.halfBits == (bits.isMultiple(of: 2) ? bits : bits + 1))
            #expect(middle.nextDown.halfBits == bits && middle.nextUp.halfBits == bits + 1)
            #expect((-middle.nextUp).halfBits == bits + 1 | 0x8000)
        }
        #expect(Float(65_519.996).halfBits == 0x7BFF && Float(65_520).halfBits == 0x7C00)
        #expect(Float.infinity.halfBits == 0x7C00 && Float.leastNonzeroMagnitude.halfBits == 0 && Float(-0.0).halfBits == 0x8000)
    }

    #if !arch(x86_64) || os(Linux)
        @Test("seeded floats as Swift's Float16 rounds them")
        func asFloat16() {
            var generator = SeededGenerator(seed: 16)
            for _ in 0..<200_000 {
                let value = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
                if value.isNaN { #expect(Float(half: value.halfBits).isNaN) } else { #expect(value.halfBits == Float16(value).bitPattern) }
                let usual = Float(generator.normal() * 0.05)
                #expect(usual.roundedToHalf == Float(Float16(usual)))
            }
        }
    #endif

    @Test("bfloat16 is the nearer of the two neighbours, ties to even")
    func brainFloat() {
        var generator = SeededGenerator(seed: 17)
        for _ in 0..<200_000 {
            let bits = UInt32.random(in: 0...UInt32.max, using: &generator)
            let value = Float(bitPattern: bits)
            let rounded = value.roundedToBrainFloat
            guard value.isFinite else {
                #expect(value.isNaN ? rounded.isNaN : rounded == value)
                continue
            }
            let toward = Double(Float(bitPattern: bits & 0xFFFF_0000))
            let away = Float(bitPattern: bits & 0xFFFF_0000 &+ 0x1_0000)
            guard away.isFinite else { continue }
            let (near, far) = (abs(Double(value) - toward), abs(Double(away) - Double(value)))
            let isEven = bits >> 16 & 1 == 0
            let expected = near < far || (near == far && isEven) ? toward : Double(away)
            #expect(Double(rounded) == expected)
        }
        #expect(Float(bitPattern: 0x3F80_8000).roundedToBrainFloat.bitPattern == 0x3F80_0000)
        #expect(Float(bitPattern: 0x3F81_8000).roundedToBrainFloat.bitPattern == 0x3F82_0000)
        #expect(Float.greatestFiniteMagnitude.roundedToBrainFloat == .infinity)
    }
}
