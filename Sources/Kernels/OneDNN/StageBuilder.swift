import CKernels
import COneDNN
import Networks
import Tensors

/// Chooses primitives and layouts for a plan, stage by stage.
///
/// A primitive that gains from it chooses its own layouts; where its source lies otherwise, a reorder goes before it. Pooling, Relu and sums
/// keep the layout that they find.
struct StageBuilder {
    let plan: StagePlan
    let engine: ProcessorEngine
    /// What works on images side by side.
    let choice: LaneChoice
    /// By stage, whether a convolution has its channels in blocks of 8; empty where none has.
    private let blocks: [Bool]
    /// The layout of each value, set by the stage that makes it.
    var layouts: [MemoryLayoutHandle]
    /// Row-major without gaps?
    var isPlain: [Bool]
    /// Side by side?
    var liesInLanes: [Bool]
    /// Levels of 8 bits, their channels last?
    var grids: [LevelGrid?]
    /// The steps of weights that are whole multiples.
    let steps: WeightSteps
    /// By value and boundary.
    var places: [[ValuePlace]]
    var built: [BuiltStage] = []
    /// The stage under construction.
    var current = BuiltStage()
    var index = 0

    init(
        _ plan: StagePlan, engine: ProcessorEngine, _ choice: LaneChoice, steps: WeightSteps = WeightSteps()
    ) throws(KernelError) {
        self.plan = plan
        self.engine = engine
        self.choice = choice
        self.steps = steps
        grids = Array(repeating: nil, count: plan.values.count)
        blocks = BlockPlanner.choice(plan)
        liesInLanes = Array(repeating: false, count: plan.values.count)
        layouts = Array(repeating: try .strided(plan.values[0].shape), count: plan.values.count)
        isPlain = Array(repeating: true, count: plan.values.count)
        places = plan.values.enumerated().map { value, planned in
            planned.boundaries.map { ValuePlace(value: value, boundary: $0) }
        }
    }

    /// Whether the convolution under construction has its channels in blocks of 8.
    var usesBlocks: Bool { blocks.indices.contains(index) && blocks[index] }

    /// Builds all stages.
    mutating func build() throws(KernelError) {
        for (index, stage) in plan.stages.enumerated() {
            self.index = index
            current = BuiltStage()
            try build(stage)
            if stage.operation != .identity { try addChain(stage) }
            built.append(current)
        }
    }

