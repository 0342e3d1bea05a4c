import COneDNN
import Networks
import Tensors

extension StageBuilder {
    /// alpha · op(A) · op(B) + beta · C: an inner product where B and C are parameters, a matrix product and a sum otherwise.
    mutating func buildGemm(_ stage: PlannedStage, _ settings: Gemm) throws(KernelError) {
        let (a, b) = (stage.operands[0], stage.operands[1])
        let bias = stage.operands.count > 2 ? stage.operands[2] : nil
        let units = settings.transposeB ? b.shape[0] : b.shape[1]
        if case .value = a, case .parameter = b, !settings.transposeA, bias.isRow(of: units) {
            let layer = LinearLayer(
                weights: b, isTransposed: !settings.transposeB, units: units, weightScale: settings.alpha, bias: bias,
                biasScale: settings.beta)
            return try buildInnerProduct(stage, a, layer)
        }
        let first = settings.transposeA ? try transposedSource(a) : try source(a, plain: true)
        let second = settings.transposeB ? try transposedSource(b) : try source(b, plain: true)
        try buildProduct(stage, first, second, alpha: settings.alpha, adding: bias, beta: settings.beta)
    }

    /// A [.., N, K] · B [.., K, M], and a fused bias [M].
    mutating func buildMatrixMultiplication(_ stage: PlannedStage) throws(KernelError) {
        let (a, b) = (stage.operands[0], stage.operands[1])
        let depth = a.shape[a.shape.rank - 1]
        if case .value = a, case .parameter = b, b.shape.rank == 2, depth > 0 {
            let layer = LinearLayer(weights: b, isTransposed: true, units: b.shape[1], bias: stage.bias)
            let rows = a.shape.rank == 2 ? a : a.reshaped([a.shape.count / depth, depth])
            return try buildInnerProduct(stage, rows, layer)
        }
        let rank = plan.values[stage.output].shape.rank
        let first = try source(a.reshaped(a.shape.raised(to: rank)), plain: true)
        let second = try source(b.reshaped(b.shape.raised(to: rank)), plain: true)
        try buildProduct(stage, first, second, adding: stage.bias)
    }

    private mutating func buildProduct(
        _ stage: PlannedStage, _ first: BoundMemory, _ second: BoundMemory, alpha: Float = 1, adding bias: Operand?, beta: Float = 1
    ) throws(KernelError) {
        let output = try MemoryLayoutHandle.strided(plan.values[stage.output].shape)
        var post = pare_post_operations(alpha: alpha, bias == nil ? stage.activation : nil)
        let engine = engine.handle
        let primitive = try add(stage.operation.name) {
            pare_matrix_product_create(&$0, engine, first.layout.handle, second.layout.handle, output.handle, &post)
        }
        let memory = try destination(output)
        try primitive.set(PARE_SOURCE, first)
        try primitive.set(PARE_WEIGHTS, second)
        try primitive.set(PARE_DESTINATION, memory)
        guard let bias else { return }
        let raised = bias.reshaped(bias.shape.raised(to: plan.values[stage.output].shape.rank))
        let term = try scaled(try source(raised, plain: true), by: beta)
        try addBinary(PARE_ADD, memory, term, into: memory, stage.activation)
    }

    private mutating func scaled(_ memory: BoundMemory, by factor: Float) throws(KernelError) -> BoundMemory {
        if factor == 1 { return memory }
        let (engine, layout) = (engine.handle, memory.layout)
        let copy = try temporary(layout)
        let primitive = try add("scale") {
            pare_elementwise_create(&$0, engine, PARE_INFERENCE, PARE_LINEAR, layout.handle, factor, 0)
        }
        try primitive.set(PARE_SOURCE, memory)
        try primitive.set(PARE_DESTINATION, copy)
        return copy
    }
}

extension Operand {
    /// The parameter's name; empty for a computed value.
    var name: String { if case .parameter(let name, _) = self { name } else { "" } }
}

extension Operand? {
    /// Whether it is left out, or is a parameter that holds one number or one for each of `units` columns.
    func isRow(of units: Int) -> Bool {
        guard let operand = self else { return true }
        guard case .parameter(_, let shape) = operand else { return false }
        return shape.count == 1 || (shape.count == units && shape.dimensions.last == units)
    }
}

extension Shape {
    /// The same extents after as many of 1 as the rank needs.
    func raised(to rank: Int) -> Shape { Shape([Int](repeating: 1, count: max(0, rank - self.rank)) + dimensions) }
}
