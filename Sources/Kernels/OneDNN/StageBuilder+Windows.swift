import COneDNN
import Networks
import Tensors

extension StageBuilder {
    /// Window maximum or mean in the layout that it finds.
    mutating func buildPooling(_ stage: PlannedStage, _ settings: Pooling, _ kind: pare_pooling) throws(KernelError) {
        let memory = try pool(settings, kind, try source(stage.operands[0]), stage.operands[0].shape)
        try addActivation(to: memory, stage)
    }

    /// Pools images [N, C, H, W] of a shape into what the stage makes.
    mutating func pool(
        _ settings: Pooling, _ kind: pare_pooling, _ source: BoundMemory, _ input: Shape
    ) throws(KernelError) -> BoundMemory {
        let output = plan.values[plan.stages[index].output].shape
        if kind == PARE_MAXIMUM, let memory = try poolLanes(settings, source, input, output) { return memory }
        var window = pare_window(settings, input: input, output: output)
        let (engine, from, to) = (engine.handle, source.layout, try MemoryLayoutHandle.any(output))
        let primitive = try add("Pool") {
            pare_pooling_create(&$0, engine, PARE_INFERENCE, kind, from.handle, to.handle, &window)
        }
        try primitive.set(PARE_SOURCE, source)
        let memory = try destination(primitive.layout(of: PARE_DESTINATION))
        try primitive.set(PARE_DESTINATION, memory)
        return memory
    }

    /// The maximum of images with channels side by side, by a kernel of our own: oneDNN's takes several times as long. Nil for other layouts.
    private mutating func poolLanes(
        _ settings: Pooling, _ source: BoundMemory, _ input: Shape, _ output: Shape
    ) throws(KernelError) -> BoundMemory? {
        guard let order = try ImageOrder(of: source.layout, input), let lanes = order.lanes(channels: input[1]) else { return nil }
        let memory = try destination(order.layout(output))
        let maximum = LaneMaximum(settings, input, output, lanes: lanes)
        current.steps.append(.maximum(PooledImages(maximum, from: source, to: memory)))
        return memory
    }

    /// Window mean; where a last window of `ceilMode` reaches past the padding, oneDNN divides by too much, and a factor makes up for it.
    mutating func buildAveragePooling(_ stage: PlannedStage, _ settings: Pooling) throws(KernelError) {
        guard settings.countIncludesPadding else { return try buildPooling(stage, settings, PARE_MEAN_WITHOUT_PADDING) }
        let input = stage.operands[0].shape
        let memory = try pool(settings, PARE_MEAN_WITH_PADDING, try source(stage.operands[0]), input)
        if let factors = settings.overhangFactors(input: input, output: plan.values[stage.output].shape) {
            try multiply(memory, by: factors)
        }
        try addActivation(to: memory, stage)
    }

    /// Multiplies in place by a tensor that broadcasts.
    private mutating func multiply(_ memory: BoundMemory, by factors: Tensor) throws(KernelError) {
        let second = try temporary(.strided(factors.shape))
        if let start = factors.bytes.baseAddress { second.data?.copyMemory(from: start, byteCount: factors.bytes.count) }
        let (engine, layout) = (engine.handle, memory.layout.handle)
        let primitive = try add("Mul") {
            pare_binary_create(&$0, engine, PARE_MULTIPLY, layout, second.layout.handle, layout, nil)
        }
        try primitive.set(PARE_SOURCE, memory)
        try primitive.set(PARE_SOURCE_1, second)
        try primitive.set(PARE_DESTINATION, memory)
    }

    /// Mean over all pixels.
    mutating func buildGlobalPooling(_ stage: PlannedStage) throws(KernelError) {
        let images = stage.operands[0].shape
        try buildPooling(stage, Pooling(kernel: [images[2], images[3]]), PARE_MEAN_WITHOUT_PADDING)
    }
}

extension pare_window {
    init(_ settings: Convolution) {
        self.init(
            kernel: pair(settings.kernel[...]), strides: pair(settings.strides[...]), dilations: pair(settings.dilations[...]),
            padding_before: pair(settings.pads[...]), padding_after: pair(settings.pads[2...]))
    }

    /// The padding after the pixels grows to what the last window of `ceilMode` needs.
    init(_ settings: Pooling, input: Shape, output: Shape) {
        let after = (0..<2).map { max(settings.pads[$0 + 2], settings.reach(input, output, $0)) }
        self.init(
            kernel: pair(settings.kernel[...]), strides: pair(settings.strides[...]), dilations: pair(settings.dilations[...]),
            padding_before: pair(settings.pads[...]), padding_after: pair(after[...]))
    }
}

extension Pooling {
    /// How far the last window reaches past the pixels of an axis.
    func reach(_ input: Shape, _ output: Shape, _ axis: Int) -> Int {
        (output[axis + 2] - 1) * strides[axis] + span(axis) - pads[axis] - input[axis + 2]
    }

    /// What a mean over whole windows must be multiplied by to be one over pixels and padding, [1, 1, H', W'];
    /// nil where no window reaches past the padding.
    func overhangFactors(input: Shape, output: Shape) -> Tensor? {
        guard (0..<2).contains(where: { reach(input, output, $0) > pads[$0 + 2] }) else { return nil }
        let factors = (0..<2).map { axis in
            (0..<output[axis + 2]).map { position in
                let end = input[axis + 2] + pads[axis] + pads[axis + 2]
                let taps = (0..<kernel[axis]).count { position * strides[axis] + $0 * dilations[axis] < end }
                return Float(kernel[axis]) / Float(taps)
            }
        }
        return Tensor(shape: [1, 1, output[2], output[3]], floats: factors[0].flatMap { row in factors[1].map { row * $0 } })
    }
}

extension pare_post_operations {
    /// Steps in order: alpha · x where alpha is not 1, then a function, if oneDNN has it.
    init(alpha: Float = 1, _ activation: UnaryFunction?) {
        self.init()
        if alpha != 1 { append(pare_post_operation(kind: PARE_POST_ELEMENTWISE, function: PARE_LINEAR, alpha: alpha, beta: 0)) }
        for step in activation?.steps ?? [] { append(step) }
    }

    private mutating func append(_ step: pare_post_operation) {
        switch count {
        case 0: steps.0 = step
        case 1: steps.1 = step
        case 2: steps.2 = step
        default: steps.3 = step
        }
        count += 1
    }
}
