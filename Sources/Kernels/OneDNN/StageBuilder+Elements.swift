import COneDNN
import Networks
import Tensors

extension StageBuilder {
    /// Two operands with broadcasting, an activation fused; by a kernel of our own where the first is the smaller one and order matters, or neither
    /// has the shape of the result.
    mutating func buildBinary(_ stage: PlannedStage, _ kind: pare_binary) throws(KernelError) {
        let shape = plan.values[stage.output].shape
        var operands = stage.operands
        let isSymmetric = kind != PARE_SUBTRACT && kind != PARE_DIVIDE
        if operands[0].shape != shape, isSymmetric { operands.swapAt(0, 1) }
        guard operands[0].shape == shape, shape.rank > 0, shape.rank <= Int(PARE_MAXIMUM_RANK) else {
            return try buildCombination(stage, kind.combination)
        }
        let first = try source(operands[0])
        let second = try secondSource(operands[1], shape, like: first)
        let memory = try destination(first.layout)
        // Of images side by side oneDNN 2.6 gets the last ones wrong where a function is joined to it (seen with AVX-512).
        guard choice.usesLanes(index), stage.activation != nil else {
            return try addBinary(kind, first, second, into: memory, stage.activation)
        }
        try addBinary(kind, first, second, into: memory, nil)
        try addActivation(to: memory, stage)
    }

    /// The second operand as the first lies, where it has images of its own; else row-major.
    private mutating func secondSource(_ operand: Operand, _ shape: Shape, like first: BoundMemory) throws(KernelError) -> BoundMemory {
        if operand.shape == shape { return try reordered(try source(operand), to: first.layout) }
        let raised = operand.reshaped(operand.shape.raised(to: shape.rank))
        guard shape.rank == 4, case .value = operand, operand.shape.rank == 4, operand.shape[0] == shape[0], operand.shape[1] == shape[1],
            let order = try ImageOrder(of: first.layout, shape)
        else { return try source(raised, plain: true) }
        return try reordered(try source(operand), to: order.layout(operand.shape))
    }

    /// Two operands, where extents of 1 in `second` are repeated.
    mutating func addBinary(
        _ kind: pare_binary, _ first: BoundMemory, _ second: BoundMemory, into memory: BoundMemory, _ activation: UnaryFunction?
    ) throws(KernelError) {
        var post = pare_post_operations(activation)
        let engine = engine.handle
        let primitive = try add("binary") {
            pare_binary_create(
                &$0, engine, kind, first.layout.handle, second.layout.handle, memory.layout.handle, &post)
        }
        try primitive.set(PARE_SOURCE, first)
        try primitive.set(PARE_SOURCE_1, second)
        try primitive.set(PARE_DESTINATION, memory)
    }

    /// A function of each element in the layout that it finds.
    mutating func buildUnary(_ stage: PlannedStage, _ function: UnaryFunction) throws(KernelError) {
        guard let steps = function.steps else {
            guard let kernel = function.kernel else { return try buildPlain(stage) }
            return try buildFunction(stage, kernel)
        }
        let from = try source(stage.operands[0])
        let memory = try destination(from.layout)
        for (place, step) in steps.enumerated() { try addElementwise(step, from: place == 0 ? from : memory, to: memory) }
        try addActivation(to: memory, stage)
    }

    private mutating func addElementwise(
        _ step: pare_post_operation, from source: BoundMemory, to memory: BoundMemory
    ) throws(KernelError) {
        let (engine, layout) = (engine.handle, source.layout)
        let primitive = try add("elementwise") {
            pare_elementwise_create(&$0, engine, PARE_INFERENCE, step.function, layout.handle, step.alpha, step.beta)
        }
        try primitive.set(PARE_SOURCE, source)
        try primitive.set(PARE_DESTINATION, memory)
    }

    /// Applies the stage's function in place, for kernels that can't do it themselves.
    mutating func addActivation(to memory: BoundMemory, _ stage: PlannedStage) throws(KernelError) {
        for step in stage.activation?.steps ?? [] { try addElementwise(step, from: memory, to: memory) }
    }

