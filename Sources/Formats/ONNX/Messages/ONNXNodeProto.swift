import Foundation

struct ONNXNodeProto: ONNXMessage {
    var input: [String] = []
    var output: [String] = []
    var name = ""
    var opType = ""
    var attribute: [ONNXAttributeProto] = []
    var domain = ""

    mutating func read(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(into: &input)
        case 2: field.read(into: &output)
        case 3: field.read(into: &name)
        case 4: field.read(into: &opType)
        case 5: try field.read(into: &attribute)
        case 7: field.read(into: &domain)
        default: break
        }
    }

    func write(to writer: inout WireWriter) {
        writer.write(1, input)
        writer.write(2, output)
        writer.write(3, name)
        writer.write(4, opType)
        writer.write(5, attribute)
        writer.write(7, domain)
    }
}

struct ONNXAttributeProto: ONNXMessage {
    var name = ""
    var f: Float = 0
    var i: Int64 = 0
    var s = Data()
    private var ownTensor: ONNXTensorProto?
    var floats: [Float] = []
    var ints: [Int64] = []
    /// An AttributeType: 1 float, 2 int, 3 string, 4 tensor, 6 floats, 7 ints.
    var type: Int32 = 0

    var t: ONNXTensorProto {
        get { ownTensor ?? ONNXTensorProto() }
        set { ownTensor = newValue }
    }

    mutating func read(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(into: &name)
        case 2: field.read(into: &f)
        case 3: field.read(into: &i)
        case 4: field.read(into: &s)
        case 5: try field.read(into: &ownTensor)
        case 7: try field.read(into: &floats)
        case 8: try field.read(into: &ints)
        case 20: field.read(into: &type)
        default: break
        }
    }

    func write(to writer: inout WireWriter) {
        writer.write(1, name)
        writer.write(2, f)
        writer.write(3, i)
        writer.write(4, s)
        writer.write(5, ownTensor)
        writer.write(7, floats)
        writer.write(8, ints)
        writer.write(20, type)
    }
}
