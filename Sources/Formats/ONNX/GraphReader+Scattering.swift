import Networks
import Tensors

extension GraphReader {
    /// ScatterND of constants, with which exporters write a slice that is assigned, as for the masks of shifted windows. False where something is
    /// computed, or where values are added to what stands there.
    ///
    /// data [d0, …], indices [.., k], updates [.., dk, …]. Cost: O(data + updates).
    mutating func foldScattering(_ proto: ONNXNodeProto, _ output: String) throws(NodeProblem) -> Bool {
        let inputs = proto.input.compactMap { constant($0) }
        guard proto.opType == "ScatterND", inputs.count == 3, proto.input.count == 3,
            try NodeAttributes(proto).text("reduction", "none") == "none"
        else { return false }
        let (data, indices, updates) = (inputs[0], inputs[1], inputs[2])
        guard let depth = indices.shape.dimensions.last, depth > 0, depth <= data.shape.rank, let numbers = indices.wholeNumbers,
            data.elementType == updates.elementType,
            updates.shape.dimensions == indices.shape.dimensions.dropLast() + data.shape.dimensions.dropFirst(depth)
        else {
            throw .mismatch(
                expected: "indices and updates of [\(data.shape)]", actual: "[\(indices.shape)] and [\(updates.shape)]")
        }
        let places = try Self.places(numbers, depth: depth, in: data.shape)
        guard hasRoom(for: data.bytes.count + indices.bytes.count / 16) else { return false }
        let size = data.shape.dimensions.dropFirst(depth).reduce(data.elementType.byteCount, *)
        let storage = TensorStorage(byteCount: data.bytes.count, isZeroed: false) { memory in
            memory.copyMemory(from: data.bytes)
            for (row, place) in places.enumerated() {
                let target = UnsafeMutableRawBufferPointer(rebasing: memory[place * size..<(place + 1) * size])
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: updates.bytes[row * size..<(row + 1) * size]))
            }
        }
        constants[output] = Tensor(shape: data.shape, elementType: data.elementType, storage: storage)
        return true
    }

    /// By tuple of `depth` indices, the place among the slices that they name; below 0 they count from the end.
    private static func places(_ numbers: [Int], depth: Int, in shape: Shape) throws(NodeProblem) -> [Int] {
        var places: [Int] = []
        places.reserveCapacity(numbers.count / depth)
        for start in stride(from: 0, to: numbers.count, by: depth) {
            var place = 0
            for axis in 0..<depth {
                let (extent, number) = (shape[axis], numbers[start + axis])
                let index = number < 0 ? number &+ extent : number
                guard (0..<extent).contains(index) else {
                    throw .malformed(expected: "indices of \(extent) along axis \(axis)", actual: "\(number)")
                }
                place = place * extent + index
            }
            places.append(place)
        }
        return places
    }
}
