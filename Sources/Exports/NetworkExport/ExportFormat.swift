/// What a compressed network can be written as.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
    /// ONNX with every value as float32: zeros and shared values are kept, and as large as the others.
    case onnx
    /// ONNX with integers or indices and a codebook instead of floats where a layer allows it.
    case quantizedONNX = "onnx-qdq"
    /// Named tensors with the plan in the metadata.
    case safetensors
    /// C99 source and header for a microcontroller.
    case c
    /// Pare's own container: the smallest.
    case pare

    /// What the ending of a name says: `.qdq.onnx` is quantized; nil for others.
    public init?(path: String) {
        switch true {
        case path.hasSuffix(".qdq.onnx"): self = .quantizedONNX
        case path.hasSuffix(".onnx"): self = .onnx
        case path.hasSuffix(".safetensors"): self = .safetensors
        case path.hasSuffix(".c"): self = .c
        case path.hasSuffix(".pare"): self = .pare
        default: return nil
        }
    }

    /// The usual ending of a file's name.
    public var fileExtension: String {
        switch self {
        case .onnx, .quantizedONNX: "onnx"
        case .safetensors: "safetensors"
        case .c: "c"
        case .pare: "pare"
        }
    }
}

extension ExportFormat {
    /// The endings that choose a format.
    public static let endings = [".onnx", ".qdq.onnx", ".safetensors", ".c", ".pare"]
}
