import Networks
import Tensors

extension GraphReader {
    /// Computes a node that makes a parameter of smaller constants without a copy in between: DequantizeLinear, and the usual forms of Cast and
    /// Gather. False for all others.
    ///
    /// The parameter gets the name of the node's output. Cost: O(values).
    mutating func foldComputed(_ proto: ONNXNodeProto, _ output: String) throws(NodeProblem) -> Bool {
        guard !proto.input.isEmpty, proto.input.allSatisfy({ $0.isEmpty || constant($0) != nil }) else { return false }
        let (first, attributes) = (proto.input.first.flatMap(constant), try NodeAttributes(proto))
        switch proto.opType {
        case "DequantizeLinear": break
        case "Cast":
            if let first, first.elementType.isHalf, try attributes.int("to", 0) == 1 {
                constants[output] = first
                widened.insert(output)
                return true
            }
            guard try [1, 6, 7].contains(attributes.int("to", 0)), first?.wholeNumberSize != nil else { return false }
        case "Gather": guard first?.elementType == .float32, first?.shape.rank == 1, proto.input.count == 2 else { return false }
        default: return false
        }
        let inputs = proto.input.map { constant($0) }
        guard let first = inputs.first ?? nil else { throw .malformed(expected: "an input", actual: "none") }
        switch proto.opType {
        case "DequantizeLinear":
            constants[output] = try dequantized(first, inputs, attributes)
            origins[output] = try origin(of: output, codes: first, inputs[1], attributes)
        case "Cast": constants[output] = try cast(first, attributes)
        default: constants[output] = try gathered(first, inputs, attributes)
        }
        return true
    }

    /// Bytes that any file may compute from its constants: tables for a spectrum of 1,024 values take 8 MiB with all between.
    static let computedRoom = 1 << 26

    /// Whether so many more bytes may be computed from constants; they are counted if so.
    mutating func hasRoom(for byteCount: Int) -> Bool {
        let limit = files.reduce(Self.computedRoom) { $0 + 16 * $1.count }
        guard byteCount >= 0, byteCount <= limit - computedByteCount else { return false }
        computedByteCount += byteCount
        return true
    }

    /// Counts what is about to be computed: an index of 4 bits takes twice 4 bytes on its way to a float, and no file needs more.
    mutating func reserve(_ byteCount: Int) throws(NodeProblem) {
        guard hasRoom(for: byteCount) else {
            throw .limit(expected: "at most 16 times the file's bytes computed from constants", actual: "more")
        }
    }

    private mutating func cast(_ tensor: Tensor, _ attributes: NodeAttributes) throws(NodeProblem) -> Tensor {
        let target = try attributes.int("to", 0)
        let isWhole = !tensor.elementType.isFraction
        switch target {
        case 1:
            try reserve(4 * tensor.count)
            return Tensor(shape: tensor.shape) { values in tensor.withFloats { _ = values.update(from: $0) } }
        case 6 where isWhole:
            try reserve(4 * tensor.count)
            let storage = TensorStorage(byteCount: 4 * tensor.count) { memory in
                tensor.forEachInteger {
                    memory.storeBytes(of: Int32(truncatingIfNeeded: $1).littleEndian, toByteOffset: 4 * $0, as: Int32.self)
                }
            }
            return Tensor(shape: tensor.shape, elementType: .int32, storage: storage)
        case 7 where isWhole:
            try reserve(8 * tensor.count)
            let storage = TensorStorage(byteCount: 8 * tensor.count) { memory in
                tensor.forEachInteger { memory.storeBytes(of: $1.littleEndian, toByteOffset: 8 * $0, as: Int64.self) }
            }
            return Tensor(shape: tensor.shape, elementType: .int64, storage: storage)
        default: throw .unsupported("it turns \(tensor.elementType) into type \(target)")
        }
    }

    /// Entries of a table [k] by their indices; below 0 they count from its end.
    private mutating func gathered(_ table: Tensor, _ inputs: [Tensor?], _ attributes: NodeAttributes) throws(NodeProblem) -> Tensor {
        guard inputs.count == 2, let indices = inputs[1] else {
            throw .malformed(expected: "a table and indices", actual: "\(inputs.count) inputs")
        }
        guard table.elementType == .float32, table.shape.rank == 1, try [0, -1].contains(attributes.int("axis", 0)) else {
            throw .unsupported("it takes rows of a constant [\(table.shape)] of \(table.elementType)")
        }
        guard [.int32, .int64].contains(indices.elementType) else {
            throw .malformed(expected: "indices of int32 or int64", actual: "\(indices.elementType)")
        }
        try reserve(4 * indices.count)
        let entries = table.floats
        var wrong: Int64?
        let values = Tensor(shape: indices.shape) { values in
            indices.forEachInteger { place, number in
                let index = number < 0 ? Int(number) + entries.count : Int(number)
                if entries.indices.contains(index) { values[place] = entries[index] } else { wrong = number }
            }
        }
        if let wrong { throw .malformed(expected: "indices of \(entries.count) entries", actual: "\(wrong)") }
        return values
    }
}

extension Tensor {
    /// Bytes of an element of whole numbers; nil for floats.
    fileprivate var wholeNumberSize: Int? {
        elementType.isFraction ? nil : elementType.byteCount
    }

    /// Calls `body` with place and value of each element of a tensor of integers or booleans. Cost: O(n).
    fileprivate func forEachInteger(_ body: (Int, Int64) -> Void) {
        func read<Number: FixedWidthInteger>(_: Number.Type) {
            let bytes = bytes
            for index in 0..<count {
                let number = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
                body(index, Int64(truncatingIfNeeded: Number(littleEndian: number)))
            }
        }
        switch elementType {
        case .int8: read(Int8.self)
        case .uint8, .bool: read(UInt8.self)
        case .int16: read(Int16.self)
        case .uint16: read(UInt16.self)
        case .int32: read(Int32.self)
        case .uint32: read(UInt32.self)
        case .int64: read(Int64.self)
        case .uint64: read(UInt64.self)
        default: break
        }
    }
}
