extension Tensor {
    /// The elements as numbers: exact but for whole ones beyond 2^53. Cost: O(n).
    public var numbers: [Double] {
        let bytes = bytes
        func load<Number: FixedWidthInteger>(as _: Number.Type, _ make: (Number) -> Double) -> [Double] {
            (0..<count).map { index in
                make(Number(littleEndian: bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)))
            }
        }
        return switch elementType {
        case .float64: load(as: UInt64.self) { Double(bitPattern: $0) }
        case .int32: load(as: Int32.self) { Double($0) }
        case .uint32: load(as: UInt32.self) { Double($0) }
        case .int64: load(as: Int64.self) { Double($0) }
        case .uint64: load(as: UInt64.self) { Double($0) }
        default: floats.map(Double.init)
        }
    }

    /// The elements of a tensor of whole numbers or truth values; nil for floats.
    public var wholeNumbers: [Int]? {
        switch elementType {
        case _ where elementType.isFraction: nil
        case .int64:
            (0..<count).map { Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self))) }
        default: numbers.map { $0 >= 0x1p63 ? Int.max : Int($0) }
        }
    }

    /// A tensor of a type made of numbers: whole ones are cut toward 0 and kept inside the type, floats rounded to the nearest.
    public init(shape: Shape, elementType: ElementType, numbers: [Double]) {
        precondition(numbers.count == shape.count, "\(numbers.count) numbers do not fill [\(shape)]")
        let storage = TensorStorage(byteCount: shape.count * elementType.byteCount) { memory in
            func store<Number: FixedWidthInteger>(_: Number.Type, _ make: (Double) -> Number) {
                for (index, number) in numbers.enumerated() {
                    memory.storeBytes(of: make(number).littleEndian, toByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
                }
            }
            func whole<Number: FixedWidthInteger>(_ type: Number.Type) {
                store(type) { number in
                    if number.isNaN { return 0 }
                    return number >= Double(Number.max) ? .max : number <= Double(Number.min) ? .min : Number(number)
                }
            }
            switch elementType {
            case .float32: store(UInt32.self) { Float($0).bitPattern }
            case .float64: store(UInt64.self) { $0.bitPattern }
            case .float16: store(UInt16.self) { Float($0).halfBits }
            case .bfloat16: store(UInt16.self) { UInt16(truncatingIfNeeded: Float($0).roundedToBrainFloat.bitPattern >> 16) }
            case .bool: store(UInt8.self) { $0 == 0 ? 0 : 1 }
            case .int8: whole(Int8.self)
            case .uint8: whole(UInt8.self)
            case .int16: whole(Int16.self)
            case .uint16: whole(UInt16.self)
            case .int32: whole(Int32.self)
            case .uint32: whole(UInt32.self)
            case .int64: whole(Int64.self)
            case .uint64: whole(UInt64.self)
            case _ where elementType.isFloat8: store(UInt8.self) { Float($0).float8Bits(elementType) ?? 0 }
            default: preconditionFailure("numbers are not kept as \(elementType)")
            }
        }
        self.init(shape: shape, elementType: elementType, storage: storage)
    }

    /// int64, as ONNX has shapes and indices.
    public init(wholeNumbers: [Int]) {
        let storage = TensorStorage(byteCount: wholeNumbers.count * 8) { memory in
            for (index, number) in wholeNumbers.enumerated() {
                memory.storeBytes(of: Int64(number).littleEndian, toByteOffset: index * 8, as: Int64.self)
            }
        }
        self.init(shape: [wholeNumbers.count], elementType: .int64, storage: storage)
    }
}
