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
        switch representation {
        case .float32: break
        case .float16: for index in effective.indices { effective[index] = Float.finiteHalf(effective[index]) }
        case .int8:
            let scale = (effective.map(\.magnitude).max() ?? 0) / 127
            guard scale > 0 else { return }
            for index in effective.indices { effective[index] = (effective[index] / scale).rounded(.toNearestOrEven) * scale + 0 }
        }
    }

    /// Takes ∂loss/∂effective as the gradient of the float values.
    public func receive(_ gradient: UnsafeMutableBufferPointer<Float>) { vector.gradient = gradient }
}
