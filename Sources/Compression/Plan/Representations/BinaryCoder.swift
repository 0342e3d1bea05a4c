/// α · sign(w) with α = mean|w| of the output channel (Rastegari 2016) or of the layer (Zhou 2016).
///
/// On a pruned layer zeros stay and α is over the survivors ("binary + mask"); on another one sign(0) = +1 and α is over all weights.
struct BinaryCoder: SurvivorCoder {
    let scale: BinaryScale

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        let values = buffers.values
        var tally = CodeTally(codes: 2)
        var scales: [Float] = []
        var deadWeights = 0
        let isFinished: Bool
        switch scale {
        case .channel:
            isFinished = input.layout.forEachChannel(of: buffers, blocks: input.blocks) { channel in
                let all = channel.values.indices
                let mean = Mean(of: channel.values, all, keepsZeros: input.isPruned).value
                scales.append(mean)
                deadWeights += mean == 0 && !input.isPruned ? all.count : 0
                binarize(channel, all, scale: mean, keepsZeros: input.isPruned, into: &tally)
            }
        case .layer:
            var mean = Mean()
            let isMeasured = input.blocks.forEach(in: values.count) { range in
                mean.add(Mean(of: values, range, keepsZeros: input.isPruned))
            }
            scales = [mean.value]
            deadWeights = mean.value == 0 && !input.isPruned ? values.count : 0
            isFinished =
                isMeasured
                && input.blocks.forEach(in: values.count) { range in
                    binarize(buffers, range, scale: mean.value, keepsZeros: input.isPruned, into: &tally)
                }
        }
        guard isFinished else { return nil }
        let counts = [tally.counts[0], tally.counts[1] - deadWeights]
        let overheadBits = 32 * scales.count
        let coding =
            input.isPruned
            ? ValueCoding.codes(bits: 1, counts: counts, overheadBits: overheadBits)
            : ValueCoding(bits: 1, counts: counts, bitsWithZero: 1, overheadBits: overheadBits)
        return coded(tally, scales: scales, coding: coding)
    }

    private func coded(_ tally: CodeTally, scales: [Float], coding: ValueCoding) -> CodedValues {
        let codebook = scale == .layer ? tally.centroids(values: [-scales[0], scales[0]]) : tally.centroids
        return CodedValues(
            codebook: codebook, scales: scales.map(Double.init), squaredError: tally.squaredError, coding: coding,
            table: .grid(scales: scales, largest: 1))
    }

    private func binarize(
        _ buffers: CodeBuffers, _ range: Range<Int>, scale: Float, keepsZeros: Bool, into tally: inout CodeTally
    ) {
        let (values, levels) = (buffers.values, buffers.levels)
        for index in range where values[index] != 0 || !keepsZeros {
            let value = values[index] < 0 ? -scale : scale
            tally.add(code: values[index] < 0 ? 0 : 1, weight: values[index], value: value)
            values[index] = value
            levels[index] = value == 0 ? 0 : value < 0 ? -1 : 1
        }
    }
}

/// Mean |w|, of the nonzero weights only where zeros are kept.
private struct Mean {
    var sum = 0.0
    var count = 0

    init() {}

    init(of values: UnsafeMutableBufferPointer<Float>, _ range: Range<Int>, keepsZeros: Bool) {
        for index in range where values[index] != 0 || !keepsZeros {
            sum += Double(values[index].magnitude)
            count += 1
        }
    }

    mutating func add(_ other: Mean) {
        sum += other.sum
        count += other.count
    }

    var value: Float { count == 0 ? 0 : Float(sum / Double(count)) }
}
