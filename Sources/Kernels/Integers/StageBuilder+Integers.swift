import COneDNN
import Networks
import Tensors

extension StageBuilder {
    /// A convolution of levels by whole weights, channels last; then what it leaves, and the window maximum where one was joined.
    mutating func buildIntegerConvolution(_ layer: ConvolutionLayer, _ stage: PlannedStage) throws(KernelError) {
        guard case .value(let value, _) = layer.source, let grid = grids[value] else { throw unsupported(stage, "it reads no levels") }
        let batch = layer.output[0]
        let images = (1...max(batch, 1)).last { batch % $0 == 0 && $0 * layer.output.rowCount * 4 <= Self.pooledBytes } ?? 1
        let (input, output) = (layer.source.shape.with(images: images), layer.output.with(images: images))
        let (from, to) = (try ImageOrder.last(input, of: PARE_TYPE_BYTES), try ImageOrder.last(output, of: PARE_TYPE_WHOLE32))
        let weights = try MemoryLayoutHandle.bytes(layer.weightShape, isSigned: true)
        var window = pare_window(layer.settings)
        let engine = engine.handle
        let primitives = try onOneThread { builder throws(KernelError) in
            try builder.create("Conv") {
                pare_convolution_create(
                    &$0, engine, PARE_INFERENCE, from.handle, weights.handle, nil, to.handle, &window, nil)
            }
        }
        let scales = try integerWeights(
            layer.weights, IntegerWeights.Form(shape: Shape([layer.output[1], layer.weightShape.count / layer.output[1]])),
            as: layer.weightShape, for: primitives, grid)
        let bias = try layer.bias.map { name throws(KernelError) in try floatRow(name, layer.output[1]) }
        let source = try bind(value, at: index, layouts[value])
        let rows = images * layer.output[2] * layer.output[3]
        let finish = try self.finish(stage, scales, bias)
        let memory =
            try stage.pooling == nil
            ? results(stage, finish) : temporary(ImageOrder.channelsLast.layout(layer.output))
        try addInteger(primitives, examples: from, groups: batch / images, rows: rows, finish, from: source, to: memory)
        if let pooling = stage.pooling {
            try addLeft(of: stage, to: memory)
            _ = try pool(pooling.settings, PARE_MAXIMUM, memory, layer.output)
        } else if finish.levels == nil {
            try addLeft(of: stage, to: memory)
        }
    }

    /// A product of levels by whole weights. Levels of images are read as they lie, by weights in the same order.
    mutating func buildIntegerProduct(_ stage: PlannedStage, _ operand: Operand, _ layer: LinearLayer) throws(KernelError) {
        guard case .value(let value, let shape) = operand, let grid = grids[value] else { throw unsupported(stage, "it reads no levels") }
        let made = plan.values[value].shape
        let (batch, threads) = (shape[0], Int(max(1, pare_thread_count())))
        let examples = (1...max(batch, 1)).last { batch % $0 == 0 && $0 <= max(1, (batch + threads - 1) / threads) } ?? 1
        let from = try MemoryLayoutHandle.strided([examples, layer.depth], of: PARE_TYPE_BYTES)
        let to = try MemoryLayoutHandle.strided([examples, layer.units], of: PARE_TYPE_WHOLE32)
        let weights = try MemoryLayoutHandle.bytes([layer.units, layer.depth], isSigned: true)
        let engine = engine.handle
        let primitives = try onOneThread { builder throws(KernelError) in
            try builder.create(stage.operation.name) {
                pare_inner_product_create(&$0, engine, PARE_INFERENCE, from.handle, weights.handle, nil, to.handle, nil)
            }
        }
        let form = IntegerWeights.Form(
            shape: layer.isTransposed ? [layer.depth, layer.units] : [layer.units, layer.depth], hasColumns: layer.isTransposed,
            images: made.rank == 4 ? Shape(Array(made.dimensions.dropFirst())) : nil)
        let scales = try integerWeights(
            layer.weights.name, form, as: [layer.units, layer.depth], for: primitives, grid, factor: layer.weightScale)
        let row = try MemoryLayoutHandle.strided([layer.units])
        let bias = try layer.bias.map { operand throws(KernelError) in
            try constant(
                operand.name, from: row, to: row, scale: layer.biasScale, repeats: operand.shape.count == layer.units ? 1 : layer.units)
        }
        let source = try bind(value, at: index, layouts[value])
        let finish = try self.finish(stage, scales, bias)
        let memory = try results(stage, finish)
        try addInteger(primitives, examples: from, groups: batch / examples, rows: examples, finish, from: source, to: memory)
        if finish.levels == nil { try addLeft(of: stage, to: memory) }
    }

