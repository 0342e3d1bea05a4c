import COneDNN
import Networks
import Tensors

extension StageBuilder {
    /// Sum of two operands with broadcasting, Relu fused.
    mutating func buildAdd(_ stage: PlannedStage) throws(KernelError) {
        let shape = plan.values[stage.output].shape
        var operands = stage.operands
        if operands[0].shape != shape { operands.swapAt(0, 1) }
        guard operands[0].shape == shape else { return try buildOuterAdd(stage, operands) }
        let isSame = operands[1].shape == shape
        let first = try source(operands[0])
        let second =
            isSame
            ? try reordered(try source(operands[1]), to: first.layout)
            : try source(operands[1].reshaped(operands[1].shape.raised(to: shape.rank)), plain: true)
        try addBinary(first, second, into: try destination(first.layout), relu: stage.withRelu)
    }

    /// Neither operand has the shape of the sum: 0 + first, then + second.
    private mutating func buildOuterAdd(_ stage: PlannedStage, _ operands: [Operand]) throws(KernelError) {
        let shape = plan.values[stage.output].shape
        let layout = try MemoryLayoutHandle.strided(shape)
        let zeros = try temporary(layout)
        let memory = try destination(layout)
        var terms: [BoundMemory] = []
        for operand in operands { terms.append(try source(operand.reshaped(operand.shape.raised(to: shape.rank)), plain: true)) }
        try addBinary(zeros, terms[0], into: memory, relu: false)
        try addBinary(memory, terms[1], into: memory, relu: stage.withRelu)
    }

    /// first + second, where extents of 1 in `second` are repeated.
    mutating func addBinary(
        _ first: BoundMemory, _ second: BoundMemory, into memory: BoundMemory, relu: Bool
    ) throws(KernelError) {
        var post = pare_post_operations(relu: relu)
        let engine = engine.handle
        let primitive = try add("Add") {
            pare_binary_create(
                &$0, engine, PARE_ADD, first.layout.handle, second.layout.handle, memory.layout.handle, &post)
        }
        try primitive.set(PARE_SOURCE, first)
        try primitive.set(PARE_SOURCE_1, second)
        try primitive.set(PARE_DESTINATION, memory)
    }

    /// A Relu of a value that others read too.
    mutating func buildRelu(_ stage: PlannedStage) throws(KernelError) {
        let source = try source(stage.operands[0])
        let (engine, layout) = (engine.handle, source.layout)
        let primitive = try add("Relu") {
            pare_elementwise_create(&$0, engine, PARE_INFERENCE, PARE_RELU, layout.handle, 0, 0)
        }
        try primitive.set(PARE_SOURCE, source)
        try primitive.set(PARE_DESTINATION, try destination(layout))
    }

    mutating func buildSoftmax(_ stage: PlannedStage, _ axis: Int) throws(KernelError) {
        let source = try source(stage.operands[0], plain: true)
        let (engine, layout) = (engine.handle, source.layout)
        let axis = Int32(axis < 0 ? axis + stage.operands[0].shape.rank : axis)
        let primitive = try add("Softmax") { pare_softmax_create(&$0, engine, PARE_INFERENCE, layout.handle, axis) }
        try primitive.set(PARE_SOURCE, source)
        let memory = try destination(layout)
        try primitive.set(PARE_DESTINATION, memory)
        try addRelu(to: memory, stage)
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
        try addRelu(to: memory, stage)
    }
}
