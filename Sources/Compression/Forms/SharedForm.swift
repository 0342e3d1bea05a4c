import Networks
import Tensors

extension WeightSharing: CodedForm {
    public var settings: FormSettings { .shared }
    public var table: ValueTable { span == nil ? .centroids : .cells }
    public var lacksZero: Bool { true }

    public func facts(of summary: LayerSummary) -> [CodeFact] {
        for case .codebooks(let count, let byteCount, _) in summary.remarks {
            let (word, size) = if case .group(let size) = span { ("group", " of \(size)") } else { ("channel", "") }
            return [.count(count, of: word, before: "codes of ", after: "\(size), mean values"), .bytes("codebooks ", byteCount)]
        }
        var facts: [CodeFact] = [.share(summary.codebook.count, of: 1 << bits, " used")]
        if let distance = summary.distanceFromOptimum {
            let bins = summary.remarks.compactMap { if case .optimumOnHistogram(let bins) = $0 { bins } else { nil } }.first
            facts.append(.optimum(distance, bins: bins))
        } else if let bound = summary.distanceBound {
            facts.append(.bound(method == .optimal ? "near-optimal, at most " : "at most ", bound))
        }
        if method == .lloyd { facts.append(.count(summary.steps, of: "step")) }
        return facts
    }

    func coder(_ search: CodeSearch) -> any SurvivorCoder {
        span == nil
            ? SharedCoder(sharing: self, warmStart: search.warmStart, findsOptimum: search.findsOptimum) : CellCoder(sharing: self)
    }

    func estimate(_ survivors: Survivors, isCancelled: () -> Bool) -> CodedValues? {
        guard span == nil else { return nil }
        let found = try? codebook(of: survivors) { () throws(CancellationError) in
            if isCancelled() { throw CancellationError() }
        }
        guard let book = found else { return nil }
        let counts = zip(book.values, book.counts).map { $0 == 0 ? 0 : $1 }
        var coded = CodedValues(
            squaredError: book.squaredError, coding: ValueCoding.codes(bits: bits, counts: counts, overheadBits: 32 * book.values.count))
        coded.codebook = .inUse(book.values, book.counts, book.squaredErrors)
        coded.steps = book.steps
        return coded
    }

    func trained(_ context: TrainedContext, _ options: TrainedOptions) -> any TrainedRepresentation {
        span == nil
            ? SharedWeights(self, assignment: options.assignment, context: context) : CellCodebookWeights(self, context: context)
    }

    func restored(
        _ kept: KeptBuffers, _ context: TrainedContext, _ options: TrainedOptions
    ) throws(BufferError) -> (any TrainedRepresentation)? {
        guard span == nil else { return try CellCodebookWeights(self, kept: kept, layout: context.layout) }
        let centroids = try kept.floats("centroids")
        let assignments = try kept.bytes("assignments", count: context.shadow.count, below: centroids.count)
        let information = try options.assignment == .fisher ? kept.floats("information", count: context.shadow.count) : nil
        let steps = try kept.floats("steps", count: 1)[0]
        return SharedWeights(
            self, assignment: options.assignment, name: context.name, values: centroids, indexes: ByteMemory(assignments),
            steps: steps >= 0 && steps < 1e6 ? Int(steps) : 0, information: information.map { FloatMemory($0) })
    }

    func continued(_ state: CompressedLayer, _ context: TrainedContext, _ options: TrainedOptions) -> (any TrainedRepresentation)? {
        guard let stored = state.form.levels else { return nil }
        guard span == nil else { return CellCodebookWeights(self, values: stored.valuesOfCells) }
        let book = state.summary.codebook.map { Float($0.value) }
        guard let indexes = stored.indexes(in: book) else { return nil }
        return SharedWeights(
            self, assignment: options.assignment, name: context.name, values: book, indexes: ByteMemory(indexes), steps: state.summary.steps
        )
    }

    func warmStart(from summary: LayerSummary) -> [Double]? {
        guard seeksDistance, case .shared(let other) = summary.plan.weights, other.bits == bits, other.span == nil else { return nil }
        return summary.codebook.map(\.value)
    }

    var seeksDistance: Bool { span == nil && method == .lloyd }

    func distance(of summary: LayerSummary, _ survivors: Survivors, isCancelled: () -> Bool) -> OptimumDistance? {
        let values = summary.codebook.map { Float($0.value) }
        let book = SharedCodebook(values: values, of: survivors, steps: summary.steps, isConverged: true, origin: .lloyd)
        return try? distanceFromOptimum(of: book, survivors) { () throws(CancellationError) in
            if isCancelled() { throw CancellationError() }
        }
    }

    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading] {
        span == nil ? [.codebook] : [.cells(cells(ChannelLayout(layer)).channels), .codebook]
    }
}

extension StoredWeights {
    /// The index of each weight's value in an ascending codebook of at most 256 that holds all of them, for 0 that of the value nearest to it; nil where
    /// it does not.
    fileprivate func indexes(in book: [Float]) -> [UInt8]? {
        guard case .codebook(let negatives, let positives) = values, let range = levelRange, (1...256).contains(book.count) else {
            return nil
        }
        let places = Dictionary(book.enumerated().map { ($1, UInt8($0)) }) { first, _ in first }
        let nearest = zip(book, book.dropFirst()).count { Float(notAbove: (Double($0) + Double($1)) / 2) < 0 }
        let table = range.map { level in
            level == 0 ? UInt8(nearest) : places[level < 0 ? negatives[-level - 1] : positives[level - 1]]
        }
        guard table.allSatisfy({ $0 != nil }) else { return nil }
        let found = table.compactMap { $0 }
        return levels.map { found[Int($0) - range.lowerBound] }
    }
}
