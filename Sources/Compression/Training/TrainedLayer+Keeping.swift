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
        if case let linear as LinearWeights = representation {
            kept["scales"] = Tensor(shape: [linear.scales.values.count], floats: Array(linear.scales.values))
        }
        return kept
    }

    /// Goes on from what ``buffers`` kept, under the plan that it was kept under; what is missing stays as it is.
    public func restore(_ kept: [String: Tensor], plan: LayerPlan, threshold: Double, movesPruned: Bool) {
        self.plan = plan
        if let values = kept["shadow"], values.count == shadow.values.count {
            values.withFloats { _ = shadow.values.update(from: $0) }
        }
        setMask(kept["mask"].map { Array($0.bytes) }, threshold: threshold)
        restoreRepresentation(kept)
        self.movesPruned = movesPruned
        for vector in [shadow] + representation.vectors {
            let name = vector === shadow ? "shadow" : String(vector.name.dropFirst(layer.weight.count + 1))
            let moments = (0..<2).compactMap { kept["\(name)/moment\($0)"] }
            vector.restoreMoments(moments)
        }
    }

    private func restoreRepresentation(_ kept: [String: Tensor]) {
        switch plan.bypass ? .float32 : plan.weights {
        case .linear(let linear):
            guard let scales = kept["scales"]?.floats, let zeroPoints = kept["zeroPoints"]?.floats else { return }
            let grids = zip(scales, zeroPoints).map {
                UniformGrid(bits: linear.bits, isSymmetric: linear.isSymmetric, scale: $0, zeroPoint: Int($1))
            }
            representation = LinearWeights(linear, learnsScales: options.learnsClips, grids: grids, name: layer.weight)
        case .shared(let sharing) where sharing.span != nil:
            guard let kept = CellCodebookWeights(sharing, kept: kept, layout: ChannelLayout(layer)) else { return }
            representation = kept
        case .shared(let sharing):
            guard let centroids = kept["centroids"]?.floats, let assignments = kept["assignments"], assignments.count == layer.count
            else { return }
            representation = SharedWeights(
                sharing, assignment: options.assignment, name: layer.weight, values: centroids,
                indexes: ByteMemory(Array(assignments.bytes)), steps: Int(kept["steps"]?.floats.first ?? 0),
                information: kept["information"].map { FloatMemory($0.floats) })
        case .lattice(let lattice):
            representation = LatticeWeights(lattice, assignment: options.assignment, context: context, kept: kept)
        default: break
        }
    }

    /// Goes on with the centroids and assignments, the codebooks, or the levels, of a state of this plan, instead of finding them again; false where it has none.
    @discardableResult
    public func takeCodebook(of compressed: CompressedLayer) -> Bool {
        if case .lattice(let lattice) = plan.weights, !plan.bypass {
            let assignment = options.assignment
            representation = compressed.weights.withFloats {
                LatticeWeights(lattice, assignment: assignment, context: context, start: $0)
            }
            return true
        }
        guard case .shared(let sharing) = plan.weights, !plan.bypass, !compressed.summary.codebook.isEmpty else { return false }
        guard sharing.span == nil else {
            representation = compressed.weights.withFloats { CellCodebookWeights(sharing, context: context, start: $0) }
            return true
        }
        let book = compressed.summary.codebook.map { Float($0.value) }
        let boundaries = zip(book, book.dropFirst()).map { Float(notAbove: (Double($0) + Double($1)) / 2) }
        let indexes = ByteMemory(repeatElement(0, count: layer.count))
        defer { withExtendedLifetime(indexes) {} }
        compressed.weights.withFloats { values in
            for index in values.indices { indexes.bytes[index] = UInt8(boundaries.rank(of: values[index])) }
        }
        representation = SharedWeights(
            sharing, assignment: options.assignment, name: layer.weight, values: book, indexes: indexes, steps: compressed.summary.steps)
        return true
    }
}

extension [Float] {
    /// The first index whose value is not below `value`; count where all are.
    fileprivate func rank(of value: Float) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
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
