import Tensors

extension BiasRepresentation {
    /// The bias as this representation holds it.
    ///
    /// float16: nearest even, beyond its range the largest finite value. int8: codes −127…127 times max|b| / 127; 0 is +0, the only zero that a
    /// grid holds.
    func rounded(_ bias: Tensor, name: String) throws(CompressionError) -> Tensor {
        switch self {
        case .float32: return bias
        case .float16: return map(bias) { min(max($0.roundedToHalf, -65_504), 65_504) }
        case .int8:
            let floats = bias.floats
            if let index = floats.firstIndex(where: { !$0.isFinite }) { throw .biasNotFinite(name: name, index: index) }
            let scale = (floats.map(\.magnitude).max() ?? 0) / 127
            return scale == 0 ? bias : map(bias) { ($0 / scale).rounded(.toNearestOrEven) * scale + 0 }
        }
    }

    private func map(_ bias: Tensor, _ round: (Float) -> Float) -> Tensor {
        Tensor(shape: bias.shape, floats: bias.floats.map(round))
    }
}
