/// Rounds each survivor to a 16-bit float; a weight that rounds to zero becomes a zero.
struct FloatCoder: SurvivorCoder {
    let format: StoredWeights.FloatFormat
    var hasLevels: Bool { false }

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        let (values, round) = (buffers.values, format.round)
        var squaredError = 0.0
        let isFinished = input.blocks.forEach(in: values.count) { range in
            for index in range where values[index] != 0 {
                let rounded = round(values[index])
                let error = Double(values[index]) - Double(rounded)
                squaredError += error * error
                values[index] = rounded
            }
        }
        return isFinished ? CodedValues(squaredError: squaredError, coding: .floats(bits: format.bits), table: .floats(format)) : nil
    }
}

/// Leaves the survivors as they are; values that came with few distinct ones count as codes.
struct GivenCoder: SurvivorCoder {
    var hasLevels: Bool { false }

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        let values = buffers.values
        guard !input.given.values.isEmpty else { return CodedValues(coding: .floats(bits: 32)) }
        let book = input.given.values
        var tally = CodeTally(codes: book.count)
        let isFinished = input.blocks.forEach(in: values.count) { range in
            for index in range where values[index] != 0 {
                let code = book.partitionIndex(atLeast: values[index])
                tally.add(code: code, weight: values[index], value: values[index])
            }
        }
        guard isFinished else { return nil }
        let codebook = tally.centroids(values: book)
        return CodedValues(codebook: codebook, coding: input.given.coding(counts: codebook.map(\.count)))
    }
}

extension [Float] {
    /// The first index whose value is at least `value`, in an ascending array that holds it.
    func partitionIndex(atLeast value: Float) -> Int {
        var (low, high) = (0, count - 1)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
