/// −s, 0, s: |w| at most 0.7 · mean|w| of the survivors becomes 0, s is the mean |w| of the rest (Li, Zhang and Liu 2016, TWN).
struct TernaryCoder: SurvivorCoder {
    static let share = 0.7

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        let values = buffers.values
        guard let all = mean(of: values, above: 0, input.blocks) else { return nil }
        let threshold = Float(roundedDown: TernaryCoder.share * all)
        guard let mean = mean(of: values, above: threshold, input.blocks) else { return nil }
        let levels = [-Float(mean), 0, Float(mean)]
        var tally = CodeTally(codes: 3)
        let isFinished = input.blocks.forEach(in: values.count) { range in
            for index in range where values[index] != 0 {
                let weight = values[index]
                let code = weight > threshold ? 2 : weight < -threshold ? 0 : 1
                tally.add(code: code, weight: weight, value: levels[code])
                values[index] = levels[code]
                buffers.levels[index] = levels[code] == 0 ? 0 : Int32(code - 1)
            }
        }
        guard isFinished else { return nil }
        let coding = ValueCoding(bits: 2, counts: [tally.counts[0], tally.counts[2]], bitsWithZero: 2, overheadBits: 32)
        return CodedValues(
            codebook: tally.centroids(values: levels), scales: [Double(levels[2])], squaredError: tally.squaredError,
            coding: coding, table: .grid(scales: [levels[2]], largest: 1))
    }

    /// Mean |w| over |w| > threshold, 0 for none; nil when cancelled.
    private func mean(of values: UnsafeMutableBufferPointer<Float>, above threshold: Float, _ blocks: WeightBlocks) -> Double? {
        var (sum, count) = (0.0, 0)
        let isFinished = blocks.forEach(in: values.count) { range in
            for index in range where values[index].magnitude > threshold {
                sum += Double(values[index].magnitude)
                count += 1
            }
        }
        return isFinished ? (count == 0 ? 0 : sum / Double(count)) : nil
    }
}
