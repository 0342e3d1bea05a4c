import COneDNN
import Tensors

/// What a kernel keeps of a parameter, in a form of its own.
protocol ParameterCopy: AnyObject {
    /// The parameter.
    var name: String { get }

    /// Takes the parameter's values, row-major. Cost: O(values).
    func load(_ values: Tensor) throws(KernelError)
}

/// A parameter as one primitive reads it: scaled, and reordered to the layout that the primitive chose.
final class Constant: ParameterCopy {
    let name: String
    let memory: BoundMemory
    private let buffer: AlignedBuffer
    private let engine: ProcessorEngine
    private let scale: Float
    /// How often each element is repeated, for a scalar that stands for a row.
    private let repeats: Int
    private let source: BoundMemory
    private var reorders: [Primitive] = []
    /// Holds the values on their way.
    private var way: AlignedBuffer?

    /// Another order of the values before the last step: they are brought into `first`, whose bytes are then read as `second`.
    struct Detour {
        var first: MemoryLayoutHandle
        var second: MemoryLayoutHandle
    }

    /// A parameter `name` whose values lie as `source` has it and are wanted as `target`.
    init(
        _ name: String, from source: MemoryLayoutHandle, by detour: Detour? = nil, to target: MemoryLayoutHandle, scale: Float = 1,
        repeats: Int = 1, in engine: ProcessorEngine
    ) throws(KernelError) {
        self.name = name
        self.engine = engine
        self.scale = scale
        self.repeats = repeats
        buffer = AlignedBuffer(byteCount: target.byteCount)
        memory = try BoundMemory(target, in: engine, at: buffer.start)
        self.source = try BoundMemory(source, in: engine)
        guard let detour else {
            try addReorder(self.source, memory)
            return
        }
        let way = AlignedBuffer(byteCount: detour.first.byteCount)
        self.way = way
        try addReorder(self.source, BoundMemory(detour.first, in: engine, at: way.start))
        try addReorder(BoundMemory(detour.second, in: engine, at: way.start), memory)
    }

    private func addReorder(_ source: BoundMemory, _ target: BoundMemory) throws(KernelError) {
        var handle: OpaquePointer?
        let status = pare_reorder_create(&handle, engine.handle, source.layout.handle, target.layout.handle)
        try check(status, "reorder \(name)")
        let reorder = Primitive(try made(handle, "reorder \(name)"))
        try reorder.set(PARE_SOURCE, source)
        try reorder.set(PARE_DESTINATION, target)
        reorders.append(reorder)
    }

    func load(_ values: Tensor) throws(KernelError) {
        let result = values.withFloats { floats -> Result<Void, KernelError> in
            if scale == 1 && repeats == 1 { return Result { () throws(KernelError) in try load(floats) } }
            let changed = floats.flatMap { [Float](repeating: $0 * scale, count: repeats) }
            return changed.withUnsafeBufferPointer { buffer in
                Result { () throws(KernelError) in try load(buffer) }
            }
        }
        try result.get()
    }

    private func load(_ floats: UnsafeBufferPointer<Float>) throws(KernelError) {
        precondition(floats.count * 4 == source.layout.byteCount, "\(floats.count) values for \(name)")
        try source.setData(UnsafeMutableRawPointer(mutating: floats.baseAddress))
        for reorder in reorders { try check(pare_primitive_execute(reorder.handle, engine.handle), "reorder \(name)") }
    }
}
