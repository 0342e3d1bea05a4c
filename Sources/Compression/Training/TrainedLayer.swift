import Networks
import Tensors

/// The weights of one layer while they are trained: float shadow weights, the mask, and what the plan's representation makes of them.
///
/// Effective weights are what the network is run with. Pruned ones are exactly 0, and neither gradient nor momentum moves their float value, which
/// is kept for a looser mask. A bypassed layer is trained as float. Owned by one thread.
public final class TrainedLayer {
    public let layer: Layer
    public internal(set) var plan: LayerPlan
    /// σ of the dense weights that ratios are set on.
    public let deviation: Double
    /// The threshold that made the mask, for a screen.
    public private(set) var threshold: Double
    /// Float weights [n]; under shared weights with fixed assignments they stand still, see ``floats``.
    public let shadow: TrainableVector
    /// Whether pruned weights take gradients too, so that they may come back (Guo 2016); they stay exactly 0 in the effective weights.
    public var movesPruned = false { didSet { applyMask() } }

    public let options: TrainedOptions
    /// The main directions of what the layer gave before it was trained, for a plan whose factors are nearest to that.
    public var outputs: OutputBasis?
    var mask: ByteMemory?
    /// 0 for the weights of channels that are masked whatever the plan says, [n]; nil where none are.
    private(set) var structure: [UInt8]?
    var representation: any TrainedRepresentation

    /// The layer as a plan and rule find it.
    ///
    /// - Parameters:
    ///   - weights: Float values, pruned ones included; −0 is taken for +0, so that a state of a network pruned elsewhere is as small as it is sparse.
    ///   - mask: 1 for each weight that is kept; nil where nothing is pruned.
    ///   - deviation: σ of the dense weights that the plan's ratio is set on.
    public init(
        layer: Layer, weights: Tensor, plan: LayerPlan, mask: [UInt8]?, threshold: Double, deviation: Double, options: TrainedOptions
    ) {
        self.layer = layer
        self.plan = plan
        self.deviation = deviation
        self.threshold = threshold
        self.options = options
        shadow = weights.withoutNegativeZeros.withFloats { TrainableVector(name: layer.weight, values: $0, decays: true) }
        self.mask = mask.map { ByteMemory($0) }
        representation = RoundedWeights(format: .float32)
        representation = form.trained(context, options)
        applyMask()
    }

    /// What the optimizer moves: the shadow weights, centroids, scales.
    public var vectors: [TrainableVector] { (representation.movesShadow ? [shadow] : []) + representation.vectors }

    /// Zeros of the mask.
    public var prunedCount: Int { mask.map { $0.bytes.count { $0 == 0 } } ?? 0 }

    /// Whether weight `index` is kept.
    public func isKept(_ index: Int) -> Bool { context.isKept(index) }

    var context: TrainedContext {
        TrainedContext(
            name: layer.weight, shadow: shadow.values, kept: mask?.bytes, layout: ChannelLayout(layer), layer: layer, plan: plan,
            deviation: deviation, outputs: outputs)
    }

    /// Finds again what is fixed within an epoch: the grid of linear weights, the assignments of shared ones where the recipe wants it.
    public func renew() { representation.renew(context) }

    /// Writes the weights that the network is run with. Cost: O(n).
    public func writeEffective(into effective: UnsafeMutableBufferPointer<Float>) { representation.write(context, into: effective) }

    /// Takes ∂loss/∂effective, which is changed in place, and leaves the gradients of ``vectors``. Cost: O(n).
    public func receive(_ gradient: UnsafeMutableBufferPointer<Float>) {
        representation.receive(gradient, context)
        if let mask, !movesPruned {
            for index in gradient.indices where mask.bytes[index] == 0 { gradient[index] = 0 }
        }
        shadow.gradient = gradient
    }

    /// The float values that any other plan starts from: under shared weights each weight has moved with its centroid. Cost: O(n).
    public var floats: Tensor {
        Tensor(shape: layer.shape) { values in
            representation.floats(context, into: values)
            guard let structure else { return }
            for index in values.indices where structure[index] == 0 { values[index] = 0 }
        }
    }

    private func applyMask() {
        shadow.kept = movesPruned ? nil : mask
        shadow.clearPrunedMoments()
    }
}

/// What of a recipe matters to a layer.
public struct TrainedOptions: Sendable, Hashable {
    public var assignment: SharedAssignment
    public var learnsClips: Bool

    public init(assignment: SharedAssignment = .fixed, learnsClips: Bool = false) {
        self.assignment = assignment
        self.learnsClips = learnsClips
    }
}

extension TrainedLayer {
    /// The row of the plan's representation.
    var form: any CodedForm { (plan.bypass ? WeightRepresentation.float32 : plan.weights).codedForm }

    /// Goes on under another plan of the layer: the representation is found anew from the float weights as they are now.
    ///
    /// `mask` and `threshold` are the new ones; the same plan changes nothing. Factors of the same weights stay, with other plans of their own.
    public func adopt(_ plan: LayerPlan, mask: [UInt8]?, threshold: Double) {
        let values = floats
        let factors = plan.weights == self.plan.weights && mask == keptMask ? representation as? FactorWeights : nil
        values.withFloats { _ = shadow.values.update(from: $0) }
        self.plan = plan
        setMask(mask, threshold: threshold)
        representation = factors?.adopting(context, options) ?? form.trained(context, options)
    }

    /// Another mask under the same plan: assignments and grids stay.
    public func setMask(_ mask: [UInt8]?, threshold: Double) {
        self.mask = joined(mask).map { ByteMemory($0) }
        self.threshold = threshold
        applyMask()
        representation.forgetCounts()
    }

    private func joined(_ mask: [UInt8]?) -> [UInt8]? {
        guard let structure else { return mask }
        return mask.map { zip($0, structure).map { $0 & $1 } } ?? structure
    }

    /// Masks channels: their float values are 0 from now on, whatever the plan. Cost: O(n).
    public func mask(_ member: RemovedFilters.Member) {
        var kept = structure ?? [UInt8](repeating: 1, count: layer.count)
        for range in member.ranges(of: layer.shape) {
            for index in range { (kept[index], shadow.values[index]) = (0, 0) }
        }
        structure = kept
        setMask(keptMask, threshold: threshold)
    }
}

extension TrainedLayer {
    /// Takes a plan that differs in nothing that weights depend on: index bits, biases.
    public func relabel(_ plan: LayerPlan) { self.plan = plan }
}
