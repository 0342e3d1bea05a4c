import Tensors

extension Dataset {
    /// The same examples with blank pixels around them, centred, where the network's images [C, H, W] are larger; else as they are.
    ///
    /// Cost: O(count · C · H · W) where it pads.
    public func padded(to shape: Shape) -> Dataset {
        let own = exampleShape
        guard source == nil, own.rank == 3, shape.rank == 3, own[0] == shape[0], own != shape, own[1] <= shape[1], own[2] <= shape[2] else {
            return self
        }
        let size = inputs.elementType.byteCount
        let (top, left) = ((shape[1] - own[1]) / 2, (shape[2] - own[2]) / 2)
        let source = inputs.bytes
        let storage = TensorStorage(byteCount: count * shape.count * size) { target in
            for plane in 0..<count * own[0] {
                for row in 0..<own[1] {
                    let from = (plane * own[1] + row) * own[2] * size
                    let to = ((plane * shape[1] + row + top) * shape[2] + left) * size
                    UnsafeMutableRawBufferPointer(rebasing: target[to..<to + own[2] * size])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[from..<from + own[2] * size]))
                }
            }
        }
        var padded = self
        padded.inputs = Tensor(
            shape: Shape([count] + shape.dimensions), elementType: inputs.elementType, storage: storage)
        return padded
    }
}

extension Dataset {
    /// The same images with one channel made three equal ones, or three made one grey (0.299 red + 0.587 green + 0.114 blue), where the network reads
    /// images [C, H, W] of another colour; else as they are. Cost: O(count · C · H · W) where it changes them.
    public func coloured(for shape: Shape) -> Dataset {
        let own = exampleShape
        guard source == nil, own.rank == 3, shape.rank == 3, Set([own[0], shape[0]]) == [1, 3] else { return self }
        let plane = own[1] * own[2]
        let target = Shape([count, shape[0], own[1], own[2]])
        var result = self
        if shape[0] == 3 {
            let size = plane * inputs.elementType.byteCount
            let storage = TensorStorage(byteCount: count * 3 * size) { memory in
                for copy in 0..<count * 3 {
                    let source = UnsafeRawBufferPointer(rebasing: inputs.bytes[copy / 3 * size..<(copy / 3 + 1) * size])
                    UnsafeMutableRawBufferPointer(rebasing: memory[copy * size..<(copy + 1) * size]).copyMemory(from: source)
                }
            }
            result.inputs = Tensor(shape: target, elementType: inputs.elementType, storage: storage)
        } else {
            let isBytes = inputs.elementType == .uint8
            let grey = inputs.withFloats { floats in
                (0..<count * plane).map { index -> Float in
                    let first = index / plane * 3 * plane + index % plane
                    let value = 0.299 * floats[first] + 0.587 * floats[first + plane] + 0.114 * floats[first + 2 * plane]
                    return isBytes ? value.rounded() : value
                }
            }
            result.inputs = Tensor(shape: target, floats: grey)
        }
        return result
    }
}
