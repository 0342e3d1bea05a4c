import Foundation
import SwiftProtobuf

extension ONNXModelProto {
    /// The message as ``serializedData()`` gives it, in parts, so that the values of tensors are nowhere twice.
    ///
    /// Nil beyond the 2 GB that a message may have.
    ///
    /// - Throws: SwiftProtobuf's error for what can't be serialized.
    func serializedParts() throws -> [Data]? {
        var (head, tail) = (self, ONNXModelProto())
        head.clearGraph()
        head.opsetImport = []
        tail.opsetImport = opsetImport
        let graph = try graph.serializedParts()
        let length = graph.reduce(0) { $0 + $1.count }
        guard length <= Int(Int32.max) else { return nil }
        return [try head.serializedData() + Self.head(field: 7, length: length)] + graph + [try tail.serializedData()]
    }

    /// Number and length of a field of bytes.
    fileprivate static func head(field: Int, length: Int) -> Data {
        var bytes = Data([UInt8(field << 3 | 2)])
        var rest = length
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }
}

extension ONNXGraphProto {
    /// Fields go by their numbers: nodes and the name before the initializers, inputs and outputs after them.
    fileprivate func serializedParts() throws -> [Data] {
        var (head, tail) = (self, ONNXGraphProto())
        (head.initializer, head.input, head.output) = ([], [], [])
        (tail.input, tail.output) = (input, output)
        var parts = [try head.serializedData()]
        for tensor in initializer {
            var header = tensor
            header.rawData = Data()
            let values = tensor.rawData
            var bytes = try header.serializedData()
            if !values.isEmpty { bytes += ONNXModelProto.head(field: 9, length: values.count) }
            parts += [ONNXModelProto.head(field: 5, length: bytes.count + values.count) + bytes, values]
        }
        return parts + [try tail.serializedData()]
    }
}
