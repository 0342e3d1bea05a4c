import Tensors

extension TensorReader {
    /// Elements that the dense tensors made of all sparse ones may have: 2^28, a gigabyte of floats.
    static let largestSparse = 1 << 28

    /// A sparse tensor as a dense one: its values where its indices say, 0 elsewhere.
    ///
    /// Indices are one number a value, counted row by row, or one a value and axis [values, axes]; they rise, as the standard asks.
    /// Cost: O(elements).
    ///
    /// - Parameter room: Elements that there may be.
    mutating func tensor(_ proto: ONNXSparseTensorProto, room: Int) throws(FormatError) -> Tensor {
        let shape = Shape(proto.dims.map { Int($0) })
        guard shape.rank <= 16, let count = shape.checkedCount, count <= room else {
            throw failure(.limit, proto.values, "sparse tensors of at most \(Self.largestSparse) elements in all", "[\(shape)]")
        }
        let values = try tensor(proto.values)
        let places = try places(proto, values, in: shape)
        let size = values.elementType.byteCount
        let storage = TensorStorage(byteCount: count * size) { memory in
            memory.initializeMemory(as: UInt8.self, repeating: 0)
            for (index, place) in places.enumerated() {
                UnsafeMutableRawBufferPointer(rebasing: memory[(place * size)...].prefix(size))
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: values.bytes[(index * size)...].prefix(size)))
            }
        }
        return Tensor(shape: shape, elementType: values.elementType, storage: storage)
    }

    /// Where the values lie in the dense tensor, row by row.
    private mutating func places(_ proto: ONNXSparseTensorProto, _ values: Tensor, in shape: Shape) throws(FormatError) -> [Int] {
        let indices = try tensor(proto.indices)
        let isLinear = indices.shape.dimensions == [values.count]
        guard values.shape.rank == 1, isLinear || indices.shape.dimensions == [values.count, shape.rank],
            indices.elementType == .int64, let numbers = indices.wholeNumbers
        else {
            throw failure(
                .mismatch, proto.values, "a list of values, and indices [\(values.count)] or [\(values.count)×\(shape.rank)] of int64",
                "values [\(values.shape)], indices [\(indices.shape)] of \(indices.elementType)")
        }
        let width = isLinear ? 1 : shape.rank
        let sizes = isLinear ? [shape.count] : shape.dimensions
        var places: [Int] = []
        places.reserveCapacity(values.count)
        for row in 0..<values.count {
            var place = 0
            for axis in 0..<width {
                let index = numbers[row * width + axis]
                guard index >= 0, index < sizes[axis] else {
                    throw failure(.malformed, proto.values, "indices inside [\(shape)]", "\(index)")
                }
                place = place * sizes[axis] + index
            }
            guard place > places.last ?? -1 else {
                throw failure(.malformed, proto.values, "indices that rise, each once", "\(place) after \(places.last ?? 0)")
            }
            places.append(place)
        }
        return places
    }
}