    mutating func buildSoftmax(_ stage: PlannedStage, _ axis: Int, isLogarithm: Bool = false) throws(KernelError) {
        let source = try source(stage.operands[0], plain: true)
        let (engine, layout) = (engine.handle, source.layout)
        let axis = Int32(axis < 0 ? axis + stage.operands[0].shape.rank : axis)
        let primitive = try add("Softmax") {
            pare_softmax_create(&$0, engine, PARE_INFERENCE, layout.handle, axis, isLogarithm ? 1 : 0)
        }
        try primitive.set(PARE_SOURCE, source)
        let memory = try destination(layout)
        try primitive.set(PARE_DESTINATION, memory)
        try addActivation(to: memory, stage)
    }

    /// Along the last axis, with scale and shift as parameters; by a kernel of our own for other forms.
    mutating func buildLayerNormalization(_ stage: PlannedStage, axis: Int, _ epsilon: Float) throws(KernelError) {
        let shape = stage.operands[0].shape
        let parameters = stage.operands.dropFirst()
        let fits = parameters.allSatisfy { if case .parameter(_, let own) = $0 { own.count == shape.dimensions.last } else { false } }
        guard (2...5).contains(shape.rank), axis == shape.rank - 1, fits, parameters.count == 2 else {
            return try buildRowNormalization(stage, axis: axis, epsilon)
        }
        let source = try source(stage.operands[0], plain: true)
        let (engine, layout) = (engine.handle, source.layout)
        let primitive = try add("LayerNormalization") { pare_layer_normalization_create(&$0, engine, layout.handle, epsilon) }
        try primitive.set(PARE_SOURCE, source)
        for (argument, operand) in zip([PARE_SCALE, PARE_SHIFT], parameters) {
            try primitive.set(argument, try self.source(operand.reshaped([operand.shape.count])))
        }
        let memory = try destination(layout)
        try primitive.set(PARE_DESTINATION, memory)
        try addActivation(to: memory, stage)
    }

    /// Statistics [C] stay parameters, so that what the file has is what is computed with.
    mutating func buildNormalization(_ stage: PlannedStage, _ epsilon: Float) throws(KernelError) {
        let source = try source(stage.operands[0])
        let (engine, layout) = (engine.handle, source.layout)
        let relu: Int32 = stage.withRelu ? 1 : 0
        let primitive = try add("BatchNormalization") {
            pare_batch_normalization_create(&$0, engine, layout.handle, epsilon, relu)
        }
        try primitive.set(PARE_SOURCE, source)
        let arguments = [PARE_SCALE, PARE_SHIFT, PARE_MEAN, PARE_VARIANCE]
        for (argument, operand) in zip(arguments, stage.operands.dropFirst()) {
            guard case .parameter = operand else { throw unsupported(stage, "its statistics are computed") }
            try primitive.set(argument, try self.source(operand))
        }
        try primitive.set(PARE_DESTINATION, try destination(layout))
    }

    mutating func buildConcatenation(_ stage: PlannedStage, _ axis: Int) throws(KernelError) {
        var sources: [BoundMemory] = []
        for operand in stage.operands { sources.append(try source(operand)) }
        let shape = plan.values[stage.output].shape
        let to = try MemoryLayoutHandle.any(shape)
        let handles = sources.map { Optional($0.layout.handle) }
        let axis = Int32(axis < 0 ? axis + shape.rank : axis)
        let engine = engine.handle
        let primitive = try add("Concat") {
            pare_concatenation_create(&$0, engine, Int32(handles.count), handles, axis, to.handle)
        }
        for (offset, source) in sources.enumerated() { try primitive.set(PARE_MULTIPLE_SOURCES, offset: offset, source) }
        let memory = try destination(primitive.layout(of: PARE_DESTINATION))
        try primitive.set(PARE_DESTINATION, memory)
        try addActivation(to: memory, stage)
    }
}
