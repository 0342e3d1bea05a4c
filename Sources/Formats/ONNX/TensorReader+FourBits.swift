import Tensors

extension TensorReader {
    /// Whether a tensor of 4-bit integers has signs; nil for other types.
    static func isSigned(fourBits proto: ONNXTensorProto) -> Bool? {
        proto.dataType == 22 ? true : proto.dataType == 21 ? false : nil
    }

    /// Integers of 4 bits, two to a byte, the first in the lower half, as int8 or uint8.
    ///
    /// Data in other files are refused: any number of tensors may name the same bytes, and each would be unpacked.
    func fourBits(_ proto: ONNXTensorProto, isSigned: Bool) throws(FormatError) -> Tensor {
        let shape = Shape(proto.dims.map { Int($0) })
        guard shape.rank <= 16, let count = shape.checkedCount else {
            throw failure(.malformed, proto, "at most 16 dimensions whose product can be counted", "[\(shape)]")
        }
        guard proto.dataLocation != 1 else {
            throw failure(
                .unsupported, proto, "4-bit integers inside the file", "external data", cure: "Save the network with its weights inside.")
        }
        // Not (count + 1) / 2, which overflows for the largest count.
        let expected = count / 2 + count % 2
        if let place = TensorPlace(proto.rawData) {
            guard place.field == 9, place.range.count == expected else {
                throw failure(
                    .mismatch, proto, "\(expected) bytes for [\(shape)] of 4 bits", "\(place.range.count)", offset: place.range.lowerBound)
            }
            return unpacked(shape, count, isSigned) { file.bytes[place.range.lowerBound + $0] }
        }
        guard proto.int32Data.count == expected else {
            throw failure(.mismatch, proto, "\(expected) numbers for [\(shape)] of 4 bits", "\(proto.int32Data.count)")
        }
        return unpacked(shape, count, isSigned) { UInt8(truncatingIfNeeded: proto.int32Data[$0]) }
    }

    private func unpacked(_ shape: Shape, _ count: Int, _ isSigned: Bool, _ byte: (Int) -> UInt8) -> Tensor {
        let storage = TensorStorage(byteCount: count) { memory in
            for index in 0..<count {
                let half = index % 2 == 0 ? byte(index / 2) & 15 : byte(index / 2) >> 4
                memory[index] = isSigned && half > 7 ? half | 0xF0 : half
            }
        }
        return Tensor(shape: shape, elementType: isSigned ? .int8 : .uint8, storage: storage)
    }
}
