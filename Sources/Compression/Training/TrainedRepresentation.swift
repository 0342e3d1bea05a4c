import CKernels
import Networks
import Tensors

/// How the weights of a layer are trained under one representation: float shadow weights and what is evaluated instead of them.
///
/// In every call `shadow` are the float weights [n] in the layer's order and `kept` the mask: where it is 0 the effective weight is exactly 0.
protocol TrainedRepresentation {
    /// What is trained besides the shadow weights: centroids, scales.
    var vectors: [TrainableVector] { get }
    /// Whether the shadow weights move themselves; false for centroids with fixed assignments.
    var movesShadow: Bool { get }
    /// Finds again what is fixed within an epoch (clips, assignments), from `masked`, the shadow with zeros where it is not kept. Cost: a search.
    mutating func renew(_ context: TrainedContext)
    /// Writes the effective weights. Cost: O(n).
    mutating func write(_ context: TrainedContext, into effective: UnsafeMutableBufferPointer<Float>)
    /// Turns ∂loss/∂effective into ∂loss/∂shadow in place (straight through), and fills the gradients of `vectors`. Cost: O(n).
    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext)
    /// Adds the gradient of strength · Σ|w| to those of `vectors` that stand for weights, and returns Σ|w|; nil where the shadow is all there is.
    func addLasso(_ strength: Double) -> Double?
    /// Fewer weights are kept from now on: what was counted of them does not hold any more.
    func forgetCounts()
    /// The float values that the shadow stands for now: those that another representation starts from.
    func floats(_ context: TrainedContext, into values: UnsafeMutableBufferPointer<Float>)
    /// Writes the effective weights' levels, and gives codes, scales and bytes, without deriving anything again.
    func coded(_ effective: CodeBuffers, _ context: TrainedContext) -> CodedValues
    /// Whether it has levels.
    var hasLevels: Bool { get }
    /// What has to be kept besides shadow, mask and vectors, so that training can go on to the same bits.
    var settings: [String: Tensor] { get }
}

extension TrainedRepresentation {
    var vectors: [TrainableVector] { [] }
    var movesShadow: Bool { true }
    var hasLevels: Bool { true }
    var settings: [String: Tensor] { [:] }

    func addLasso(_ strength: Double) -> Double? { nil }
    func forgetCounts() {}

    func floats(_ context: TrainedContext, into values: UnsafeMutableBufferPointer<Float>) {
        _ = values.update(from: context.shadow)
    }
}

/// What a representation may know of its layer.
struct TrainedContext {
    let name: String
    let shadow: UnsafeMutableBufferPointer<Float>
    let kept: UnsafeMutableBufferPointer<UInt8>?
    let layout: ChannelLayout
    let layer: Layer
    let plan: LayerPlan
    /// σ of the dense weights that ratios and steps are set on.
    let deviation: Double
    /// The main directions of what the layer gave before it was trained, where its factors are nearest to that.
    var outputs: OutputBasis?
    /// Whether zeros are a mask rather than small weights.
    var isPruned: Bool { kept != nil }

    @inline(__always)
    func isKept(_ index: Int) -> Bool { kept.map { $0[index] != 0 } ?? true }

    /// The shadow with +0 where it is not kept.
    func masked() -> FloatMemory {
        let memory = FloatMemory(shadow)
        defer { withExtendedLifetime(memory) {} }
        if let kept { for index in shadow.indices where kept[index] == 0 { memory.floats[index] = 0 } }
        return memory
    }

    /// The kept weights as searches; none where a weight is not finite.
    func survivors(of masked: FloatMemory) -> Survivors? {
        guard let distribution = try? withExtendedLifetime(masked, { try WeightDistribution(UnsafeBufferPointer(masked.floats)) }) else {
            return nil
        }
        return Survivors(distribution, threshold: 0)
    }

    /// Where the weights that are not kept lie, their effective value becomes +0.
    func mask(_ effective: UnsafeMutableBufferPointer<Float>) {
        guard let kept, let values = effective.baseAddress else { return }
        pare_copy_kept(values, kept.baseAddress, effective.count, values)
    }
}
