import CKernels
import Tensors

/// Numbers that training moves: float shadow weights, centroids, scales, biases. Owned by one thread.
public final class TrainableVector {
    /// The parameter's name; what a representation adds has a suffix: `fc1.weight/centroids`.
    public let name: String
    /// The address holds as long as the vector.
    public let values: UnsafeMutableBufferPointer<Float>
    /// ∂loss/∂values, as ``TrainedLayer/receive(_:)`` or ``TrainedBias/receive(_:)`` left it; may lie in the executor's memory.
    public package(set) var gradient: UnsafeMutableBufferPointer<Float>
    /// Whether weight decay acts on it: on float weights and on the centroids that stand for them, not on biases, scales and clips.
    public let decays: Bool
    /// 1 for what may move; nil lets all move.
    public internal(set) var kept: ByteMemory?
    /// Weights that stand behind each value, which SGD divides its gradient by; nil is one each.
    ///
    /// A centroid's gradient is a sum over its members, and so is its curvature. With the mean a centroid moves as the average of its members
    /// would, and one rate suits shared and single weights. Adam's steps do not depend on such a factor.
    var members: [Float]?
    /// Momentum, or Adam's first and second moments; made at the first step.
    public private(set) var moments: [FloatMemory] = []

    private let memory: FloatMemory

    public init(name: String, values: some Collection<Float>, decays: Bool) {
        self.name = name
        self.decays = decays
        memory = FloatMemory(values)
        self.values = memory.floats
        gradient = UnsafeMutableBufferPointer(start: nil, count: 0)
    }

    /// Makes `count` vectors of moments, all 0, where there are others.
    public func prepareMoments(_ count: Int) {
        guard moments.count != count else { return }
        moments = (0..<count).map { _ in FloatMemory(repeatElement(0, count: values.count)) }
    }

    /// Forgets the moments of what does not move, so that nothing brings it back.
    func clearPrunedMoments() {
        guard let kept else { return }
        for moment in moments {
            for index in kept.bytes.indices where kept.bytes[index] == 0 { moment.floats[index] = 0 }
        }
    }

    /// Forgets all moments.
    func clearMoments() { for moment in moments { moment.floats.update(repeating: 0) } }
}

/// Floats with an address of their own.
public final class FloatMemory {
    public let floats: UnsafeMutableBufferPointer<Float>

    public init(_ values: some Collection<Float>) {
        floats = .allocate(capacity: values.count)
        _ = floats.initialize(from: values)
    }

    deinit { floats.deallocate() }

    public var tensor: Tensor { Tensor(shape: [floats.count], floats: Array(floats)) }
}

/// Bytes with an address of their own: masks and assignments.
public final class ByteMemory {
    public let bytes: UnsafeMutableBufferPointer<UInt8>

    public init(_ values: some Collection<UInt8>) {
        bytes = .allocate(capacity: values.count)
        _ = bytes.initialize(from: values)
    }

    deinit { bytes.deallocate() }

    /// As a uint8 tensor.
    public var tensor: Tensor {
        Tensor(shape: [bytes.count], elementType: .uint8, storage: TensorStorage(byteCount: bytes.count) { $0.copyBytes(from: bytes) })
    }
}
