import Networks
import Tensors

extension TrainedLayer {
    /// Everything that training needs to go on to the same bits, by a short name: shadow, mask, centroids, assignments, scales, moments.
    public var buffers: [String: Tensor] {
        var kept = representation.settings
        if let mask { kept["mask"] = mask.tensor }
        for vector in [shadow] + representation.vectors {
            let name = vector === shadow ? "shadow" : String(vector.name.dropFirst(layer.weight.count + 1))
            kept[name] = Tensor(shape: [vector.values.count], floats: Array(vector.values))
            for (index, moment) in vector.moments.enumerated() { kept["\(name)/moment\(index)"] = moment.tensor }
        }
        return kept
    }

    /// Goes on from what ``buffers`` kept, under the plan that it was kept under.
    ///
    /// Throws where a buffer that the plan needs is missing or has another size. No mask is one that keeps all; moments that are missing are 0.
    public func restore(_ kept: [String: Tensor], plan: LayerPlan, threshold: Double, movesPruned: Bool) throws(BufferError) {
        self.plan = plan
        let buffers = KeptBuffers(tensors: kept)
        _ = shadow.values.update(from: try buffers.floats("shadow", count: layer.count))
        let mask = try kept["mask"] == nil ? nil : buffers.bytes("mask", count: layer.count, below: 2)
        setMask(mask, threshold: threshold)
        if let restored = try restoredRepresentation(buffers) { representation = restored }
        self.movesPruned = movesPruned
        for vector in [shadow] + representation.vectors {
            let name = vector === shadow ? "shadow" : String(vector.name.dropFirst(layer.weight.count + 1))
            let moments = (0..<2).compactMap { kept["\(name)/moment\($0)"] }
            vector.restoreMoments(moments)
        }
    }

    /// The representation as it was kept; nil where it has nothing besides the shadow.
    private func restoredRepresentation(_ kept: KeptBuffers) throws(BufferError) -> (any TrainedRepresentation)? {
        switch plan.bypass ? .float32 : plan.weights {
        case .linear(let linear): return try restoredLinear(linear, kept)
        case .shared(let sharing) where sharing.span != nil:
            return try CellCodebookWeights(sharing, kept: kept, layout: ChannelLayout(layer))
        case .shared(let sharing): return try restoredShared(sharing, kept)
        case .lattice(let lattice):
            return try LatticeWeights(lattice, assignment: options.assignment, context: context, kept: kept)
        case .float32, .float16, .bfloat16, .ternary, .binary, .dorefa, .normalFloat: return nil
        }
    }

    private func restoredLinear(_ linear: LinearQuantization, _ kept: KeptBuffers) throws(BufferError) -> LinearWeights {
        let scales = try kept.floats("scales", count: linear.hasManyScales ? linear.cells(ChannelLayout(layer)).channels : 1)
        let zeroPoints = try kept.floats("zeroPoints", count: scales.count)
        guard zeroPoints.allSatisfy({ abs($0) <= 65_536 }) else { throw BufferError(name: "zeroPoints", reason: "holds what is no code") }
        let grids = zip(scales, zeroPoints).map {
            UniformGrid(bits: linear.bits, isSymmetric: linear.isSymmetric, scale: $0, zeroPoint: Int($1))
        }
        return LinearWeights(linear, learnsScales: options.learnsClips, grids: grids, name: layer.weight)
    }

    private func restoredShared(_ sharing: WeightSharing, _ kept: KeptBuffers) throws(BufferError) -> SharedWeights {
        let centroids = try kept.floats("centroids")
        let assignments = try kept.bytes("assignments", count: layer.count, below: centroids.count)
        let information = try options.assignment == .fisher ? kept.floats("information", count: layer.count) : nil
        let steps = try kept.floats("steps", count: 1)[0]
        return SharedWeights(
            sharing, assignment: options.assignment, name: layer.weight, values: centroids, indexes: ByteMemory(assignments),
            steps: steps >= 0 && steps < 1e6 ? Int(steps) : 0, information: information.map { FloatMemory($0) })
    }

    /// Goes on with the centroids and assignments, the codebooks, or the levels, of a state of this plan, instead of finding them again; false where it has none.
    @discardableResult
    public func takeCodebook(of compressed: CompressedLayer) -> Bool {
        guard !plan.bypass, case .levels(let stored) = compressed.form else { return false }
        switch plan.weights {
        case .lattice(let lattice):
            representation = LatticeWeights(lattice, assignment: options.assignment, context: context, start: stored.levels)
        case .shared(let sharing) where sharing.span != nil:
            representation = CellCodebookWeights(sharing, values: stored.valuesOfCells)
        case .shared(let sharing):
            let book = compressed.summary.codebook.map { Float($0.value) }
            guard let indexes = stored.indexes(in: book) else { return false }
            representation = SharedWeights(
                sharing, assignment: options.assignment, name: layer.weight, values: book, indexes: ByteMemory(indexes),
                steps: compressed.summary.steps)
        default: return false
        }
        return true
    }
}

extension StoredWeights {
    /// The index of each weight's value in an ascending codebook of at most 256 that holds all of them, for 0 that of the value nearest to it; nil where
    /// it does not.
    fileprivate func indexes(in book: [Float]) -> [UInt8]? {
        guard case .codebook(let negatives, let positives) = values, let range = levelRange, (1...256).contains(book.count) else { return nil }
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

extension TrainableVector {
    /// Goes on with these moments.
    public func restoreMoments(_ tensors: [Tensor]) {
        guard !tensors.isEmpty else { return }
        prepareMoments(tensors.count)
        for (moment, tensor) in zip(moments, tensors) where tensor.count == moment.floats.count {
            tensor.withFloats { _ = moment.floats.update(from: $0) }
        }
    }
}
