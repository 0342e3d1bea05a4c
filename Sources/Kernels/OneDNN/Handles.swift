import COneDNN
import Tensors

/// Throws what oneDNN refused.
func check(_ status: Int32, _ operation: @autoclosure () -> String) throws(KernelError) {
    guard status != 0 else { return }
    throw .library(operation: operation(), status: String(cString: pare_status_name(status)))
}

/// The handle that a call made.
func made(_ handle: OpaquePointer?, _ operation: String) throws(KernelError) -> OpaquePointer {
    guard let handle else { throw .library(operation: operation, status: "nothing was made") }
    return handle
}

/// The CPU with a stream of work in it, done in order.
final class ProcessorEngine {
    let handle: OpaquePointer

    init() throws(KernelError) {
        var handle: OpaquePointer?
        try check(pare_engine_create(&handle), "create an engine")
        self.handle = try made(handle, "create an engine")
    }

    deinit { pare_engine_destroy(handle) }
}

/// The extents of a tensor and how its elements lie in memory.
final class MemoryLayoutHandle {
    let handle: OpaquePointer
    let rank: Int

    /// Takes over `handle`.
    init(_ handle: OpaquePointer) {
        self.handle = handle
        rank = Int(pare_layout_rank(handle))
    }

    deinit { pare_layout_destroy(handle) }

    /// For the primitive to choose.
    static func any(_ shape: Shape) throws(KernelError) -> MemoryLayoutHandle {
        var handle: OpaquePointer?
        let dimensions = shape.dimensions.map(Int64.init)
        try check(pare_layout_create_any(&handle, Int32(shape.rank), dimensions), "describe [\(shape)]")
        return MemoryLayoutHandle(try made(handle, "describe [\(shape)]"))
    }

    /// Whole numbers of 8 bits, for the primitive to choose how they lie.
    static func bytes(_ shape: Shape, isSigned: Bool = false) throws(KernelError) -> MemoryLayoutHandle {
        var handle: OpaquePointer?
        let dimensions = shape.dimensions.map(Int64.init)
        try check(pare_layout_create_bytes(&handle, Int32(shape.rank), dimensions, isSigned ? 1 : 0), "describe [\(shape)]")
        return MemoryLayoutHandle(try made(handle, "describe [\(shape)]"))
    }

    /// Elements `strides` apart along each axis; row-major where none are given.
    static func strided(
        _ shape: Shape, strides: [Int]? = nil, of element: pare_type = PARE_TYPE_FLOAT32
    ) throws(KernelError) -> MemoryLayoutHandle {
        var handle: OpaquePointer?
        // oneDNN knows no scalars.
        let shape = shape.rank == 0 ? [1] : shape
        let dimensions = shape.dimensions.map(Int64.init)
        let steps = (strides ?? shape.rowMajorStrides).map(Int64.init)
        try check(pare_layout_create_typed(&handle, element, Int32(shape.rank), dimensions, steps), "describe [\(shape)]")
        return MemoryLayoutHandle(try made(handle, "describe [\(shape)]"))
    }

    var byteCount: Int { pare_layout_byte_count(handle) }

    func equals(_ other: MemoryLayoutHandle) -> Bool { pare_layout_equal(handle, other.handle) != 0 }
}

/// A layout bound to an address.
final class BoundMemory {
    let handle: OpaquePointer
    let layout: MemoryLayoutHandle
    private(set) var data: UnsafeMutableRawPointer?

    init(_ layout: MemoryLayoutHandle, in engine: ProcessorEngine, at data: UnsafeMutableRawPointer? = nil) throws(KernelError) {
        var handle: OpaquePointer?
        try check(pare_memory_create(&handle, engine.handle, layout.handle, data), "create a memory")
        self.handle = try made(handle, "create a memory")
        self.layout = layout
        self.data = data
    }

    deinit { pare_memory_destroy(handle) }

    func setData(_ data: UnsafeMutableRawPointer?) throws(KernelError) {
        try check(pare_memory_set_data(handle, data), "set the address of a memory")
        self.data = data
    }
}

/// An operation that is ready to run, with its arguments.
final class Primitive {
    let handle: OpaquePointer
    private var memories: [Int32: BoundMemory] = [:]

    /// Takes over `handle`.
    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { pare_primitive_destroy(handle) }

    /// Reads or writes `memory` as that argument (the one `offset` after it, for several sources), and keeps it alive.
    func set(_ argument: pare_argument, offset: Int = 0, _ memory: BoundMemory) throws(KernelError) {
        let number = Int32(argument.rawValue) + Int32(offset)
        memories[number] = memory
        try check(pare_primitive_set_argument(handle, number, memory.handle), "set an argument")
    }

    /// The layout that it wants or makes for an argument.
    func layout(of argument: pare_argument) throws(KernelError) -> MemoryLayoutHandle {
        var layout: OpaquePointer?
        try check(pare_primitive_layout(&layout, handle, Int32(argument.rawValue)), "ask for a layout")
        return MemoryLayoutHandle(try made(layout, "ask for a layout"))
    }

    /// oneDNN's name of the kernel: `jit:avx2`.
    var implementation: String { String(cString: pare_primitive_implementation(handle)) }
}

/// 64-byte aligned memory of our own.
final class AlignedBuffer {
    let start: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = byteCount
        start = .allocate(byteCount: max(byteCount, 64), alignment: 64)
        start.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, 64))
    }

    deinit { start.deallocate() }
}