    private mutating func build(_ stage: PlannedStage) throws(KernelError) {
        switch stage.operation {
        case .convolution(let settings) where settings.kernel.count == 2: try buildConvolution(stage, settings)
        case .gemm(let settings): try buildGemm(stage, settings)
        case .matrixMultiplication where stage.operands.allSatisfy({ $0.shape.rank > 1 }): try buildMatrixMultiplication(stage)
        case .binary where choice.integers.levels.contains(index), .variadic where choice.integers.levels.contains(index):
            try buildLevelSum(stage)
        case .binary(let function) where function.primitive != nil: try buildBinary(stage, function.primitive ?? PARE_ADD)
        case .variadic(let function) where stage.operands.count == 2 && function.primitive != nil:
            try buildBinary(stage, function.primitive ?? PARE_ADD)
        case .binary(let function): try buildCombination(stage, function.combination)
        case .variadic(let function): try buildCombination(stage, function.combination, isMean: function == .mean)
        case .select: try buildCombination(stage, PARE_COMBINE_CHOOSE)
        case .unary(let function): try buildUnary(stage, function)
        case .activation where choice.integers.levels.contains(index): try buildLevels(stage)
        case .maxPool(let settings) where choice.integers.levels.contains(index): try buildLevelPooling(stage, settings)
        case .maxPool(let settings) where choice.usesLanes(index): try buildLanePooling(stage, settings)
        case .maxPool(let settings) where settings.kernel.count == 2: try buildPooling(stage, settings, PARE_MAXIMUM)
        case .averagePool(let settings) where settings.kernel.count == 2: try buildAveragePooling(stage, settings)
        case .globalAveragePool where stage.operands[0].shape.rank == 4: try buildGlobalPooling(stage)
        case .softmax(let axis): try buildSoftmax(stage, axis)
        case .logSoftmax(let axis): try buildSoftmax(stage, axis, isLogarithm: true)
        case .reduction(let reduction): try buildReduction(stage, reduction)
        case .extremePlace(let place): try buildExtremePlace(stage, place)
        case .globalMaxPool: try buildGlobalMaximum(stage)
        case .transposedConvolution(let settings): try buildTransposedConvolution(stage, settings)
        case .resize(let resize): try buildResize(stage, resize)
        case .transpose, .slice, .gather, .expand, .tile, .pad, .depthToSpace, .spaceToDepth, .recurrencePart: try buildMovement(stage)
        case .cast(let type): try buildCast(stage, type)
        case .quantizeLinear(let code): try buildCode(stage, code, quantizes: true)
        case .dequantizeLinear(let code): try buildCode(stage, code, quantizes: false)
        case .dynamicQuantization(let settings): try buildDynamicCode(stage, settings)
        case .instanceNormalization(let epsilon): try buildGroupNormalization(stage, groups: stage.operands[0].shape[1], epsilon)
        case .groupNormalization(let groups, let epsilon): try buildGroupNormalization(stage, groups: groups, epsilon)
        case .responseNormalization(let settings): try buildResponses(stage, settings)
        case .layerNormalization(let axis, let epsilon): try buildLayerNormalization(stage, axis: axis, epsilon)
        case .batchNormalization(let epsilon): try buildNormalization(stage, epsilon)
        case .concatenation(let axis): try buildConcatenation(stage, axis)
        case .activation(let quantizer): try buildActivation(stage, quantizer)
        case .recurrence(let recurrence): try buildRecurrence(stage, recurrence)
        case .identity where !stage.chain.isEmpty: try buildChain(stage)
        case .identity, .dropout, .flatten, .reshape, .squeeze, .unsqueeze, .unsupported:
            throw unsupported(stage, "it has no kernel")
        default: try buildPlain(stage)
        }
    }

    func unsupported(_ stage: PlannedStage, _ reason: String) -> KernelError {
        .unsupported(node: stage.name, operation: stage.operation.name, reason: reason)
    }
}

extension StageBuilder {
    /// Makes a primitive and adds it to the stage.
    mutating func add(_ operation: String, _ make: (inout OpaquePointer?) -> Int32) throws(KernelError) -> Primitive {
        let primitive = try create(operation, make)
        current.steps.append(.primitive(primitive))
        return primitive
    }

    /// Makes a primitive that may yet be dropped.
    func create(_ operation: String, _ make: (inout OpaquePointer?) -> Int32) throws(KernelError) -> Primitive {
        var handle: OpaquePointer?
        try check(make(&handle), "\(operation) in \(plan.stages[index].name)")
        return Primitive(try made(handle, operation))
    }

    /// Memory of the stage's own.
    mutating func temporary(_ layout: MemoryLayoutHandle) throws(KernelError) -> BoundMemory {
        let buffer = AlignedBuffer(byteCount: layout.byteCount)
        current.buffers.append(buffer)
        return try BoundMemory(layout, in: engine, at: buffer.start)
    }

    /// A value at a boundary, under a layout of the same bytes.
    mutating func bind(_ value: Int, at boundary: Int, _ layout: MemoryLayoutHandle) throws(KernelError) -> BoundMemory {
        let memory = try BoundMemory(layout, in: engine)
        places[value][boundary - plan.values[value].boundaries.lowerBound].memories.append(memory)
        return memory
    }

    /// An operand under its shape; in lanes for a stage that works on them, row-major where `plain` asks for it, or where the shape is not the one
    /// that it was made with.
    mutating func source(_ operand: Operand, plain: Bool = false) throws(KernelError) -> BoundMemory {
        if !plain, choice.usesLanes(index), case .value(let value, let shape) = operand, shape.rank == 4,
            shape == plan.values[value].shape
        {
            return try laneSource(operand)
        }
        return try unlaned(operand, plain: plain)
    }

