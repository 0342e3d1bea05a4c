import Tensors

extension ReferenceKernels {
    /// The elements where a map says.
    public static func moved(_ x: ReferenceTensor, by map: ElementMap, to shape: Shape) -> ReferenceTensor {
        var values: [Float] = []
        values.reserveCapacity(map.count)
        map.forEach { _, source in values.append(source.map { x.values[$0] } ?? map.fill) }
        return ReferenceTensor(shape: shape, values: values)
    }

    /// The inputs one after another along an axis.
    public static func concatenation(_ inputs: [ReferenceTensor], axis: Int) -> ReferenceTensor {
        let rank = inputs[0].shape.rank
        let axis = axis < 0 ? axis + rank : axis
        var shape = inputs[0].shape
        shape[axis] = inputs.reduce(0) { $0 + $1.shape[axis] }
        let outer = shape.dimensions[..<axis].reduce(1, *)
        var values: [Float] = []
        values.reserveCapacity(shape.count)
        for row in 0..<outer {
            for input in inputs {
                let size = input.values.count / max(outer, 1)
                values += input.values[row * size..<(row + 1) * size]
            }
        }
        return ReferenceTensor(shape: shape, values: values)
    }
}
