/// Replaces each survivor by the nearest of at most 2^b values that its output channel (Kim 2023, SqueezeLLM) or its group shares.
///
/// As in ``SharedCoder`` zero is not added as a value, so that pruning survives sharing. Every entry of every codebook counts as 16 bits.
struct CellCoder: SurvivorCoder {
    let sharing: WeightSharing

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        var tally = CellTally(bits: sharing.bits)
        let isFinished = sharing.cells(input.layout).forEachChannel(of: buffers, blocks: input.blocks) { cell in
            let book = CellCodebook(cell.values, sharing)
            tally.take(book)
            book.replace(cell) { tally.add(code: $0, weight: $1, value: $2) }
            tally.takeLevels(cell.levels, of: book)
        }
        return isFinished ? tally.coded : nil
    }
}

/// Counts and errors of the codes of all cells together; a code is the rank of a value in its cell's codebook.
struct CellTally {
    private let bits: Int
    private var codes: CodeTally
    /// Weights that got the value 0, by code.
    private var zeros: [Int]
    private var books = 0
    private var entries = 0
    /// The most values other than 0 of a cell.
    private var largest = 0
    private var steps = 0
    private var levels = CellCodebooks()

    init(bits: Int) {
        self.bits = bits
        codes = CodeTally(codes: 1 << bits)
        zeros = Array(repeating: 0, count: 1 << bits)
    }

    mutating func take(_ book: CellCodebook) {
        books += 1
        entries += book.values.count
        largest = max(largest, book.values.count { $0 != 0 })
        steps = max(steps, book.steps)
    }

    /// Turns 1 + the index of each weight's value into its level, and keeps the values in use.
    mutating func takeLevels(_ cell: UnsafeMutableBufferPointer<Int32>, of book: CellCodebook) {
        let buffers = CodeBuffers(values: .none, levels: cell)
        guard case .codebook(let negatives, let positives) = buffers.codebook(of: book.values) else { return }
        levels.append(
            negatives: negatives.map { UInt16($0.magnitude.bitPattern >> 16) }, positives: positives.map { UInt16($0.bitPattern >> 16) })
    }

    @inline(__always)
    mutating func add(code: Int, weight: Float, value: Float) {
        codes.add(code: code, weight: weight, value: value)
        if value == 0 { zeros[code] += 1 }
    }

    /// The outcome; the codebook shown has the mean value of each code.
    var coded: CodedValues {
        let counts = zip(codes.counts, zeros).map { $0 - $1 }
        let coding = ValueCoding.codes(bits: bits, counts: counts, codes: largest, overheadBits: 16 * entries)
        var coded = CodedValues(codebook: codes.centroids, squaredError: codes.squaredError, coding: coding)
        coded.steps = steps
        coded.table = table
        coded.remarks = [
            .codebooks(count: books, byteCount: 2 * entries, codes: (codes.counts.reduce(0, +) * bits + 7) / 8)
        ]
        return coded
    }

    /// The codebooks; that of a single cell is one of the whole layer.
    private var table: StoredWeights.Values { levels.single ?? .cells(levels) }
}
