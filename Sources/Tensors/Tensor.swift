/// An immutable array of numbers with a shape: a value that shares its bytes when it is copied.
public struct Tensor: Sendable {
    public let shape: Shape
    public let elementType: ElementType
    public let storage: TensorStorage
    /// Where the first element lies in `storage`.
    public let byteOffset: Int

    /// A view of `storage` from `byteOffset` on.
    ///
    /// Precondition: the elements of `shape` lie inside the storage; readers of files check before they call.
    public init(shape: Shape, elementType: ElementType, storage: TensorStorage, byteOffset: Int = 0) {
        precondition(
            shape.count.isMultiple(of: elementType.blockCount)
                && byteOffset >= 0 && byteOffset + shape.count / elementType.blockCount * elementType.byteCount <= storage.bytes.count,
            "a tensor [\(shape)] of \(elementType) does not fit in \(storage.bytes.count) bytes from \(byteOffset)")
        self.shape = shape
        self.elementType = elementType
        self.storage = storage
        self.byteOffset = byteOffset
    }

    /// The number of elements.
    public var count: Int { shape.count }

    /// The bytes of the elements, row-major, little-endian.
    public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            rebasing: storage.bytes[byteOffset..<byteOffset + count / elementType.blockCount * elementType.byteCount])
    }

    /// The same elements under another shape of equal count.
    public func reshaped(_ shape: Shape) -> Tensor {
        precondition(shape.count == count, "\(self.shape) can't be reshaped to \(shape)")
        return Tensor(shape: shape, elementType: elementType, storage: storage, byteOffset: byteOffset)
    }
}
