/// A parameter as fewer bytes than its floats: integers or 16-bit floats, and the operators of ONNX that make the float32 values of them.
///
/// Every program that runs the file computes the same bits; ``NetworkReader`` does so while it reads, and the parameter keeps its name.
public enum CompactValues: Hashable, Sendable {
    /// Float(code − zero point) · scale by a DequantizeLinear: one scale for all, or one for each index of `axis`; as many zero points, or
    /// none where all are 0.
    case scaled(IntegerCodes, scales: [Float], zeroPoints: [Int32], axis: Int)
    /// The same of a matrix with a scale for each `block` neighbours of a row.
    case blocks(IntegerCodes, scales: [Float], zeroPoints: [Int32], block: Int)
    /// table[code], by a Cast to int32 and a Gather.
    case looked(IntegerCodes, table: [Float])
    /// Bit patterns of binary16 or bfloat16, by a Cast.
    case half([UInt16], isBrainFloat: Bool)

    /// What the names and the nodes of a form add to a file, about.
    public static let nodeByteCount = 150

    /// The number of values.
    public var count: Int {
        switch self {
        case .scaled(let codes, _, _, _), .blocks(let codes, _, _, _), .looked(let codes, _): codes.numbers.count
        case .half(let bits, _): bits.count
        }
    }

    /// Bytes of the tensors that are written, without names and nodes.
    public var byteCount: Int {
        switch self {
        case .scaled(let codes, let scales, let zeroPoints, _), .blocks(let codes, let scales, let zeroPoints, _):
            codes.byteCount + 4 * scales.count + codes.container.byteCount(of: zeroPoints.count)
        case .looked(let codes, let table): codes.byteCount + 4 * table.count
        case .half(let bits, _): 2 * bits.count
        }
    }

    /// The version of ONNX's operators that knows them: 21 brought integers of 4 and 16 bits.
    var operatorVersion: Int64 {
        switch self {
        case .scaled(let codes, _, _, _): [8, 32].contains(codes.container.bits) ? 13 : 21
        case .blocks: 21
        case .looked(let codes, _): codes.container.bits == 4 ? 21 : 13
        case .half: 13
        }
    }
}

/// Integers that all fit one container.
public struct IntegerCodes: Hashable, Sendable {
    /// The integer types that ONNX stores.
    public enum Container: String, Hashable, Sendable, CaseIterable {
        case int4, uint4, int8, uint8, int16, uint16, int32

        public var bits: Int {
            switch self {
            case .int4, .uint4: 4
            case .int8, .uint8: 8
            case .int16, .uint16: 16
            case .int32: 32
            }
        }

        /// The numbers that it holds.
        public var range: ClosedRange<Int32> {
            switch self {
            case .int32: Int32.min...Int32.max
            case .int4, .int8, .int16: -(1 << (Int32(bits) - 1))...(1 << (Int32(bits) - 1)) - 1
            case .uint4, .uint8, .uint16: 0...(1 << Int32(bits)) - 1
            }
        }

        /// Its number in the ONNX schema.
        var dataType: Int32 {
            switch self {
            case .int4: 22
            case .uint4: 21
            case .int8: 3
            case .uint8: 2
            case .int16: 5
            case .uint16: 4
            case .int32: 6
            }
        }

        func byteCount(of count: Int) -> Int { (count * bits + 7) / 8 }
    }

    public let container: Container
    /// Row-major.
    public let numbers: [Int32]

    /// - Precondition: every number is in the container's range.
    public init(_ container: Container, _ numbers: [Int32]) {
        precondition(numbers.allSatisfy(container.range.contains), "a number does not fit \(container)")
        self.container = container
        self.numbers = numbers
    }

    public var byteCount: Int { container.byteCount(of: numbers.count) }

    /// Little-endian; of 4 bits two to a byte, the first in the lower half.
    var bytes: [UInt8] {
        switch container.bits {
        case 4:
            stride(from: 0, to: numbers.count, by: 2).map { index in
                let second = index + 1 < numbers.count ? numbers[index + 1] : 0
                return UInt8(truncatingIfNeeded: numbers[index] & 15 | second << 4)
            }
        case 8: numbers.map { UInt8(truncatingIfNeeded: $0) }
        default:
            numbers.flatMap { number in
                stride(from: 0, to: Int32(container.bits), by: 8).map { UInt8(truncatingIfNeeded: number >> $0) }
            }
        }
    }
}
