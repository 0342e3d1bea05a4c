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
        if let restored = try form.restored(buffers, context, options) { representation = restored }
        self.movesPruned = movesPruned
        for vector in [shadow] + representation.vectors {
            let name = vector === shadow ? "shadow" : String(vector.name.dropFirst(layer.weight.count + 1))
            let moments = (0..<2).compactMap { kept["\(name)/moment\($0)"] }
            vector.restoreMoments(moments)
        }
    }

    /// Begins with what fitting to the layer's inputs made: its codes where the representation goes on from some, else its values as float weights.
    ///
    /// What is pruned keeps its float value, for a looser mask. Cost: O(n).
    public func take(fitted: CompressedLayer) {
        let values = fitted.weights.floats
        if plan.removesByLoss { setMask(values.map { $0 == 0 ? 0 : 1 }, threshold: threshold) }
        guard !takeCodebook(of: fitted) else { return }
        for index in values.indices where isKept(index) { shadow.values[index] = values[index] }
        representation = form.trained(context, options)
    }

    /// Goes on with the centroids and assignments, the codebooks, or the levels, of a state of this plan, instead of finding them again; false where it has none.
    @discardableResult
    public func takeCodebook(of compressed: CompressedLayer) -> Bool {
        guard let found = form.continued(compressed, context, options) else { return false }
        representation = found
        return true
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
