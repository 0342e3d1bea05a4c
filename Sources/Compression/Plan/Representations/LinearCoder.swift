import CKernels
import Tensors

/// Uniform quantization of the survivors, with one grid for the layer or one for each output channel.
struct LinearCoder: SurvivorCoder {
    let linear: LinearQuantization

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        let span = 1 << linear.bits
        var tally = GridTally(span: span)
        var grids: [UniformGrid] = []
        let isFinished: Bool
        if linear.hasManyScales {
            isFinished = linear.cells(input.layout).forEachChannel(of: buffers, blocks: input.blocks) { channel in
                let grid = grid(ofChannel: channel.values)
                grids.append(grid)
                quantize(channel, channel.values.indices, by: grid, into: &tally)
            }
        } else {
            let grid = grid(of: input.survivors)
            grids.append(grid)
            isFinished = input.blocks.forEach(in: buffers.values.count) { quantize(buffers, $0, by: grid, into: &tally) }
        }
        guard isFinished else { return nil }
        return coded(tally, grids: grids)
    }

    /// Codes count from the zero point, which is the same for every channel.
    func coded(_ levels: GridTally, grids: [UniformGrid]) -> CodedValues {
        let (tally, zero) = (levels.codes, levels.span)
        var counts = tally.counts
        counts[zero] = 0
        let zeroPointBits = linear.isSymmetric ? 0 : linear.bits
        let coding = ValueCoding(
            bits: linear.bits, counts: counts, bitsWithZero: linear.bits, overheadBits: grids.count * (32 + zeroPointBits))
        var coded = CodedValues(squaredError: tally.squaredError, coding: coding)
        coded.scales = grids.map { Double($0.scale) }
        coded.levelRanges = grids.map { $0.lowest...$0.highest }
        if levels.isExact { coded.table = .grid(scales: grids.map(\.scale), largest: linear.largestLevel) }
        coded.clip = grids.map(\.clip).max()
        if let grid = grids.first, !linear.hasManyScales {
            let values = tally.counts.indices.map { Float($0 - zero) * grid.scale }
            coded.codebook = tally.centroids(values: values)
        } else {
            coded.codebook = tally.centroids
        }
        return coded
    }

    private func quantize(
        _ buffers: CodeBuffers, _ range: Range<Int>, by grid: UniformGrid, into tally: inout GridTally
    ) {
        let (values, zero) = (buffers.values, tally.span)
        let (low, high) = (Int32(grid.codes.lowerBound - grid.zeroPoint), Int32(grid.codes.upperBound - grid.zeroPoint))
        WeightBlocks.forEachPiece(of: range) { (piece, levels: UnsafeMutableBufferPointer<Float>) in
            guard let source = values.baseAddress, let target = levels.baseAddress else { return }
            pare_quantize(source + piece.lowerBound, piece.count, grid.scale, low, high, target)
            for index in piece where values[index] != 0 {
                let level = levels[index - piece.lowerBound].clampedToFinite
                let code = min(max(level / grid.scale, Float(-zero)), Float(zero))
                let place = Int(code + Float(zero) + 0.5) - zero
                tally.add(level: place, weight: values[index], value: level, scale: grid.scale)
                values[index] = level
                buffers.levels[index] = Int32(place)
            }
        }
    }

    func grid(ofChannel channel: UnsafeMutableBufferPointer<Float>) -> UniformGrid {
        if linear.group != nil, linear.clip == .meanSquaredError { return grid(ofGroup: channel) }
        if linear.clip == .maximum {
            let (minimum, maximum) = channel.reduce((Float(0), Float(0))) { (min($0.0, $1), max($0.1, $1)) }
            return grid(clip: Double(max(-minimum, maximum)), minimum: minimum, maximum: maximum)
        }
        let tensor = Tensor(shape: [channel.count]) { _ = $0.update(from: channel) }
        guard let distribution = try? WeightDistribution(tensor) else { return grid(clip: 0, minimum: 0, maximum: 0) }
        return grid(of: Survivors(distribution, threshold: 0))
    }

    /// Shares of the largest magnitude at which the range of a group may end.
    private static let groupClips = stride(from: 1.0, through: 0.5, by: -0.05)

    /// The range with the least squared error among eleven: sorting each of many small groups would cost more than it gives.
    private func grid(ofGroup group: UnsafeMutableBufferPointer<Float>) -> UniformGrid {
        let (minimum, maximum) = group.reduce((Float(0), Float(0))) { (min($0.0, $1), max($0.1, $1)) }
        let largest = Double(max(-minimum, maximum))
        var best = grid(clip: largest, minimum: minimum, maximum: maximum)
        guard largest > 0, let source = group.baseAddress else { return best }
        var least = Double.infinity
        for share in Self.groupClips {
            let tried = grid(clip: share * largest, minimum: minimum, maximum: maximum)
            let error = pare_quantization_error(source, group.count, tried.scale, Int32(tried.lowest), Int32(tried.highest))
            if error < least { (best, least) = (tried, error) }
        }
        return best
    }

    func grid(of survivors: Survivors) -> UniformGrid {
        let (minimum, maximum) = (survivors.minimum ?? 0, survivors.maximum ?? 0)
        switch linear.clip {
        case _ where survivors.count == 0: return grid(clip: 0, minimum: 0, maximum: 0)
        case .maximum: return grid(clip: Double(survivors.largestMagnitude ?? 0), minimum: minimum, maximum: maximum)
        case .percentile(let percent):
            return grid(clip: survivors.percentile(percent) ?? 0, minimum: minimum, maximum: maximum)
        case .meanSquaredError:
            return UniformGrid.best(bits: linear.bits, isSymmetric: linear.isSymmetric, survivors: survivors)
        }
    }

    /// Without survivors there is nothing to scale: 1 as in Distiller.
    private func grid(clip: Double, minimum: Float, maximum: Float) -> UniformGrid {
        guard clip > 0 else { return UniformGrid(bits: linear.bits, isSymmetric: linear.isSymmetric, scale: 1, zeroPoint: 0) }
        let range = Double(min(minimum, 0))...Double(max(maximum, 0))
        return UniformGrid(bits: linear.bits, isSymmetric: linear.isSymmetric, clip: clip, range: range)
    }
}

/// Counts and errors of the levels on grids, counted from the zero point.
struct GridTally {
    private(set) var codes: CodeTally
    /// The most that |level| may be.
    let span: Int
    /// Whether every value is Float(level) · scale so far; the largest weights may have been cut to what is finite.
    private(set) var isExact = true

    init(span: Int) {
        self.span = span
        codes = CodeTally(codes: 2 * span + 1)
    }

    @inline(__always)
    mutating func add(level: Int, weight: Float, value: Float, scale: Float) {
        codes.add(code: level + span, weight: weight, value: value)
        if Float(level) * scale != value { isExact = false }
    }
}

extension LinearQuantization {
    /// The most that |level| may be, counted from the zero point.
    var largestLevel: Int { isSymmetric ? (1 << (bits - 1)) - 1 : (1 << bits) - 1 }
}

extension Float {
    /// A code times a scale may leave the range by half a step.
    var clampedToFinite: Float {
        Swift.min(Swift.max(self, -Float.greatestFiniteMagnitude), Float.greatestFiniteMagnitude)
    }
}
