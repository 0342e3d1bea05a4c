import Tensors

/// The header of an IDX file: two zero bytes, element type, number of dimensions, then each dimension as a big-endian 32-bit number.
public struct IDXHeader: Hashable, Sendable {
    public var elementType: ElementType
    public var shape: Shape

    public init(elementType: ElementType, shape: Shape) {
        self.elementType = elementType
        self.shape = shape
    }

    /// Bytes of the header: 4 + 4 · dimensions.
    public var byteCount: Int { 4 + 4 * shape.rank }
    /// Bytes of the elements that follow.
    var contentByteCount: Int { shape.count * elementType.byteCount }
    /// Bytes of one index of the first axis.
    var rowByteCount: Int { shape.rowCount * elementType.byteCount }

    static let elementTypes: [UInt8: ElementType] = [
        0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
    ]

    static func hasMagic(_ bytes: some Collection<UInt8>) -> Bool {
        let magic = Array(bytes.prefix(4))
        return magic.count == 4 && magic[0] == 0 && magic[1] == 0 && elementTypes[magic[2]] != nil && (1...8).contains(magic[3])
    }
}
