import CKernels
import Foundation
import Tensors
import Testing

/// Every C loop beside plain Swift, over sizes around the vector widths, unaligned starts and special values.
@Suite("C kernels against plain Swift")
struct CKernelsTests {
    static let sizes = Array(0...40) + [63, 64, 65, 127, 255, 256, 257, 511, 1_000, 4_099]
    static let specials: [Float] = [0, -0.0, .leastNonzeroMagnitude, -0x1p-137, .greatestFiniteMagnitude, 0.5, -0.5, 1, -1]

    /// Runs `body` on seeded floats that start at every offset from a cache line up to 3 elements.
    private func each(infinities: Bool = false, _ body: (UnsafeBufferPointer<Float>) throws -> Void) rethrows {
        var generator = SeededGenerator(seed: 99)
        let specials = Self.specials + (infinities ? [.infinity, -.infinity] : [])
        for size in Self.sizes {
            for offset in 0..<4 {
                let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: (size + 4) * 4, alignment: 64)
                defer { memory.deallocate() }
                let all = memory.bindMemory(to: Float.self)
                for index in all.indices {
                    let isSpecial = generator.uniform() < 0.2
                    all[index] = isSpecial ? specials.randomElement(using: &generator) ?? 0 : Float(generator.normal())
                }
                try body(UnsafeBufferPointer(rebasing: all[offset..<offset + size]))
            }
        }
    }

    @Test("counting and keeping |w| > t")
    func thresholds() {
        each(infinities: true) { values in
            for threshold: Float in [0, 0.5, 1, .infinity] {
                let expected = values.map { abs($0) > threshold ? $0 : 0 }
                #expect(pare_count_above(values.baseAddress, values.count, threshold) == values.count { abs($0) > threshold })
                var kept = [Float](repeating: .nan, count: values.count)
                pare_keep_above(values.baseAddress, values.count, threshold, &kept)
                #expect(kept.map(\.bitPattern) == expected.map(\.bitPattern))
            }
        }
    }

    @Test("sums in double, largest and mean magnitudes")
    func sums() {
        each { values in
            let centre = 0.25
            var (sum, squares) = (0.0, 0.0)
            pare_centred_sums(values.baseAddress, values.count, centre, &sum, &squares)
            let differences = values.map { Double($0) - centre }
            let (scale, expected) = (differences.reduce(0) { $0 + abs($1) }, differences.reduce(0) { $0 + $1 * $1 })
            #expect(abs(sum - differences.reduce(0, +)) <= 1e-13 * scale)
            #expect(abs(squares - expected) <= 1e-13 * expected)
            let magnitudes = values.map { Double(abs($0)) }
            let total = magnitudes.reduce(0, +)
            #expect(abs(pare_sum_of_magnitudes(values.baseAddress, values.count) - total) <= 1e-13 * total)
            #expect(Double(pare_largest_magnitude(values.baseAddress, values.count)) == magnitudes.max() ?? 0)
            let columns = values.count / 3
            var (largest, means) = ([Float](repeating: -1, count: 3), [-1.0, -1, -1])
            pare_row_magnitudes(values.baseAddress, 3, columns, &largest, &means)
            for row in 0..<3 {
                let part = magnitudes[row * columns..<(row + 1) * columns]
                #expect(Double(largest[row]) == part.max() ?? 0)
                let mean = columns == 0 ? 0 : part.reduce(0, +) / Double(columns)
                #expect(abs(means[row] - mean) <= 1e-13 * mean)
            }
        }
    }

    @Test("sums before each block, with one thread and with two", arguments: [0, 1, 255, 256, 257, 70_001, 1_200_003])
    func blockSums(count: Int) {
        var generator = SeededGenerator(seed: 4)
        let values = (0..<count).map { _ in Float(generator.normal()) }
        let block = Int(PARE_BLOCK)
        let blocks = (count + block - 1) / block
        var (sums, squares) = ([Double](repeating: .nan, count: blocks + 1), [Double](repeating: .nan, count: blocks + 1))
        var heads = [Float](repeating: .nan, count: blocks)
        pare_block_sums(values, count, 0.125, &heads, &sums, &squares)
        #expect(heads == (0..<blocks).map { values[$0 * block] })
        var (sum, square) = (0.0, 0.0)
        var worst = 0.0
        for index in 0...blocks {
            worst = max(worst, abs(sums[index] - sum), abs(squares[index] - square))
            for value in values[min(count, index * block)..<min(count, (index + 1) * block)] {
                sum += Double(value) - 0.125
                square += (Double(value) - 0.125) * (Double(value) - 0.125)
            }
        }
        #expect(worst <= 1e-12 * (square + 1))
    }

    @Test("assignment through boundaries is the first boundary that is not below")
    func assignment() {
        var generator = SeededGenerator(seed: 6)
        let tables = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 254, 255].map { count in
            (0..<count).map { _ in Float(generator.normal()) }.sorted()
        }
        each(infinities: true) { values in
            guard values.count > 30 else { return }
            for table in tables {
                var indexes = [UInt8](repeating: 99, count: values.count)
                pare_assign(values.baseAddress, values.count, table, table.count, &indexes)
                #expect(indexes.map(Int.init) == values.map { value in table.count { $0 < value } })
            }
        }
    }

    @Test("linear quantization and its error")
    func quantization() {
        each(infinities: true) { values in
            for (scale, low, high): (Float, Int32, Int32) in [
                (0.5, -1, 1), (0.1, -7, 7), (0.013, 0, 255), (0x1p-140, -127, 127), (3, -3, 0),
            ] {
                let expected = values.map { value in
                    let code = (Double(value) / Double(scale)).rounded(.toNearestOrEven)
                    return Float(min(max(code, Double(low)), Double(high)) * Double(scale)) + 0
                }
                var quantized = [Float](repeating: .nan, count: values.count)
                pare_quantize(values.baseAddress, values.count, scale, low, high, &quantized)
                #expect(quantized.map(\.bitPattern) == expected.map(\.bitPattern), "scale \(scale)")
                guard values.allSatisfy(\.isFinite) else { continue }
                let error = zip(values, expected).reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
                #expect(abs(pare_quantization_error(values.baseAddress, values.count, scale, low, high) - error) <= 1e-12 * error)
            }
        }
    }

    @Test("sorting: sizes around every change of method, seven kinds of weights")
    func sorting() {
        for count in Self.sizes + [32_767, 32_768, 100_001, 262_144, 700_001] {
            for kind in 0..<7 {
                var generator = SeededGenerator(seed: UInt64(count * 7 + kind))
                let values = (0..<count).map { _ in value(kind, &generator) }
                let sorted = UnsafeMutableBufferPointer(
                    start: pare_allocate(count * 4)?.bindMemory(to: Float.self, capacity: max(1, count)), count: count)
                defer { pare_deallocate(sorted.baseAddress) }
                var index = 0
                #expect(pare_sort(values, count, sorted.baseAddress, &index) == Int32(PARE_DONE))
                let expected = values.map(orderedKey).sorted()
                #expect(sorted.map(orderedKey) == expected, "kind \(kind), \(count) weights")
            }
        }
    }

    @Test("sorting with sums gives the bits of sorting and then summing")
    func sortingWithSums() {
        let block = Int(PARE_BLOCK)
        for count in [0, 1, 255, 256, 257, 32_767, 32_768, 100_001, 262_144, 700_001] {
            for kind in 0..<7 {
                var generator = SeededGenerator(seed: UInt64(count * 7 + kind))
                let values = (0..<count).map { _ in value(kind, &generator) }
                let buffers = (0..<2).map { _ in
                    UnsafeMutableBufferPointer(
                        start: pare_allocate(count * 4)?.bindMemory(to: Float.self, capacity: max(1, count)), count: count)
                }
                defer { for buffer in buffers { pare_deallocate(buffer.baseAddress) } }
                let empty = [Double](repeating: .nan, count: (count + block - 1) / block + 1)
                var (sums, squares, heads) = (empty, empty, empty.dropLast().map(Float.init))
                var (otherSums, otherSquares, otherHeads) = (sums, squares, heads)
                var (index, centre) = (0, Double.nan)
                #expect(
                    pare_sort_and_sum(values, count, buffers[0].baseAddress, &heads, &sums, &squares, &centre, &index)
                        == Int32(PARE_DONE))
                #expect(pare_sort(values, count, buffers[1].baseAddress, &index) == Int32(PARE_DONE))
                pare_block_sums(
                    buffers[1].baseAddress, count, count == 0 ? 0 : Double(buffers[1][count / 2]), &otherHeads, &otherSums, &otherSquares)
                #expect(buffers[0].map(\.bitPattern) == buffers[1].map(\.bitPattern))
                #expect(heads.map(\.bitPattern) == otherHeads.map(\.bitPattern), "kind \(kind), \(count) weights")
                #expect(sums.map(\.bitPattern) == otherSums.map(\.bitPattern), "kind \(kind), \(count) weights")
                #expect(squares.map(\.bitPattern) == otherSquares.map(\.bitPattern), "kind \(kind), \(count) weights")
            }
        }
    }

    /// The total order of IEEE 754: −0 before +0.
    private func orderedKey(_ value: Float) -> Int32 {
        let bits = Int32(bitPattern: value.bitPattern)
        return bits >= 0 ? bits : Int32.min - bits - 1
    }

    private func value(_ kind: Int, _ generator: inout SeededGenerator) -> Float {
        switch kind {
        case 0: Float(generator.normal())
        case 1: Float(generator.laplace())
        case 2: 0.5
        case 3: Self.specials.randomElement(using: &generator) ?? 0
        case 4: 1 + Float(generator.uniform()) * 1e-4
        case 5: Float(bitPattern: UInt32.random(in: 0...0x7F7F_FFFF, using: &generator)) * (Bool.random(using: &generator) ? 1 : -1)
        default: (Float(generator.normal()) * 16).rounded()
        }
    }
}
