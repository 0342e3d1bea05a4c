import CKernels
import Tensors

/// Counts the weights of a tensor by their stored bits, piece by piece, so that a layer of any size costs one pass and little memory.
///
/// Floats and integers of 8 and 16 bits are counted by value, which is as exact as sorting them. Others are counted by the upper 20 bits of
/// float32: a bin is 2⁻¹¹ of its value wide. Memory: at most 5 MiB while it counts. Cost: O(n).
public final class WeightTally {
    private enum Table { case bytes, halves, fine }

    private let tensor: Tensor
    private let table: Table
    private let counts: UnsafeMutableBufferPointer<UInt32>
    /// Counters of one byte that overflow into `counts`; none for numbers of 8 bits.
    private let low: UnsafeMutableBufferPointer<UInt8>
    private var sums = pare_float_sums(first: 0, second: 0, least: .infinity, largest: -.infinity)
    private var centre = 0.0
    /// Weights counted so far.
    public private(set) var done = 0

    /// Weights that a count of 32 bits takes in.
    public static let largestCount = Int(UInt32.max)

    public init(_ tensor: Tensor) {
        self.tensor = tensor
        switch tensor.elementType {
        case .float8e4m3, .float8e5m2, .float8e4m3fnuz, .float8e5m2fnuz, .int8, .uint8, .bool: table = .bytes
        case .float16, .bfloat16, .int16, .uint16: table = .halves
        default: table = .fine
        }
        let sizes =
            switch table {
            case .bytes: (counts: Int(PARE_TALLIES) << 8, low: 0)
            case .halves: (counts: 1 << 16, low: 2 << 16)
            case .fine: (counts: 1 << Int(PARE_FINE_BITS), low: 1 << Int(PARE_FINE_BITS))
            }
        counts = .allocate(capacity: sizes.counts)
        counts.initialize(repeating: 0)
        low = .allocate(capacity: sizes.low)
        low.initialize(repeating: 0)
        if table == .fine { centre = Self.roughMean(of: tensor) }
    }

    deinit {
        counts.deallocate()
        low.deallocate()
    }

    public var isDone: Bool { done == tensor.count }

