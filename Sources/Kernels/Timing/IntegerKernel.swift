import COneDNN
import Networks
import Tensors

/// A layer in whole numbers of 8 bits: what it reads and makes without a sign, weights with one, sums of 32 bits, and what is joined to it. To be timed: the
/// numbers are all 0, and no network is evaluated by it.
final class IntegerKernel {
    private let engine: ProcessorEngine
    private var primitives: [Primitive] = []
    private var buffers: [AlignedBuffer] = []

    /// Throws where this processor has no kernel for it but oneDNN's plain reference, or one that reads and makes other numbers.
    init(_ work: LayerWork, batchSize: Int) throws(KernelError) {
        engine = try ProcessorEngine()
        var made: BoundMemory
        switch work.form {
        case .convolution(_, let settings) where settings.kernel.count == 2: made = try convolution(work, settings, batchSize)
        case .product(1): made = try product(work, batchSize)
        case .convolution, .product: throw Self.refusal(work, "it has another number of axes")
        }
        if let pooling = work.pooling { made = try pool(work, pooling, made, batchSize) }
    }

    func run() throws(KernelError) {
        for primitive in primitives { try check(pare_primitive_execute(primitive.handle, engine.handle), "run a primitive") }
    }

    private static func refusal(_ work: LayerWork, _ reason: String) -> KernelError {
        .unsupported(node: work.key, operation: "layer", reason: reason)
    }

    private func convolution(_ work: LayerWork, _ settings: Convolution, _ batch: Int) throws(KernelError) -> BoundMemory {
        let (groups, extents) = (settings.groups, work.extents)
        let weights = Shape([work.outputs, work.inputs / max(1, groups)] + settings.kernel)
        let from = try MemoryLayoutHandle.bytes(Shape([batch, work.inputs] + extents.input))
        let by = try MemoryLayoutHandle.bytes(groups == 1 ? weights : weights.grouped(groups), isSigned: true)
        let to = try MemoryLayoutHandle.bytes(Shape([batch, work.outputs] + extents.output))
        let bias = try MemoryLayoutHandle.strided([work.outputs])
        var (window, post) = (pare_window(settings), pare_post_operations(work.function))
        return try layer(work) { primitive, engine in
            pare_convolution_create(
                &primitive, engine, PARE_INFERENCE, from.handle, by.handle, bias.handle, to.handle, &window, &post)
        }
    }

    private func product(_ work: LayerWork, _ batch: Int) throws(KernelError) -> BoundMemory {
        let from = try MemoryLayoutHandle.bytes([batch, work.inputs])
        let by = try MemoryLayoutHandle.bytes([work.outputs, work.inputs], isSigned: true)
        let (to, bias) = (try MemoryLayoutHandle.bytes([batch, work.outputs]), try MemoryLayoutHandle.strided([work.outputs]))
        var post = pare_post_operations(work.function)
        return try layer(work) { primitive, engine in
            pare_inner_product_create(
                &primitive, engine, PARE_INFERENCE, from.handle, by.handle, bias.handle, to.handle, &post)
        }
    }

    private func pool(_ work: LayerWork, _ pooling: Pooling, _ source: BoundMemory, _ batch: Int) throws(KernelError) -> BoundMemory {
        let input = Shape([batch, work.outputs] + work.extents.output)
        let network = work.network
        guard let output = (try? network.shapes(batch: batch))?[network.output] else { throw Self.refusal(work, "its shapes do not fit") }
        let to = try MemoryLayoutHandle.bytes(output)
        var window = pare_window(pooling, input: input, output: output)
        let primitive = try add(work) { primitive, engine in
            pare_pooling_create(&primitive, engine, PARE_INFERENCE, PARE_MAXIMUM, source.layout.handle, to.handle, &window)
        }
        try primitive.set(PARE_SOURCE, source)
        return try bind(PARE_DESTINATION, of: primitive)
    }

    private func layer(
        _ work: LayerWork, _ make: (inout OpaquePointer?, OpaquePointer) -> Int32
    ) throws(KernelError) -> BoundMemory {
        let primitive = try add(work, make)
        for argument in [PARE_SOURCE, PARE_WEIGHTS, PARE_BIAS] { _ = try bind(argument, of: primitive) }
        return try bind(PARE_DESTINATION, of: primitive)
    }

    private func add(
        _ work: LayerWork, _ make: (inout OpaquePointer?, OpaquePointer) -> Int32
    ) throws(KernelError) -> Primitive {
        var handle: OpaquePointer?
        try check(make(&handle, engine.handle), "make \(work.key) of 8 bits")
        let primitive = Primitive(try made(handle, "make \(work.key) of 8 bits"))
        guard !primitive.implementation.hasPrefix("ref") else { throw Self.refusal(work, "there is no kernel of 8 bits for it here") }
        primitives.append(primitive)
        return primitive
    }

    /// Memory in the layout that the primitive chose.
    private func bind(_ argument: pare_argument, of primitive: Primitive) throws(KernelError) -> BoundMemory {
        let layout = try primitive.layout(of: argument)
        let buffer = AlignedBuffer(byteCount: layout.byteCount)
        buffers.append(buffer)
        let memory = try BoundMemory(layout, in: engine, at: buffer.start)
        try primitive.set(argument, memory)
        return memory
    }
}

extension LayerWork {
    /// Extents after the channels of what a convolution reads and makes.
    fileprivate var extents: (input: [Int], output: [Int]) {
        guard case .convolution(let extents, _) = form else { return ([], []) }
        return (extents, outputExtents)
    }
}
