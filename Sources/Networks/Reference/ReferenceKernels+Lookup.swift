import Tensors

extension ReferenceKernels {
    static func lookedUp(_ table: ReferenceTensor, _ numbers: ReferenceTensor, to shape: Shape) -> ReferenceTensor {
        var result = ReferenceTensor(shape: shape, values: [Float](repeating: 0, count: shape.count))
        table.values.withUnsafeBufferPointer { table in
            numbers.values.withUnsafeBufferPointer { numbers in
                result.values.withUnsafeMutableBufferPointer { lookUp(table, numbers, into: $0) }
            }
        }
        return result
    }

    /// Writes for each number the row of the table that it names, as long as what is written is divided among them. Cost: O(written).
    public static func lookUp(
        _ table: UnsafeBufferPointer<Float>, _ numbers: UnsafeBufferPointer<Float>, into rows: UnsafeMutableBufferPointer<Float>
    ) {
        let width = rows.count / max(1, numbers.count)
        let count = width == 0 ? 0 : table.count / width
        for (place, number) in numbers.enumerated() {
            let target = UnsafeMutableBufferPointer(rebasing: rows[place * width..<(place + 1) * width])
            let index = number < 0 ? number + Float(count) : number
            guard index >= 0, index < Float(count) else {
                target.update(repeating: .nan)
                continue
            }
            let row = Int(index)
            _ = target.update(fromContentsOf: table[row * width..<(row + 1) * width])
        }
    }
}

extension ReferenceKernels {
    static func placed(_ inputs: [ReferenceTensor], _ placement: Placement, to shape: Shape) -> ReferenceTensor {
        let inputs = inputs.map { PlacedTensor(shape: $0.shape, values: $0.values.map(Double.init)) }
        return ReferenceTensor(shape: shape, values: placement.made(of: inputs, to: shape).map { Float($0) })
    }

    static func transformed(_ inputs: [ReferenceTensor], _ transform: SignalTransform, to shape: Shape) -> ReferenceTensor {
        let inputs = inputs.map { PlacedTensor(shape: $0.shape, values: $0.values.map(Double.init)) }
        return ReferenceTensor(shape: shape, values: transform.made(of: inputs, to: shape).map { Float($0) })
    }
}
