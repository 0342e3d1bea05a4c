import Networks
import Tensors

/// The numbers that stand for things in a record. They never change their meaning.
enum RecordCode {
    /// Bits 0 and 1 of the first byte.
    enum Form: UInt8 {
        case codebook = 0
        case grid = 1
        case floats = 2
        case elements = 3
    }

    /// Bit 2 of the first byte.
    static let transposed: UInt8 = 1 << 2
    /// Bit 6 of the first byte. With ``Form/grid``: a dithered lattice; with ``Form/codebook``: one with scales. Since version 2. With
    /// ``Form/floats``: codebooks of cells. Since version 3.
    static let variant: UInt8 = 1 << 6
    /// Bits 3 to 5 of the first byte.
    static let roleShift: UInt8 = 3
    static let roles: [Parameter.Role] = [.weight, .bias, .normalization, .clip, .other]

    /// ONNX's numbers of element types.
    static let elementTypes: [UInt8: ElementType] = [
        1: .float32, 2: .uint8, 3: .int8, 4: .uint16, 5: .int16, 6: .int32, 7: .int64, 9: .bool, 10: .float16, 11: .float64,
        12: .uint32, 13: .uint64, 16: .bfloat16, 17: .float8e4m3, 18: .float8e4m3fnuz,
        19: .float8e5m2, 20: .float8e5m2fnuz,
    ]
}

extension ParameterRecord.Form {
    var code: RecordCode.Form {
        switch self {
        case .levels(.codebook, _), .levels(.scaled, _): .codebook
        case .levels(.grid, _), .levels(.dithered, _): .grid
        case .levels(.floats, _), .levels(.cells, _): .floats
        case .elements: .elements
        }
    }

    /// Whether it is the second kind of its code.
    var isVariant: Bool {
        switch self {
        case .levels(.dithered, _), .levels(.scaled, _), .levels(.cells, _): true
        default: false
        }
    }
}

extension ParameterRecord {
    /// The first version of the file that has this form: scales of groups came with the second, codebooks of cells with the third, patterns with
    /// the fourth.
    package var version: UInt8 {
        if case .levels(_, let coding) = form, coding.version > 1 { return coding.version }
        if case .levels(.cells, _) = form { return 3 }
        let channels = emptyLevels?.channels ?? 1
        if case .levels(.grid(let scales, _), _) = form, scales.count != 1, scales.count != channels { return 2 }
        return form.isVariant ? 2 : 1
    }
}
