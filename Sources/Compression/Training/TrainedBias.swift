import Tensors

/// A bias while it is trained: float values, rounded forward, the gradient straight through. Owned by one thread.
public final class TrainedBias {
    public let name: String
    public var representation: BiasRepresentation
    public let vector: TrainableVector

    public init(name: String, values: Tensor, representation: BiasRepresentation) {
        self.name = name
        self.representation = representation
        vector = values.withFloats { TrainableVector(name: name, values: $0, decays: false) }
    }

    /// Writes the values that the network is run with: as ``BiasRepresentation`` rounds them. Cost: O(n).
    public func writeEffective(into effective: UnsafeMutableBufferPointer<Float>) {
        _ = effective.update(from: vector.values)
        representation.round(effective, shape: [effective.count])
    }

    /// The values that the network is run with, and what they are held as. Cost: O(n).
    public func effective(shape: Shape) -> (values: Tensor, form: StoredForm) {
        var form = StoredForm.floats(.float32)
        let values = Tensor(shape: shape) { values in
            _ = values.update(from: vector.values)
            form = representation.round(values, shape: shape)
        }
        return (values, form)
    }

    /// Masks channels: their values are 0 from now on. Cost: O(n).
    public func mask(_ member: RemovedFilters.Member, shape: Shape) {
        let kept = vector.kept ?? ByteMemory([UInt8](repeating: 1, count: vector.values.count))
        for range in member.ranges(of: shape) where range.upperBound <= vector.values.count {
            for index in range { (kept.bytes[index], vector.values[index]) = (0, 0) }
        }
        vector.kept = kept
        vector.clearPrunedMoments()
    }

    /// Takes ∂loss/∂effective as the gradient of the float values.
    public func receive(_ gradient: UnsafeMutableBufferPointer<Float>) { vector.gradient = gradient }
}
