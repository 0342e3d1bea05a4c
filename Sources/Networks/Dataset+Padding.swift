import Tensors

extension Dataset {
    /// The same examples with blank pixels around them, centred, where the network's images [C, H, W] are larger; else as they are.
    ///
    /// Cost: O(count · C · H · W) where it pads.
    public func padded(to shape: Shape) -> Dataset {
        let own = exampleShape
        guard own.rank == 3, shape.rank == 3, own[0] == shape[0], own != shape, own[1] <= shape[1], own[2] <= shape[2] else { return self }
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
