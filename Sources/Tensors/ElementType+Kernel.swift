import CKernels

extension ElementType {
    /// What the kernels call it.
    var kernel: pare_element {
        switch self {
        case .float32: PARE_FLOAT32
        case .float64: PARE_FLOAT64
        case .float16: PARE_FLOAT16
        case .bfloat16: PARE_BFLOAT16
        case .float8e4m3: PARE_FLOAT8_E4M3
        case .float8e5m2: PARE_FLOAT8_E5M2
        case .float8e4m3fnuz: PARE_FLOAT8_E4M3_FNUZ
        case .float8e5m2fnuz: PARE_FLOAT8_E5M2_FNUZ
        case .int8: PARE_INT8
        case .uint8: PARE_UINT8
        case .int16: PARE_INT16
        case .uint16: PARE_UINT16
        case .int32: PARE_INT32
        case .uint32: PARE_UINT32
        case .int64: PARE_INT64
        case .uint64: PARE_UINT64
        case .bool: PARE_BOOL
        case .block40: PARE_Q4_0
        case .block41: PARE_Q4_1
        case .block50: PARE_Q5_0
        case .block51: PARE_Q5_1
        case .block80: PARE_Q8_0
        case .block4K: PARE_Q4_K
        case .block5K: PARE_Q5_K
        case .block6K: PARE_Q6_K
        }
    }
}
