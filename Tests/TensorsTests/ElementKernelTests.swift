import Tensors
import Testing

/// The kernel that widens stored numbers, beside the plain conversions.
struct ElementKernelTests {
    private func floats(_ type: ElementType, _ bytes: [UInt8], count: Int) -> [Float] {
        // One byte further, so that nothing is aligned.
        let storage = TensorStorage(byteCount: bytes.count + 1) { memory in
            for (index, byte) in bytes.enumerated() { memory[index + 1] = byte }
        }
        return Tensor(shape: [count], elementType: type, storage: storage, byteOffset: 1).floats
    }

    private func isSame(_ a: Float, _ b: Float) -> Bool { a.bitPattern == b.bitPattern || a.isNaN && b.isNaN }

    @Test func widensEveryPatternOf16Bits() {
        let bytes = (0..<65_536).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let (half, brain) = (floats(.float16, bytes, count: 65_536), floats(.bfloat16, bytes, count: 65_536))
        let halves = (0..<65_536).allSatisfy { isSame(half[$0], Float(half: UInt16($0))) }
        let brains = (0..<65_536).allSatisfy { isSame(brain[$0], Float(bitPattern: UInt32($0) << 16)) }
        #expect(halves && brains)
    }

    @Test func widensIntegersAndDoubles() {
        func bytes<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
            numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
        }
        #expect(floats(.int8, bytes([Int8.min, -1, 7]), count: 3) == [-128, -1, 7])
        #expect(floats(.uint16, bytes([UInt16.max, 3]), count: 2) == [65_535, 3])
        #expect(floats(.int32, bytes([Int32.min, 16_777_217]), count: 2) == [-2_147_483_648, Float(16_777_217)])
        #expect(floats(.uint64, bytes([UInt64.max]), count: 1) == [Float(UInt64.max)])
        #expect(floats(.float64, bytes([(0.1).bitPattern, (-2.5).bitPattern]), count: 2) == [0.1, -2.5])
        #expect(floats(.bool, [0, 1, 2], count: 3) == [0, 1, 1])
    }

    @Test func lendsPieces() {
        let tensor = Tensor(shape: [1_000], floats: (0..<1_000).map(Float.init))
        var seen: [Float] = []
        tensor.forEachFloats(ofAtMost: 300) { range, floats in
            #expect(range.count == floats.count && range.count <= 300)
            seen += floats
        }
        #expect(seen == tensor.floats)
    }
}
