import Tensors

/// What fitting made of the survivors, counted as a coder counts.
struct FitOutcome {
    private let levels: [Int32]
    private let kind: FitTable.Kind
    private let start: CodedValues
    private let representation: WeightRepresentation
    private let original: Tensor

    /// - Parameter start: What the coder of the representation made before.
    init(_ rounding: FitRounding, _ start: CodedValues, _ representation: WeightRepresentation, _ original: Tensor) {
        (levels, kind) = (rounding.levels, rounding.table.kind)
        (self.start, self.representation, self.original) = (start, representation, original)
    }

    /// Writes levels and values, and counts them. Cost: O(n).
    func write(_ buffers: CodeBuffers, _ layout: ChannelLayout) -> CodedValues {
        for index in levels.indices { buffers.levels[index] = levels[index] }
        var coded = start
        switch kind {
        case .codebook(let values): coded.table = buffers.codebook(of: values)
        case .fixed(let table): coded.table = table
        }
        let kept = buffers.values.map { $0 != 0 }
        let stored = StoredWeights(
            shape: original.shape, isTransposed: layout.isTransposed, values: coded.table, levels: Array(buffers.levels))
        for (index, value) in stored.floats().enumerated() { buffers.values[index] = value }
        count(&coded, stored, kept: kept)
        return coded
    }

    private func count(_ coded: inout CodedValues, _ stored: StoredWeights, kept: [Bool]) {
        guard let range = stored.levelRange else { return }
        let (values, weights) = (stored.floats(), original.floats)
        var tally = CodeTally(codes: range.count)
        for index in values.indices where kept[index] {
            tally.add(code: Int(stored.levels[index]) - range.lowerBound, weight: weights[index], value: values[index])
        }
        var counts = tally.counts
        if range.contains(0) { counts[-range.lowerBound] = 0 }
        if case .codebook = kind {
            coded.coding = ValueCoding.codes(bits: start.coding.bits, counts: counts, overheadBits: 32 * (range.count - 1))
        } else {
            coded.coding.counts = counts
        }
        if case .grid(let scales, _) = stored.values {
            // A clip stays where it is: scales of a linear grid are those of the plan.
            coded.scales = scales.map(Double.init)
        }
        coded.codebook = tally.centroids
        coded.squaredError = tally.squaredError
        (coded.distanceFromOptimum, coded.steps) = (nil, 0)
    }

    /// Σ (w − ŵ)² over what is not 0.
    static func squaredError(_ values: UnsafeMutableBufferPointer<Float>, _ original: Tensor, _ blocks: WeightBlocks) -> Double {
        original.withFloats { weights in
            values.indices.reduce(0) { sum, index in
                guard values[index] != 0 else { return sum }
                let error = Double(values[index]) - Double(weights[index])
                return sum + error * error
            }
        }
    }
}
