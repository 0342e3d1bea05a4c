import Tensors

/// Rounds each survivor to a 16-bit float; a weight that rounds to zero becomes a zero.
struct FloatCoder: SurvivorCoder {
    let format: StoredWeights.FloatFormat
    func hasLevels(_ given: GivenStructure) -> Bool { false }

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

/// Leaves the survivors as they are: integers of the file stay such, and values that came with few distinct ones count as codes.
struct GivenCoder: SurvivorCoder {
    func hasLevels(_ given: GivenStructure) -> Bool { given.codes.map { !$0.steps.isEmpty || $0.table != nil } ?? false }

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        if let kept = onTable(buffers, input) { return kept }
        var kept = onSteps(buffers, input)
        guard input.given.values.isEmpty || (kept != nil && input.given.codes?.scales != 1) else {
            let counted = fewValues(buffers, input)
            guard let counted, kept != nil else { return counted }
            kept?.codebook = counted.codebook
            kept?.coding = counted.coding
            return kept
        }
        var coded = kept ?? input.given.floats
        if let codes = input.given.codes {
            let (type, bits, scales) = (codes.type, codes.bits, codes.scales)
            coded.remarks = [
                kept == nil ? .givenCodes(type: type, bits: bits, scales: scales) : .keptCodes(type: type, bits: bits, scales: scales)
            ]
        }
        return coded
    }

    private func fewValues(_ buffers: CodeBuffers, _ input: CoderInput) -> CodedValues? {
        let (values, book) = (buffers.values, input.given.values)
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

    /// On the table of values that the file has, with the level of each weight written; nil where there is none, or a weight is not on it.
    private func onTable(_ buffers: CodeBuffers, _ input: CoderInput) -> CodedValues? {
        guard let codes = input.given.codes, let table = codes.table, let layer = input.whole?.layer, !buffers.levels.isEmpty else {
            return nil
        }
        let floats = Tensor(shape: layer.shape, floats: Array(buffers.values))
        guard case .levels(let stored)? = StoredForm(floats, on: table, isTransposed: layer.hasColumns), let range = stored.levelRange
        else {
            return nil
        }
        var tally = CodeTally(codes: range.count)
        for (index, level) in stored.levels.enumerated() {
            buffers.levels[index] = level
            guard level != 0 else { continue }
            tally.add(code: Int(level) - range.lowerBound, weight: buffers.values[index], value: buffers.values[index])
        }
        let coding = ValueCoding(bits: codes.bits, counts: tally.counts, bitsWithZero: codes.bits, overheadBits: 8 * stored.tableByteCount)
        var coded = CodedValues(codebook: tally.centroids, coding: coding, table: stored.values)
        coded.remarks = [.keptCodes(type: codes.type, bits: codes.bits, scales: codes.scales)]
        return coded
    }

    /// On the steps that the file states, with the level of each weight written; nil where one is not on them, or it is cancelled.
    private func onSteps(_ buffers: CodeBuffers, _ input: CoderInput) -> CodedValues? {
        guard let codes = input.given.codes, LinearQuantization.bitRange.contains(codes.bits), !codes.steps.isEmpty,
            codes.steps.allSatisfy({ $0 >= 0 && $0.isFinite })
        else { return nil }
        let (steps, count) = (codes.steps, buffers.values.count)
        let cells = steps.count == 1 ? ChannelLayout(channels: 1, length: count) : input.layout.grouped(by: count / steps.count)
        guard cells.channels == steps.count else { return nil }
        let span = 1 << codes.bits - 1
        var (tally, largest, place, isOn) = (GridTally(span: span), 0, 0, true)
        let isFinished = cells.forEachChannel(of: buffers, blocks: input.blocks) { cell in
            let (values, step) = (cell.values, steps[place])
            place += 1
            for index in values.indices where values[index] != 0 {
                let level = (values[index] / step).rounded()
                guard level.magnitude <= Float(span), level * step == values[index] else { return isOn = false }
                tally.add(level: Int(level), weight: values[index], value: values[index], scale: step)
                cell.levels[index] = Int32(level)
                largest = max(largest, Int(level.magnitude))
            }
        }
        guard isFinished, isOn else { return nil }
        let linear = LinearQuantization(bits: codes.bits, isSymmetric: largest < 1 << (codes.bits - 1), isPerChannel: steps.count > 1)
        let grids = steps.map { UniformGrid(bits: codes.bits, isSymmetric: linear.isSymmetric, scale: $0) }
        var coded = LinearCoder(linear: linear).coded(tally, grids: grids)
        (coded.clip, coded.scales) = (nil, [])
        return coded
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
