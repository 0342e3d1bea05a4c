import Tensors

extension BiasRepresentation {
    /// A bias as a representation holds it.
    typealias Coded = (values: Tensor, form: StoredForm)

    /// The bias as this representation holds it.
    ///
    /// float16: nearest even, beyond its range the largest finite value. int8: codes −127…127 times max|b| / 127, at most the largest finite
    /// value; int4: −7…7 times max|b| / 7. 0 is +0, the only zero that a grid holds.
    func coded(_ bias: Tensor, name: String) throws(CompressionError) -> Coded {
        if largestLevel != nil, let index = bias.floats.firstIndex(where: { !$0.isFinite }) {
            throw .biasNotFinite(name: name, index: index)
        }
        guard self != .float32 else { return (bias, .floats(.float32)) }
        var form = StoredForm.floats(.float32)
        let values = Tensor(shape: bias.shape) { values in
            bias.withFloats { _ = values.update(from: $0) }
            form = round(values, shape: bias.shape)
        }
        return (values, form)
    }

    /// Rounds finite values in place and says what they are held as; float32 leaves them. Cost: O(n).
    @discardableResult
    func round(_ values: UnsafeMutableBufferPointer<Float>, shape: Shape) -> StoredForm {
        switch self {
        case .float32: return .floats(.float32)
        case .float16:
            for index in values.indices { values[index] = Float.finiteHalf(values[index]) }
            return .floats(.float16)
        case .int8: return roundToGrid(values, shape: shape, largest: 127)
        case .int4: return roundToGrid(values, shape: shape, largest: 7)
        }
    }

    private func roundToGrid(_ values: UnsafeMutableBufferPointer<Float>, shape: Shape, largest: Int) -> StoredForm {
        let scale = (values.map(\.magnitude).max() ?? 0) / Float(largest)
        guard scale > 0 else { return .floats(.float32) }
        var levels = [Int32](repeating: 0, count: values.count)
        var isExact = true
        for index in values.indices {
            let level = (values[index] / scale).rounded(.toNearestOrEven)
            // The largest level times the scale of the largest floats may round beyond them.
            isExact = isExact && (level * scale).isFinite
            values[index] = (level * scale).clampedToFinite + 0
            levels[index] = values[index] == 0 ? 0 : Int32(level)
        }
        guard isExact else { return .floats(.float32) }
        return StoredForm(shape: shape, isTransposed: false, table: .grid(scales: [scale], largest: largest), levels: levels)
    }
}
