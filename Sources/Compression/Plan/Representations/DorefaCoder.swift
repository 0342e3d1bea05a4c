import Foundation

/// 2 · q(tanh w / (2 · m) + ½) − 1, m = max|tanh w|, q to the nearest of 2^bits − 1 even steps (Zhou 2016, equation 9); 2…8 bits.
///
/// The values lie in −1…1, whatever the size of the weights, and 0 is none of them: zeros of a pruned layer need an index, and m is over the
/// survivors. Halves are rounded away from zero.
struct DorefaCoder: SurvivorCoder {
    let bits: Int

    private var steps: Int { (1 << bits) - 1 }

    /// max|tanh w|.
    static func largest(of values: UnsafeMutableBufferPointer<Float>) -> Float {
        tanh(values.reduce(Float(0)) { Swift.max($0, $1.magnitude) })
    }

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        let values = buffers.values
        let largest = DorefaCoder.largest(of: values)
        let levels = (0...steps).map { 2 * Float($0) / Float(steps) - 1 }
        var tally = CodeTally(codes: levels.count)
        let isFinished = input.blocks.forEach(in: values.count) { range in
            for index in range where values[index] != 0 || !input.isPruned {
                let weight = values[index]
                let share = largest > 0 ? tanh(weight) / (2 * largest) + 0.5 : 0.5
                let code = Int((share * Float(steps)).rounded())
                tally.add(code: code, weight: weight, value: levels[code])
                values[index] = levels[code]
                buffers.levels[index] = Int32(code + 1)
            }
        }
        guard isFinished else { return nil }
        let coding = ValueCoding.codes(bits: bits, counts: tally.counts, overheadBits: 0)
        return CodedValues(
            codebook: tally.centroids(values: levels), squaredError: tally.squaredError, coding: coding,
            table: buffers.codebook(of: levels))
    }
}