    /// One primitive a thread, each planned to run on that thread alone.
    private func onOneThread(_ make: (StageBuilder) throws(KernelError) -> Primitive) throws(KernelError) -> [Primitive] {
        let threads = pare_thread_count()
        pare_set_thread_count(1)
        defer { pare_set_thread_count(threads) }
        var primitives: [Primitive] = []
        for _ in 0..<max(threads, 1) { primitives.append(try make(self)) }
        return primitives
    }

    /// Gives equal primitives one copy of the weights.
    private mutating func integerWeights(
        _ name: String, _ form: IntegerWeights.Form, as shape: Shape, for primitives: [Primitive], _ grid: LevelGrid, factor: Float = 1
    ) throws(KernelError) -> SumScales {
        let units = form.hasColumns ? form.shape[1] : form.shape[0]
        let scales = SumScales(count: units, factor: factor)
        let target = try primitives[0].layout(of: PARE_WEIGHTS)
        let weights = try IntegerWeights(name, form, as: shape, to: target, steps: steps, scales: scales, in: engine)
        current.constants += [weights, ScaleClip(grid, scales)]
        for primitive in primitives { try primitive.set(PARE_WEIGHTS, weights.memory) }
        return scales
    }

    private mutating func floatRow(_ name: String, _ count: Int) throws(KernelError) -> BoundMemory {
        let row = try MemoryLayoutHandle.strided([count])
        return try constant(name, from: row, to: row)
    }

    /// What becomes of the sums: levels where the quantizer that reads them leaves levels.
    private mutating func finish(_ stage: PlannedStage, _ scales: SumScales, _ bias: BoundMemory?) throws(KernelError) -> SumFinish {
        var finish = SumFinish(scales: scales, bias: bias, withRelu: stage.activation == .relu)
        if let grid = quantizer(of: index) { finish.levels = (try clip(of: grid), grid.bits) }
        return finish
    }

    /// The quantizer whose levels the layer at a stage leaves; nil where it leaves floats.
    private func quantizer(of index: Int) -> LevelGrid? {
        guard choice.integers.levels.contains(index) else { return nil }
        let output = plan.stages[index].output
        for case let stage in plan.stages where stage.operands.contains(where: { $0.value == output }) { return stage.levelGrid }
        return nil
    }

    private mutating func clip(of grid: LevelGrid) throws(KernelError) -> BoundMemory { try floatRow(grid.clip, 1) }

    /// Where the layer leaves its results: channels last, or row-major.
    private mutating func results(_ stage: PlannedStage, _ finish: SumFinish) throws(KernelError) -> BoundMemory {
        let shape = plan.values[stage.output].shape
        if finish.levels != nil { return try levelDestination(quantizer(of: index)) }
        return try destination(ImageOrder.last(shape, of: PARE_TYPE_FLOAT32), rows: shape.rank != 4)
    }

    /// The function of a stage that the finish did not do.
    private mutating func addLeft(of stage: PlannedStage, to memory: BoundMemory) throws(KernelError) {
        if stage.activation != .relu { try addActivation(to: memory, stage) }
    }

    private mutating func addInteger(
        _ primitives: [Primitive], examples: MemoryLayoutHandle, groups: Int, rows: Int, _ finish: SumFinish, from source: BoundMemory,
        to memory: BoundMemory
    ) throws(KernelError) {
        var workers: [IntegerStage.Worker] = []
        for primitive in primitives {
            let sums = try primitive.layout(of: PARE_DESTINATION)
            let (buffer, read) = (AlignedBuffer(byteCount: sums.byteCount), try BoundMemory(examples, in: engine))
            try primitive.set(PARE_SOURCE, read)
            try primitive.set(PARE_DESTINATION, try BoundMemory(sums, in: engine, at: buffer.start))
            workers.append(IntegerStage.Worker(primitive: primitive, source: read, sums: buffer))
        }
        current.steps.append(
            .integers(IntegerStage(workers, groups: groups, rows: rows, finish, from: source, to: memory, in: engine)))
    }
}

