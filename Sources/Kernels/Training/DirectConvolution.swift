import CKernels
import COneDNN
import Networks
import Tensors

/// By oneDNN's own kernels, whose layouts of blocks of channels the images are brought to and back from: nothing is unfolded. For images [N, C, H, W] whose
/// channels fill these blocks.
final class DirectConvolution: ConvolutionWay {
    /// What is convolved: images and results with `count` images each, weights with their groups as an axis of their own.
    struct Extents {
        var images: Shape
        var weights: Shape
        var results: Shape
        var settings: Convolution
    }

    /// A value in a kernel's layout, beside the row-major one of the same extents, and the copy from one to the other.
    private struct Blocked {
        let plain: BoundMemory
        let memory: BoundMemory
        let copy: Primitive
    }

    let count: Int
    private let engine: ProcessorEngine
    private let weights: TrainedTensor
    private let forwards: Primitive
    private let weightGradient: Primitive
    /// Nil where no gradient by the images is needed.
    private let imageGradient: Primitive?
    private let (images, results): (Blocked, Blocked)
    private let forwardWeights: Blocked
    private var backwardWeights: Blocked?
    /// Images and gradients by results as the gradient by the weights wants them.
    private let (weightImages, weightAbove): (Blocked, Blocked)
    private var (imageAbove, below): (Blocked?, Blocked?)
    private let summands: BoundMemory
    private let sums: Blocked
    /// A row-major gradient by the images before it is added to another.
    private let added: AlignedBuffer?
    private var buffers: [AlignedBuffer] = []
    private let imageCount: Int
    private let sumCount: Int

    /// How full its blocks must be on average, of images and of results: below, what is convolved in vain costs more than unfolding.
    private static let leastFill = 0.75
    private static let mostImages = 8
    /// What the images of one step are to take at most, so that they stay in a second-level cache. Bytes.
    private static let cachedBytes = 256 * 1024

    /// Images at a time, a divisor of those of a thread.
    static func count(of images: Int, bytes: Int) -> Int {
        let most = max(1, min(mostImages, cachedBytes / max(1, bytes), images))
        return (1...most).last { images.isMultiple(of: $0) } ?? 1
    }

    /// Whether channels and filters fill blocks of the processor's lanes.
    static func fits(_ settings: Convolution, images: Shape, results: Shape) -> Bool {
        guard images.rank == 4, images.count > 0, results.count > 0 else { return false }
        let lanes = KernelLibrary.instructionSet.hasPrefix("AVX-512") ? 16 : 8
        func fill(_ channels: Int) -> Double { Double(channels) / Double((channels + lanes - 1) / lanes * lanes) }
        if settings.isDepthwise(images, results) { return fill(images[1]) >= leastFill }
        if settings.groups > 1,
            !(images[1] / settings.groups).isMultiple(of: lanes) || !(results[1] / settings.groups).isMultiple(of: lanes)
        {
            return false
        }
        return fill(images[1]) * fill(results[1]) >= leastFill
    }

    /// Nil where oneDNN has no kernel of its own for it.
    init?(_ extents: Extents, _ weights: TrainedTensor, givesImages: Bool) throws(KernelError) {
        (self.weights, count, imageCount) = (weights, extents.images[0], extents.images.count)
        let engine = try ProcessorEngine()
        self.engine = engine
        // Each runs on one thread, whatever the team is.
        let threads = pare_thread_count()
        pare_set_thread_count(1)
        defer { pare_set_thread_count(threads) }
        let kernels = try Kernels(extents, engine, givesImages: givesImages)
        guard kernels.areOwn else { return nil }
        (forwards, weightGradient, imageGradient) = (kernels.forward, kernels.weights, kernels.images)
        var buffers: [AlignedBuffer] = []
        func memory(_ layout: MemoryLayoutHandle) throws(KernelError) -> BoundMemory {
            let buffer = AlignedBuffer(byteCount: layout.byteCount)
            buffers.append(buffer)
            return try BoundMemory(layout, in: engine, at: buffer.start)
        }
        func blocked(
            _ shape: Shape, _ primitive: Primitive, _ argument: pare_argument, isMade: Bool = false
        ) throws(KernelError) -> Blocked {
            let memory = try memory(primitive.layout(of: argument))
            let plain = try BoundMemory(try .strided(shape), in: engine)
            let copy = try Kernels.copy(from: isMade ? memory : plain, to: isMade ? plain : memory, engine)
            try primitive.set(argument, memory)
            return Blocked(plain: plain, memory: memory, copy: copy)
        }
        images = try blocked(extents.images, kernels.forward, PARE_SOURCE)
        forwardWeights = try blocked(extents.weights, kernels.forward, PARE_WEIGHTS)
        results = try blocked(extents.results, kernels.forward, PARE_DESTINATION, isMade: true)
        weightImages = try blocked(extents.images, kernels.weights, PARE_SOURCE)
        weightAbove = try blocked(extents.results, kernels.weights, PARE_DESTINATION_GRADIENT)
        // What one execution gives is added up in the kernel's own layout, and copied to the plain one at the end.
        let layout = try kernels.weights.layout(of: PARE_WEIGHT_GRADIENT)
        summands = try memory(layout)
        try kernels.weights.set(PARE_WEIGHT_GRADIENT, summands)
        let (sum, plain) = (try memory(layout), try BoundMemory(try .strided(extents.weights), in: engine))
        sums = Blocked(plain: plain, memory: sum, copy: try Kernels.copy(from: sum, to: plain, engine))
        sumCount = layout.byteCount / MemoryLayout<Float>.stride
        if let primitive = kernels.images {
            backwardWeights = try blocked(extents.weights, primitive, PARE_WEIGHTS)
            imageAbove = try blocked(extents.results, primitive, PARE_DESTINATION_GRADIENT)
            below = try blocked(extents.images, primitive, PARE_SOURCE_GRADIENT, isMade: true)
        }
        added = givesImages ? AlignedBuffer(byteCount: imageCount * MemoryLayout<Float>.stride) : nil
        self.buffers = buffers
    }

