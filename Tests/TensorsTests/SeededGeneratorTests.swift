import Tensors
import Testing

@Suite("Seeded random numbers")
struct SeededGeneratorTests {
    /// Made by a separate implementation in Python of the published definitions (SplitMix64 seeding four words of xoshiro256**):
    ///
    ///     M = 2**64 - 1
    ///     def numbers(seed, count):
    ///         s = []
    ///         for _ in range(4):
    ///             seed = (seed + 0x9E3779B97F4A7C15) & M; z = seed
    ///             z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & M
    ///             z = ((z ^ z >> 27) * 0x94D049BB133111EB) & M
    ///             s.append(z ^ z >> 31)
    ///         rotl = lambda x, k: (x << k | x >> 64 - k) & M
    ///         for _ in range(count):
    ///             yield rotl(s[1] * 5 & M, 7) * 9 & M
    ///             t = s[1] << 17 & M
    ///             s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = rotl(s[3], 45)
    @Test("known answers")
    func knownAnswers() {
        var (zero, some) = (SeededGenerator(seed: 0), SeededGenerator(seed: 0x1234_5678_9ABC_DEF0))
        let zeroExpected: [UInt64] = [
            0x99EC5F36CB75F2B4, 0xBF6E1F784956452A, 0x1A5F849D4933E6E0, 0x6AA594F1262D2D2C,
        ]
        #expect((0..<4).map { _ in zero.next() } == zeroExpected)
        let someExpected: [UInt64] = [
            0xE01D6FAFC557F1B9, 0xBD627EBE4406B404, 0x2C23132B578B57DB, 0x2E8B319D4D1F276A,
        ]
        #expect((0..<4).map { _ in some.next() } == someExpected)
    }

    @Test("the same seed gives the same numbers, another seed others")
    func seeds() {
        var (first, second, other) = (SeededGenerator(seed: 7), SeededGenerator(seed: 7), SeededGenerator(seed: 8))
        let numbers = (0..<100).map { _ in first.next() }
        #expect(numbers == (0..<100).map { _ in second.next() })
        #expect(numbers != (0..<100).map { _ in other.next() })
        #expect(Set(numbers).count == 100)
    }

    @Test("mean and variance of uniform, normal and Laplace numbers")
    func moments() {
        var generator = SeededGenerator(seed: 2)
        let count = 200_000
        let draws: [(values: [Double], mean: Double, variance: Double)] = [
            ((0..<count).map { _ in generator.uniform() }, 0.5, 1.0 / 12),
            ((0..<count).map { _ in generator.normal() }, 0, 1),
            ((0..<count).map { _ in generator.laplace() }, 0, 2),
        ]
        for (values, mean, variance) in draws {
            let found = values.reduce(0, +) / Double(count)
            let squares = values.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Double(count)
            // Five standard errors of the mean; of the variance too (its kurtosis is at most 6).
            #expect(abs(found - mean) < 5 * (variance / Double(count)).squareRoot())
            #expect(abs(squares / variance - 1) < 5 * (5.0 / Double(count)).squareRoot())
        }
    }
}