extension StageBuilder {
    /// The levels of a quantizer in the place of its floats.
    mutating func buildLevels(_ stage: PlannedStage) throws(KernelError) {
        guard let grid = stage.levelGrid else { throw unsupported(stage, "it makes no levels") }
        let (operand, clip) = (stage.operands[0], try self.clip(of: grid))
        let count = operand.shape.count
        if case .value(let value, _) = operand, grids[value] == grid {
            let source = try bind(value, at: index, layouts[value])
            let memory = try levelDestination(grid)
            current.steps.append(.levels(LevelStage(.copy, bits: grid.bits, clip: clip, from: source, to: memory, count: count)))
            return
        }
        let found = try source(operand, plain: operand.shape.rank != 4)
        let source = try reordered(found, to: ImageOrder.last(operand.shape, of: PARE_TYPE_FLOAT32))
        let memory = try levelDestination(grid)
        current.steps.append(.levels(LevelStage(.toLevels, bits: grid.bits, clip: clip, from: source, to: memory, count: count)))
    }

    /// A sum whose quantizer alone reads it, as the levels of that.
    mutating func buildLevelSum(_ stage: PlannedStage) throws(KernelError) {
        guard let grid = quantizer(of: index), stage.operands.count == 2 else { throw unsupported(stage, "it makes no levels") }
        let (first, second) = (try term(stage.operands[0]), try term(stage.operands[1]))
        let clip = try self.clip(of: grid)
        let (memory, count) = (try levelDestination(grid), plan.values[stage.output].shape.count)
        current.steps.append(.sum(SumStage(first, second, (clip, grid.bits), to: memory, count: count)))
    }

    /// Levels as they lie, other values as floats with their channels last.
    private mutating func term(_ operand: Operand) throws(KernelError) -> SumStage.Term {
        if case .value(let value, let shape) = operand, let grid = grids[value], shape == plan.values[value].shape {
            return SumStage.Term(memory: try bind(value, at: index, layouts[value]), grid: (try clip(of: grid), grid.bits))
        }
        let found = try unlaned(operand, plain: operand.shape.rank != 4)
        return SumStage.Term(memory: try reordered(found, to: ImageOrder.last(operand.shape, of: PARE_TYPE_FLOAT32)))
    }

    /// The window maximum of levels, which is the level of the maximum.
    mutating func buildLevelPooling(_ stage: PlannedStage, _ settings: Pooling) throws(KernelError) {
        guard case .value(let value, let input) = stage.operands[0], let grid = grids[value] else {
            throw unsupported(stage, "it reads no levels")
        }
        let output = plan.values[stage.output].shape
        let source = try bind(value, at: index, layouts[value])
        let memory = try levelDestination(grid)
        var window = pare_window(settings, input: input, output: output)
        let (engine, from, to) = (engine.handle, source.layout, memory.layout)
        let primitive = try add("MaxPool") {
            pare_pooling_create(&$0, engine, PARE_INFERENCE, PARE_MAXIMUM, from.handle, to.handle, &window)
        }
        try primitive.set(PARE_SOURCE, source)
        try primitive.set(PARE_DESTINATION, memory)
    }

    /// The floats that a value of levels stands for: channels last, or row-major.
    mutating func levelValues(_ value: Int, _ grid: LevelGrid) throws(KernelError) -> BoundMemory {
        let shape = plan.values[value].shape
        let source = try bind(value, at: index, layouts[value])
        let copy = try temporary(ImageOrder.last(shape, of: PARE_TYPE_FLOAT32))
        let clip = try self.clip(of: grid)
        current.steps.append(
            .levels(LevelStage(.toFloats, bits: grid.bits, clip: clip, from: source, to: copy, count: shape.count)))
        return copy
    }

    private mutating func levelDestination(_ grid: LevelGrid?) throws(KernelError) -> BoundMemory {
        let value = plan.stages[index].output
        let layout = try ImageOrder.last(plan.values[value].shape, of: PARE_TYPE_BYTES)
        (layouts[value], isPlain[value], grids[value]) = (layout, false, grid)
        return try bind(value, at: index + 1, layout)
    }
}

extension PlannedStage {
    /// The levels that a quantizer makes.
    var levelGrid: LevelGrid? {
        guard case .activation(let quantizer) = operation, case .clipped(let bits) = quantizer.kind, operands.count > 1,
            case .parameter(let clip, _) = operands[1]
        else { return nil }
        return LevelGrid(clip: clip, bits: bits)
    }
}

extension Operand {
    /// The value by index; nil of a parameter.
    var value: Int? { if case .value(let value, _) = self { value } else { nil } }
}