    /// Copies between the row-major value at `start` and the kernel's layout.
    private func copy(_ value: Blocked, _ start: UnsafeMutablePointer<Float>) -> Int32 {
        let status = pare_memory_set_data(value.plain.handle, start)
        return status != 0 ? status : pare_primitive_execute(value.copy.handle, engine.handle)
    }

    private func run(_ primitive: Primitive) -> Int32 { pare_primitive_execute(primitive.handle, engine.handle) }

    func prepareForward() -> Int32 { copy(forwardWeights, weights.start) }

    func prepareBackward() -> Int32 { backwardWeights.map { copy($0, weights.start) } ?? 0 }

    func forward(_ start: UnsafeMutablePointer<Float>, to result: UnsafeMutablePointer<Float>) -> Int32 {
        firstFailure {
            copy(images, start)
        } _: {
            run(forwards)
        } _: {
            copy(results, result)
        }
    }

    func backward(
        _ above: UnsafeMutablePointer<Float>, _ start: UnsafeMutablePointer<Float>, to gradient: UnsafeMutablePointer<Float>?, adds: Bool,
        isFirst: Bool
    ) -> Int32 {
        let status = firstFailure {
            copy(weightImages, start)
        } _: {
            copy(weightAbove, above)
        } _: {
            run(weightGradient)
        }
        guard status == 0 else { return status }
        if let one = summands.data, let sum = sums.memory.data {
            pare_accumulate(
                one.assumingMemoryBound(to: Float.self), sumCount, isFirst ? 0 : 1, sum.assumingMemoryBound(to: Float.self))
        }
        guard let gradient else { return 0 }
        return imageGradients(above, to: gradient, adds: adds)
    }

    private func imageGradients(_ above: UnsafeMutablePointer<Float>, to gradient: UnsafeMutablePointer<Float>, adds: Bool) -> Int32 {
        guard let imageGradient, let imageAbove, let below, let added else { return 0 }
        let place = adds ? added.start.assumingMemoryBound(to: Float.self) : gradient
        let status = firstFailure {
            copy(imageAbove, above)
        } _: {
            run(imageGradient)
        } _: {
            copy(below, place)
        }
        if status == 0, adds { pare_accumulate(place, imageCount, 1, gradient) }
        return status
    }

    func sum(to gradients: UnsafeMutablePointer<Float>) -> Int32 { copy(sums, gradients) }

    private func firstFailure(_ first: () -> Int32, _ second: () -> Int32, _ third: () -> Int32) -> Int32 {
        let status = first()
        if status != 0 { return status }
        let next = second()
        return next != 0 ? next : third()
    }
}

extension DirectConvolution {
    /// The three kernels of a convolution in training.
    private struct Kernels {
        let forward: Primitive
        let weights: Primitive
        let images: Primitive?

        init(_ extents: Extents, _ engine: ProcessorEngine, givesImages: Bool) throws(KernelError) {
            let (from, to) = (try MemoryLayoutHandle.any(extents.images), try MemoryLayoutHandle.any(extents.results))
            let parameters = try MemoryLayoutHandle.any(extents.weights)
            var window = pare_window(extents.settings)
            let made = try Self.create {
                pare_convolution_create(
                    &$0, engine.handle, PARE_TRAINING, from.handle, parameters.handle, nil, to.handle, &window, nil)
            }
            forward = made
            weights = try Self.create {
                pare_convolution_weight_gradient_create(
                    &$0, engine.handle, from.handle, parameters.handle, to.handle, &window, made.handle)
            }
            images =
                try givesImages
                ? Self.create {
                    pare_convolution_source_gradient_create(
                        &$0, engine.handle, from.handle, parameters.handle, to.handle, &window, made.handle)
                } : nil
        }

        /// None of them is a plain loop or goes by matrix products.
        var areOwn: Bool { [forward, weights, images].compactMap { $0 }.allSatisfy { $0.implementation.hasPrefix("jit") } }

        static func copy(from: BoundMemory, to: BoundMemory, _ engine: ProcessorEngine) throws(KernelError) -> Primitive {
            let primitive = try create { pare_reorder_create(&$0, engine.handle, from.layout.handle, to.layout.handle) }
            try primitive.set(PARE_SOURCE, from)
            try primitive.set(PARE_DESTINATION, to)
            return primitive
        }

        private static func create(_ make: (inout OpaquePointer?) -> Int32) throws(KernelError) -> Primitive {
            var handle: OpaquePointer?
            try check(make(&handle), "a convolution in training")
            return Primitive(try made(handle, "a convolution in training"))
        }
    }
}