    /// Counts the next weights, about `count`.
    public func add(_ count: Int) {
        let range = done..<min(tensor.count, done + max(256, count / 256 * 256))
        guard !range.isEmpty, let table = counts.baseAddress else { return }
        let bytes = tensor.bytes
        switch self.table {
        case .bytes: pare_tally_8(bytes.baseAddress?.advanced(by: range.lowerBound), range.count, table)
        case .halves: pare_tally_16(bytes.baseAddress?.advanced(by: 2 * range.lowerBound), range.count, low.baseAddress, table)
        case .fine:
            // Converted in pieces that stay in the cache.
            for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 14) {
                tensor.withFloats(in: start..<min(start + 1 << 14, range.upperBound)) { floats in
                    guard let source = floats.baseAddress else { return }
                    pare_tally_32(source, floats.count, centre, low.baseAddress, table, &sums)
                }
            }
        }
        done = range.upperBound
    }

    /// The distribution of all weights. Throws the index of the first NaN or infinity. Precondition: ``isDone``.
    public func distribution() throws(DistributionError) -> WeightDistribution {
        precondition(isDone, "\(done) of \(tensor.count) weights are counted")
        addUp()
        let bins = table == .fine ? fineBins() : exactBins()
        guard bins.allSatisfy({ $0.value.isFinite }) else { throw firstNotFinite() }
        let centre = table == .fine ? self.centre : Self.mean(of: bins)
        let weights = CountedWeights(values: bins.map(\.value), counts: bins.map(\.count), centre: centre)
        guard table == .fine, weights.count > 0 else { return WeightDistribution(weights, resolution: .exact) }
        let moments = CentredMoments(count: weights.count, first: sums.first, second: sums.second)
        return WeightDistribution(
            weights, resolution: .fine, moments: moments, minimum: Double(sums.least), maximum: Double(sums.largest))
    }

    /// All counts into the first table, where they stay below 2^32 as the tensor's does.
    private func addUp() {
        for place in low.indices {
            counts[place % counts.count] &+= UInt32(low[place])
            low[place] = 0
        }
        guard table == .bytes else { return }
        for place in 1 << 8..<counts.count {
            counts[place % (1 << 8)] &+= counts[place]
            counts[place] = 0
        }
    }

    private typealias Bin = (value: Float, count: Int)

    /// Values with their counts, ascending; patterns of one value are joined.
    private func exactBins() -> [Bin] {
        let size = table == .bytes ? 1 << 8 : counts.count
        let used = patternOrder(size).filter { counts[$0] > 0 }
        return joined(zip(used, patternValues(used, size)).map { ($1 + 0, Int(counts[$0])) })
    }

    /// The patterns by rising value: of floats the negative ones backwards first.
    private func patternOrder(_ size: Int) -> [Int] {
        let half = size / 2
        return switch tensor.elementType {
        case .uint8, .uint16, .bool: Array(0..<size)
        case .int8, .int16: Array(half..<size) + Array(0..<half)
        default: (half..<size).reversed() + Array(0..<half)
        }
    }

    /// What these patterns of 8 or 16 bits stand for.
    private func patternValues(_ patterns: [Int], _ size: Int) -> [Float] {
        let width = size == 256 ? 1 : 2
        let storage = TensorStorage(byteCount: patterns.count * width) { memory in
            for (index, pattern) in patterns.enumerated() {
                if width == 1 {
                    memory[index] = UInt8(pattern)
                } else {
                    memory.storeBytes(of: UInt16(pattern).littleEndian, toByteOffset: 2 * index, as: UInt16.self)
                }
            }
        }
        return Tensor(shape: [patterns.count], elementType: tensor.elementType, storage: storage).floats
    }

    /// The middles of the bins with their counts, ascending; the bins around zero are zero.
    private func fineBins() -> [Bin] {
        let (size, shift) = (UInt32(counts.count), UInt32(32 - PARE_FINE_BITS))
        var bins: [Bin] = []
        func add(_ key: UInt32) {
            let count = counts[Int(key)]
            guard count > 0 else { return }
            let isZero = key & (size / 2 - 1) == 0
            let bits = key << shift | 1 << (shift - 1)
            let isFinite = bits & 0x7F80_0000 != 0x7F80_0000
            bins.append((isZero ? 0 : isFinite ? Float(bitPattern: bits) : .infinity, Int(count)))
        }
        for key in (size / 2..<size).reversed() { add(key) }
        for key in 0..<size / 2 { add(key) }
        return joined(bins)
    }

    private func joined(_ bins: [Bin]) -> [Bin] {
        var joined: [Bin] = []
        joined.reserveCapacity(bins.count)
        for bin in bins {
            if joined.last?.value == bin.value { joined[joined.count - 1].count += bin.count } else { joined.append(bin) }
        }
        return joined
    }

    private func firstNotFinite() -> DistributionError {
        var found: DistributionError?
        tensor.forEachFloats(ofAtMost: 1 << 16) { range, floats in
            guard found == nil, let place = floats.firstIndex(where: { !$0.isFinite }) else { return }
            found = .notFinite(index: range.lowerBound + place, value: floats[place])
        }
        return found ?? .notFinite(index: 0, value: .nan)
    }

    /// The mean over the first 256 weights: sums about it cancel less than about 0.
    private static func roughMean(of tensor: Tensor) -> Double {
        let range = 0..<min(256 / tensor.elementType.blockCount * tensor.elementType.blockCount, tensor.count)
        let mean = tensor.withFloats(in: range) { floats in floats.reduce(0.0) { $0 + Double($1) } / Double(max(1, floats.count)) }
        return mean.isFinite ? mean : 0
    }

    private static func mean(of bins: [Bin]) -> Double {
        let (sum, count) = bins.reduce((0.0, 0)) { ($0.0 + Double($1.value) * Double($1.count), $0.1 + $1.count) }
        return count == 0 ? 0 : sum / Double(count)
    }
}
