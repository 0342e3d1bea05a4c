import Tensors

/// A buffer that a checkpoint must have: it is missing, or it is not what it should be.
public struct BufferError: Error, Hashable, Sendable {
    /// `centroids`, as ``TrainedLayer/buffers`` names it.
    public var name: String
    /// What is wrong with it: `is missing`.
    public var reason: String

    public init(name: String, reason: String) {
        self.name = name
        self.reason = reason
    }
}

/// What a checkpoint kept of one layer, by name.
struct KeptBuffers {
    let tensors: [String: Tensor]

    /// A buffer with so many elements; nil takes any number.
    func tensor(_ name: String, count: Int? = nil) throws(BufferError) -> Tensor {
        guard let tensor = tensors[name] else { throw BufferError(name: name, reason: "is missing") }
        if let count, tensor.count != count { throw BufferError(name: name, reason: "has \(tensor.count) values, not \(count)") }
        return tensor
    }

    func floats(_ name: String, count: Int? = nil) throws(BufferError) -> [Float] {
        let tensor = try tensor(name, count: count)
        guard tensor.elementType == .float32 else { throw BufferError(name: name, reason: "holds no float32 values") }
        return tensor.floats
    }

    /// Bytes that are all below `limit`.
    func bytes(_ name: String, count: Int, below limit: Int) throws(BufferError) -> [UInt8] {
        let tensor = try tensor(name, count: count)
        guard tensor.elementType == .uint8 else { throw BufferError(name: name, reason: "holds no bytes") }
        let bytes = withExtendedLifetime(tensor) { Array(tensor.bytes) }
        guard bytes.allSatisfy({ Int($0) < limit }) else { throw BufferError(name: name, reason: "holds a byte of \(limit) or more") }
        return bytes
    }
}
