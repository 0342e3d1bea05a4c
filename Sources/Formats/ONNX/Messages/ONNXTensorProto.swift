import Foundation

/// A tensor. `float_data` (4) and `double_data` (10) stay in the file: see ``WireWalker``.
struct ONNXTensorProto: ONNXMessage {
    var dims: [Int64] = []
    /// 1 float, 2 uint8, 3 int8, 4 uint16, 5 int16, 6 int32, 7 int64, 8 string, 9 bool, 10 float16, 11 double, 12 uint32, 13 uint64,
    /// 16 bfloat16, 21 uint4, 22 int4.
    var dataType: Int32 = 0
    var int32Data: [Int32] = []
    var int64Data: [Int64] = []
    var name = ""
    var rawData = Data()
    var uint64Data: [UInt64] = []
    var externalData: [ONNXStringStringEntryProto] = []
    /// 0 in the message, 1 in another file.
    var dataLocation: Int32 = 0

    mutating func read(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.read(into: &dims)
        case 2: field.read(into: &dataType)
        case 5: try field.read(into: &int32Data)
        case 7: try field.read(into: &int64Data)
        case 8: field.read(into: &name)
        case 9: field.read(into: &rawData)
        case 11: try field.read(into: &uint64Data)
        case 13: try field.read(into: &externalData)
        case 14: field.read(into: &dataLocation)
        default: break
        }
    }

    func write(to writer: inout WireWriter) {
        writer.write(1, dims)
        writer.write(2, dataType)
        writer.write(5, int32Data)
        writer.write(7, int64Data)
        writer.write(8, name)
        writer.write(9, rawData)
        writer.write(11, uint64Data)
        writer.write(13, externalData)
        writer.write(14, dataLocation)
    }
}

struct ONNXStringStringEntryProto: ONNXMessage {
    var key = ""
    var value = ""

    mutating func read(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(into: &key)
        case 2: field.read(into: &value)
        default: break
        }
    }

    func write(to writer: inout WireWriter) {
        writer.write(1, key)
        writer.write(2, value)
    }
}
