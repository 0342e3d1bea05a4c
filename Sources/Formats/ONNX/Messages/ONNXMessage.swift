import Foundation

/// A message of the part of ONNX's schema that Pare reads and writes (onnx.proto3, IR version 10); names and field numbers are the standard's.
///
/// Fields that are not listed in a message are passed over.
protocol ONNXMessage: Hashable, Sendable {
    init()
    mutating func read(_ field: WireField) throws(WireError)
    /// In the order of the fields' numbers.
    func write(to writer: inout WireWriter)
}

extension ONNXMessage {
    /// The message in the bytes.
    init(serializedBytes bytes: [UInt8]) throws(WireError) {
        var message = Self()
        var failure: WireError?
        bytes.withUnsafeBytes { bytes in
            do throws(WireError) { try message.merge(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        self = message
    }

    /// Takes in all fields of the bytes.
    mutating func merge(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        var reader = WireReader(bytes)
        while let field = try reader.next() { try read(field) }
    }

    func serializedData() -> Data {
        var writer = WireWriter()
        write(to: &writer)
        return writer.bytes
    }
}
