/// A file: a graph, and the versions of the operators in it.
struct ONNXModelProto: ONNXMessage {
    var irVersion: Int64 = 0
    var producerName = ""
    var producerVersion = ""
    private var ownGraph: ONNXGraphProto?
    var opsetImport: [ONNXOperatorSetIdProto] = []

    var graph: ONNXGraphProto {
        get { ownGraph ?? ONNXGraphProto() }
        set { ownGraph = newValue }
    }
    var hasGraph: Bool { ownGraph != nil }

    mutating func clearGraph() { ownGraph = nil }

    mutating func read(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(into: &irVersion)
        case 2: field.read(into: &producerName)
        case 3: field.read(into: &producerVersion)
        case 7: try field.read(into: &ownGraph)
        case 8: try field.read(into: &opsetImport)
        default: break
        }
    }

    func write(to writer: inout WireWriter) {
        writer.write(1, irVersion)
        writer.write(2, producerName)
        writer.write(3, producerVersion)
        writer.write(7, ownGraph)
        writer.write(8, opsetImport)
    }
}

struct ONNXOperatorSetIdProto: ONNXMessage {
    var domain = ""
    var version: Int64 = 0

    mutating func read(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(into: &domain)
        case 2: field.read(into: &version)
        default: break
        }
    }

    func write(to writer: inout WireWriter) {
        writer.write(1, domain)
        writer.write(2, version)
    }
}

struct ONNXGraphProto: ONNXMessage {
    var node: [ONNXNodeProto] = []
    var name = ""
    var initializer: [ONNXTensorProto] = []
    var input: [ONNXValueInfoProto] = []
    var output: [ONNXValueInfoProto] = []

    mutating func read(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.read(into: &node)
        case 2: field.read(into: &name)
        case 5: try field.read(into: &initializer)
        case 11: try field.read(into: &input)
        case 12: try field.read(into: &output)
        default: break
        }
    }

    func write(to writer: inout WireWriter) {
        writer.write(1, node)
        writer.write(2, name)
        writer.write(5, initializer)
        writer.write(11, input)
        writer.write(12, output)
    }
}
