import Networks

extension LinearQuantization: CodedForm {
    public var settings: FormSettings { .linear }
    public var table: ValueTable { .grid }
    public var makesZeros: Bool { true }
    public var cutsOneEnd: Bool { !isSymmetric && !hasManyScales }

    public func facts(of summary: LayerSummary) -> [CodeFact] {
        let codes = isSymmetric ? (1 << bits) - 1 : 1 << bits
        let used = hasManyScales ? summary.codebook.count : summary.codebook.count { $0.count > 0 }
        // Codes of channels count from each channel's own zero, so that together they may be more than one grid has.
        let count: CodeFact =
            hasManyScales && !isSymmetric ? .count(used, of: "code") : .share(used, of: codes, codes == 1 ? " code" : " codes")
        return [.scales("scale ", summary.scales, over: group.map { "groups of \($0)" } ?? "channels")]
            + (summary.clip.map { [.number("clip ", $0)] } ?? []) + [count]
    }

    func coder(_ search: CodeSearch) -> any SurvivorCoder { LinearCoder(linear: self) }

    func estimate(_ survivors: Survivors, isCancelled: () -> Bool) -> CodedValues? {
        guard !hasManyScales else { return nil }
        let grid = LinearCoder(linear: self).grid(of: survivors)
        let outcome = grid.outcome(survivors)
        let levels = grid.levels
        let counts = zip(levels, outcome.counts).map { $0 == 0 ? 0 : $1 }
        var coded = CodedValues(
            squaredError: outcome.squaredError,
            coding: ValueCoding(bits: bits, counts: counts, bitsWithZero: bits, overheadBits: 32 + (isSymmetric ? 0 : bits)))
        coded.codebook = .inUse(levels, outcome.counts, outcome.squaredErrors)
        coded.scales = [Double(grid.scale)]
        coded.clip = grid.clip
        return coded
    }

    func trained(_ context: TrainedContext, _ options: TrainedOptions) -> any TrainedRepresentation {
        LinearWeights(self, learnsScales: options.learnsClips, context: context)
    }

    func restored(
        _ kept: KeptBuffers, _ context: TrainedContext, _ options: TrainedOptions
    ) throws(BufferError) -> (any TrainedRepresentation)? {
        let scales = try kept.floats("scales", count: hasManyScales ? cells(context.layout).channels : 1)
        let zeroPoints = try kept.floats("zeroPoints", count: scales.count)
        guard zeroPoints.allSatisfy({ abs($0) <= 65_536 }) else { throw BufferError(name: "zeroPoints", reason: "holds what is no code") }
        let grids = zip(scales, zeroPoints).map { UniformGrid(bits: bits, isSymmetric: isSymmetric, scale: $0, zeroPoint: Int($1)) }
        return LinearWeights(self, learnsScales: options.learnsClips, grids: grids, name: context.name)
    }

    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading] {
        [.table(.grid(scales: scales, largest: largestLevel)), .codebook]
    }
}

extension [Centroid] {
    /// Those that some weights have, ascending.
    static func inUse(_ values: [Float], _ counts: [Int], _ errors: [Double]) -> [Centroid] {
        values.indices.filter { counts[$0] > 0 }.map {
            Centroid(value: Double(values[$0]), count: counts[$0], squaredError: errors[$0])
        }.sorted { $0.value < $1.value }
    }
}
