import Foundation
import Frames
import Tensors
import Testing

@Suite("Numbers as text")
struct NumberFormatTests {
    private let numbers = NumberFormat.unicode

    @Test("whole numbers have commas")
    func integers() {
        #expect(numbers.integer(0) == "0")
        #expect(numbers.integer(999) == "999")
        #expect(numbers.integer(1000) == "1,000")
        #expect(numbers.integer(1_724_320) == "1,724,320")
        #expect(numbers.integer(-25_000) == "−25,000")
        #expect(numbers.integer(.min) == "−9,223,372,036,854,775,808")
        #expect(numbers.integer(nil) == "–")
        #expect(numbers.signed(12) == "+12")
        #expect(numbers.signed(-43) == "−43")
    }

    @Test("decimals have a fixed number of places and no sign before nothing")
    func decimals() {
        #expect(numbers.decimal(31.4, digits: 1) == "31.4")
        #expect(numbers.decimal(-0.281, digits: 3) == "−0.281")
        #expect(numbers.decimal(-0.0001, digits: 3) == "0.000")
        #expect(numbers.decimal(12345.678, digits: 2) == "12,345.68")
        #expect(numbers.decimal(.nan, digits: 2) == "–")
        #expect(numbers.decimal(-.infinity, digits: 2) == "−inf")
        #expect(numbers.signed(-0.3, digits: 1) == "−0.3")
        #expect(numbers.signed(0.04, digits: 1) == " 0.0")
        #expect(NumberFormat.ascii.decimal(-1.5, digits: 1) == "-1.5")
        #expect(NumberFormat.ascii.integer(nil) == "-")
    }

    @Test("a number with what it counts")
    func counts() {
        #expect(numbers.count(1, "example") == "1 example" && numbers.count(0, "example") == "0 examples")
        #expect(numbers.count(10_000, "example") == "10,000 examples" && numbers.count(2, "class", "classes") == "2 classes")
    }

    @Test("a number of more digits than it has is written with an exponent")
    func large() {
        #expect(numbers.decimal(3.4028235e38, digits: 4) == "3.4028e38" && numbers.decimal(-1e15, digits: 1) == "−1.0e15")
        #expect(numbers.signed(1e20, digits: 2) == "+1.00e20" && numbers.percent(1e30) == "1.0e32%")
        #expect(numbers.decimal(999_999_999_999_999, digits: 0) == "999,999,999,999,999")
        for digits in 0..<8 { #expect(numbers.decimal(.greatestFiniteMagnitude, digits: digits).count < 16) }
    }

    @Test("every figure is rounded as the C library rounds it, also where it lies between two")
    func rounding() {
        var generator = SeededGenerator(seed: 12)
        for round in 0..<20_000 {
            let digits = Int(generator.next() % 8)
            let scale = pow(10, Double(generator.next() % 9) - 4)
            var value = generator.uniform() * scale
            // Half of a last place, as near as a double comes to it.
            if round.isMultiple(of: 3) { value = (Double(generator.next() % 2_000) + 0.5) / pow(10, Double(digits)) }
            let expected = String(format: "%.\(digits)f", value)
            #expect(numbers.decimal(value, digits: digits).replacing(",", with: "") == expected, "\(value)")
        }
    }

    @Test("per cent never says 0 or 100 for what is not")
    func perCent() {
        #expect(numbers.percent(0.701) == "70.1%")
        #expect(numbers.percent(0.9, isSpaced: true) == "90.0 %")
        #expect(numbers.percent(1) == "100.0%")
        #expect(numbers.percent(0) == "0.0%")
        #expect(numbers.percent(0.99996) == ">99.9%")
        #expect(numbers.percent(0.00001) == "<0.1%")
        #expect(numbers.percent(nil) == "–")
        #expect(numbers.percentFigure(0.9102) == "91.02")
        #expect(numbers.halfWidth(0.0012) == "±0.12")
    }

    @Test("units")
    func units() {
        #expect(numbers.bytes(1_724_320) == "1,724,320 B")
        #expect(numbers.shortBytes(912) == "912 B")
        #expect(numbers.shortBytes(44_120) == "43.1 KiB")
        #expect(numbers.shortBytes(1_724_320) == "1.64 MiB")
        #expect(numbers.ratio(39.08) == "39.1×")
        #expect(numbers.decibels(.infinity) == "exact")
        #expect(numbers.standardDeviation(0.04123) == "σ 0.0412")
        #expect(numbers.significant(1.1049e-7) == "1.10e-7")
        #expect(numbers.significant(1204.4) == "1,204")
        #expect(numbers.significant(-12.34) == "−12.3")
        #expect(numbers.significant(0) == "0")
        #expect(numbers.scientific(6.034e-6, digits: 3) == "6.034e-6")
        #expect(numbers.duration(seconds: 0.82) == "820 ms")
        #expect(numbers.duration(seconds: 125) == "2:05 min")
        #expect(numbers.duration(seconds: 3_725) == "1:02 h")
        // One form for all times that are still to come.
        let times: [(Double, String)] = [
            (0.3, "0 s"), (38.3, "38 s"), (59.4, "59 s"), (59.6, "1:00 min"), (190, "3:10 min"), (3_725, "1:02 h"),
        ]
        for (seconds, text) in times { #expect(numbers.timeLeft(seconds: seconds) == text + " left") }
    }
}
