import Tensors

/// Weights with a codebook for each output channel or group: the codebooks are found anew for each epoch, each step takes the nearest value, and
/// the gradient goes straight through to the float weights.
struct CellCodebookWeights: TrainedRepresentation {
    let sharing: WeightSharing
    private var books: [CellCodebook]

    /// Finds the codebooks of the kept weights by k-means.
    init(_ sharing: WeightSharing, context: TrainedContext) {
        self.sharing = sharing
        books = []
        renew(context)
    }

    /// The values of each cell of a state as they are.
    init(_ sharing: WeightSharing, values: [[Float]]) {
        self.sharing = sharing
        books = values.map { CellCodebook(values: $0, steps: 0) }
    }

    /// From what ``settings`` kept.
    init(_ sharing: WeightSharing, kept: KeptBuffers, layout: ChannelLayout) throws(BufferError) {
        let entries = try kept.floats("books")
        let counts = try kept.floats("bookCounts", count: sharing.cells(layout).channels).map { $0 >= 0 && $0 <= 256 ? Int($0) : 0 }
        guard counts.reduce(0, +) == entries.count else {
            throw BufferError(name: "bookCounts", reason: "does not sum to the values of books")
        }
        self.sharing = sharing
        var start = 0
        books = counts.map { count in
            defer { start += count }
            return CellCodebook(values: Array(entries[start..<start + count]), steps: 0)
        }
    }

    var settings: [String: Tensor] {
        let entries = books.flatMap(\.values)
        return [
            "books": Tensor(shape: [entries.count], floats: entries),
            "bookCounts": Tensor(shape: [books.count], floats: books.map { Float($0.values.count) }),
        ]
    }

    mutating func renew(_ context: TrainedContext) {
        let masked = context.masked()
        defer { withExtendedLifetime(masked) {} }
        books.removeAll(keepingCapacity: true)
        forEachCell(of: masked.floats, context.layout) { _, cell in books.append(CellCodebook(cell.values, sharing)) }
    }

    func write(_ context: TrainedContext, into effective: UnsafeMutableBufferPointer<Float>) {
        context.copyKept(into: effective)
        forEachCell(of: effective, context.layout) { books[$0].replace($1) { _, _, _ in } }
    }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {}

    func coded(_ effective: CodeBuffers, _ context: TrainedContext) -> CodedValues {
        let masked = context.masked()
        defer { withExtendedLifetime(masked) {} }
        var tally = CellTally(bits: sharing.bits)
        forEachCell(of: masked.floats, levels: effective.levels, context.layout) { index, cell in
            tally.take(books[index])
            books[index].replace(cell) { tally.add(code: $0, weight: $1, value: $2) }
            tally.takeLevels(cell.levels, of: books[index])
        }
        return tally.coded
    }

    private func forEachCell(
        of values: UnsafeMutableBufferPointer<Float>, levels: UnsafeMutableBufferPointer<Int32> = .none, _ layout: ChannelLayout,
        _ body: (Int, CodeBuffers) -> Void
    ) {
        var index = 0
        let buffers = CodeBuffers(values: values, levels: levels)
        _ = sharing.cells(layout).forEachChannel(of: buffers, blocks: WeightBlocks { false }) { cell in
            body(index, cell)
            index += 1
        }
    }
}
