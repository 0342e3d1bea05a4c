/// An input or output with its type.
struct ONNXValueInfoProto: ONNXMessage {
    var name = ""
    private var ownType: ONNXTypeProto?

    var type: ONNXTypeProto {
        get { ownType ?? ONNXTypeProto() }
        set { ownType = newValue }
    }

    mutating func read(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(into: &name)
        case 2: try field.read(into: &ownType)
        default: break
        }
    }

    func write(to writer: inout WireWriter) {
        writer.write(1, name)
        writer.write(2, ownType)
    }
}

struct ONNXTypeProto: ONNXMessage {
    struct Tensor: ONNXMessage {
        var elemType: Int32 = 0
        private var ownShape: ONNXTensorShapeProto?

        var shape: ONNXTensorShapeProto {
            get { ownShape ?? ONNXTensorShapeProto() }
            set { ownShape = newValue }
        }

        mutating func read(_ field: WireField) throws(WireError) {
            switch field.number {
            case 1: field.read(into: &elemType)
            case 2: try field.read(into: &ownShape)
            default: break
            }
        }

        func write(to writer: inout WireWriter) {
            writer.write(1, elemType)
            writer.write(2, ownShape)
        }
    }

    private var ownTensorType: Tensor?

    var tensorType: Tensor {
        get { ownTensorType ?? Tensor() }
        set { ownTensorType = newValue }
    }

    mutating func read(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.read(into: &ownTensorType) }
    }

    func write(to writer: inout WireWriter) { writer.write(1, ownTensorType) }
}

struct ONNXTensorShapeProto: ONNXMessage {
    /// A size or the name of one; of several the last counts.
    struct Dimension: ONNXMessage {
        enum Value: Hashable, Sendable {
            case dimValue(Int64)
            case dimParam(String)
        }

        var value: Value?

        mutating func read(_ field: WireField) throws(WireError) {
            var (size, name): (Int64?, String?)
            if field.number == 1, case .number(let number) = field.value { size = Int64(truncatingIfNeeded: number) }
            if field.number == 2, case .bytes(let bytes) = field.value { name = String(decoding: bytes, as: UTF8.self) }
            value = size.map(Value.dimValue) ?? name.map(Value.dimParam) ?? value
        }

        func write(to writer: inout WireWriter) {
            switch value {
            case .dimValue(let size): writer.write(chosen: 1, size)
            case .dimParam(let name): writer.write(2, [name])
            case nil: break
            }
        }
    }

    var dim: [Dimension] = []

    mutating func read(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.read(into: &dim) }
    }

    func write(to writer: inout WireWriter) { writer.write(1, dim) }
}
