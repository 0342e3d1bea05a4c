import Compression
import Formats
import Foundation
import Networks
import Tensors

/// Counting the weights of a large layer for histogram and moments, beside reading the same bytes: in memory, and from a file that the system
/// has to fetch from the disk.
enum CountingCase {
    private struct Answer: Encodable {
        /// Seconds of counting and of reading as much memory, in turn, by type.
        var counting: [String: [Double]] = [:]
        var reading: [String: [Double]] = [:]
        /// Bytes of a bfloat16 file and seconds of counting its mapped pages and of reading it, each time from the disk.
        var fileBytes = 0
        var fileCounting: [Double] = []
        var fileReading: [Double] = []
    }

    private static let count = 1 << 25
    private static let rounds = 9
    /// A gigabyte and more, so that opening it does not read all of it for its hash.
    private static let fileCount = 5 << 27
    private static let fileRounds = 3

    /// `counting FOLDER`: one line of JSON; the file is left in the folder.
    static func run(_ arguments: [String]) throws {
        guard let folder = arguments.first else { throw BenchmarkFailure.usage("counting FOLDER") }
        var answer = Answer()
        for type in [ElementType.float16, .bfloat16, .float32] {
            try check(type)
            let tensor = weights(type, count: count)
            let expected = sum(tensor.bytes)
            for _ in 0..<rounds {
                answer.counting[type.rawValue, default: []].append(try Stopwatch.measure { try distribution(tensor) }.seconds)
                let (found, seconds) = Stopwatch.measure { sum(tensor.bytes) }
                guard found == expected else { throw BenchmarkFailure.wrongLevels }
                answer.reading[type.rawValue, default: []].append(seconds)
            }
        }
        try measureFile(folder + "/counted.safetensors", &answer)
        try Conversation.write(answer)
    }

    private static func measureFile(_ path: String, _ answer: inout Answer) throws {
        let tensor = weights(.bfloat16, count: fileCount)
        try Safetensors(["weights": tensor]).write(to: path)
        answer.fileBytes = tensor.bytes.count
        let expected = sum(tensor.bytes)
        for _ in 0..<fileRounds {
            try forget(path)
            answer.fileReading.append(try Stopwatch.measure { try read(path) }.seconds)
            try forget(path)
            let (mapped, seconds) = try Stopwatch.measure {
                let network = try WeightsReader.read(path)
                guard let weights = network?.parameters.values.first?.values else { throw BenchmarkFailure.wrongLevels }
                _ = try distribution(weights)
                return weights
            }
            answer.fileCounting.append(seconds)
            guard sum(mapped.bytes) == expected else { throw BenchmarkFailure.wrongLevels }
        }
    }

    private static func distribution(_ tensor: Tensor) throws -> WeightDistribution {
        let tally = WeightTally(tensor)
        while !tally.isDone { tally.add(4 << 20) }
        return try tally.distribution()
    }

    /// Counts and moments against plain loops.
    private static func check(_ type: ElementType) throws {
        let tensor = weights(type, count: 102_400)
        let found = try distribution(tensor)
        let floats = tensor.floats.map(Double.init)
        let mean = floats.reduce(0, +) / Double(floats.count)
        let variance = floats.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(floats.count - 1)
        let zeros = floats.count { abs($0) <= 0.015625 }
        // A bin of float32 is 2⁻¹¹ of its value wide.
        guard abs(found.mean - mean) < 1e-9, abs(found.standardDeviation / variance.squareRoot() - 1) < 1e-9,
            abs(found.zeros(threshold: 0.015625) - zeros) <= (type == .float32 ? zeros / 1_000 : 0)
        else { throw BenchmarkFailure.wrongLevels }
    }

    /// Laplace weights in a type; the first megabyte again and again, each time by another factor.
    private static func weights(_ type: ElementType, count: Int) -> Tensor {
        var generator = SeededGenerator(seed: 1)
        let drawn = (0..<1 << 20).map { _ in 0.04 * Float(generator.laplace()) }
        let storage = TensorStorage(byteCount: count * type.byteCount) { memory in
            for index in 0..<count {
                let value = drawn[index & (drawn.count - 1)] * (1 + 0.01 * Float(index >> 20))
                switch type {
                case .float16: memory.storeBytes(of: value.halfBits, toByteOffset: 2 * index, as: UInt16.self)
                case .bfloat16:
                    memory.storeBytes(of: UInt16(value.roundedToBrainFloat.bitPattern >> 16), toByteOffset: 2 * index, as: UInt16.self)
                default: memory.storeBytes(of: value.bitPattern, toByteOffset: 4 * index, as: UInt32.self)
                }
            }
        }
        return Tensor(shape: [count / 4_096, 4_096], elementType: type, storage: storage)
    }

    /// Σ of all words: as quick as memory is read.
    @inline(never)
    private static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var sums = SIMD8<UInt64>()
        for offset in stride(from: 0, to: bytes.count / 64 * 64, by: 64) {
            sums &+= bytes.loadUnaligned(fromByteOffset: offset, as: SIMD8<UInt64>.self)
        }
        return sums.wrappedSum()
    }

    /// Reads a file in pieces of 1 MiB.
    private static func read(_ path: String) throws -> Int {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw BenchmarkFailure.noStatistics(path: path) }
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4_096)
        defer { buffer.deallocate() }
        var total = 0
        while true {
            let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if count <= 0 { return total }
            total += count
        }
    }

    /// Lets the system forget the file's pages.
    private static func forget(_ path: String) throws {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw BenchmarkFailure.noStatistics(path: path) }
        defer { close(descriptor) }
        fsync(descriptor)
        guard posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) == 0 else { throw BenchmarkFailure.noStatistics(path: path) }
    }
}