    /// The same for a stage that does not work on lanes.
    mutating func unlaned(_ operand: Operand, plain: Bool = false) throws(KernelError) -> BoundMemory {
        switch operand {
        case .parameter(let name, let shape):
            let layout = try MemoryLayoutHandle.strided(shape)
            return try constant(name, from: layout, to: layout)
        case .value(let value, let shape):
            let made = plan.values[value].shape
            if isPlain[value] { return try bind(value, at: index, .strided(shape)) }
            if let grid = grids[value] {
                let copy = try levelValues(value, grid)
                guard plain || shape != made else { return copy }
                let rows = try reordered(copy, to: .strided(made))
                return shape == made ? rows : try BoundMemory(.strided(shape), in: engine, at: rows.data)
            }
            if liesInLanes[value] {
                let copy = try rowSource(value, plain: plain || shape != made)
                return shape == made ? copy : try BoundMemory(.strided(shape), in: engine, at: copy.data)
            }
            let memory = try bind(value, at: index, layouts[value])
            guard plain || shape != made else { return memory }
            let copy = try reordered(memory, to: .strided(made))
            return shape == made ? copy : try BoundMemory(.strided(shape), in: engine, at: copy.data)
        }
    }

    /// The transpose of a matrix, row-major.
    mutating func transposedSource(_ operand: Operand) throws(KernelError) -> BoundMemory {
        let (rows, columns) = (operand.shape[0], operand.shape[1])
        let plain = try MemoryLayoutHandle.strided([columns, rows])
        let crossed = try MemoryLayoutHandle.strided([columns, rows], strides: [1, columns])
        switch operand {
        case .parameter(let name, _): return try constant(name, from: crossed, to: plain)
        case .value(let value, _) where isPlain[value]: return try reordered(try bind(value, at: index, crossed), to: plain)
        case .value:
            let copy = try source(operand, plain: true)
            return try reordered(try BoundMemory(crossed, in: engine, at: copy.data), to: plain)
        }
    }

    /// The tensor in the layout that a primitive wants.
    mutating func reordered(_ memory: BoundMemory, to layout: MemoryLayoutHandle) throws(KernelError) -> BoundMemory {
        if memory.layout.equals(layout) { return memory }
        let copy = try temporary(layout)
        let (from, to, engine) = (memory.layout.handle, layout.handle, engine.handle)
        let primitive = try add("reorder") { pare_reorder_create(&$0, engine, from, to) }
        try primitive.set(PARE_SOURCE, memory)
        try primitive.set(PARE_DESTINATION, copy)
        return copy
    }

    /// The memory of what the stage makes, in `layout`: a layout of its shape, or one of the same bytes row-major as `rows` says.
    mutating func destination(_ layout: MemoryLayoutHandle, rows: Bool = false) throws(KernelError) -> BoundMemory {
        let value = plan.stages[index].output
        let plain = try MemoryLayoutHandle.strided(plan.values[value].shape)
        isPlain[value] = rows || layout.equals(plain)
        layouts[value] = isPlain[value] ? plain : layout
        let shape = plan.values[value].shape
        if choice.usesLanes(index), !isPlain[value], shape.rank == 4 { liesInLanes[value] = try layout.equals(laneLayout(shape)) }
        return try bind(value, at: index + 1, layout)
    }

    /// A parameter for one primitive; its values are loaded later.
    mutating func constant(
        _ name: String, from source: MemoryLayoutHandle, by detour: Constant.Detour? = nil, to target: MemoryLayoutHandle,
        scale: Float = 1, repeats: Int = 1
    ) throws(KernelError) -> BoundMemory {
        let constant = try Constant(
            name, from: source, by: detour, to: target, scale: scale, repeats: repeats, in: engine)
        current.constants.append(constant)
        return constant.memory
    }
}

extension StageBuilder {
    /// The logits row-major, and what brings them there after the last stage.
    mutating func buildLogits() throws(KernelError) -> (BoundMemory, BuiltStage) {
        current = BuiltStage()
        index = plan.stages.count
        let memory = try source(plan.output, plain: true)
        return (memory, current)
    }
}
