import COneDNN
import Networks
import Tensors

extension OneDNNExecutor {
    /// Writes what the reference kernels make of examples that are no numbers or overflow; of other stages, NaN where they make one.
    func restoreNaN(_ index: Int) throws(KernelError) {
        let stage = plan.stages[index]
        var inputs: [ReferenceTensor] = []
        for operand in stage.operands { inputs.append(try tensor(operand, at: index)) }
        var shape = plan.values[stage.output].shape
        let examples = stage.doubtful(inputs, of: shape)
        if let examples {
            guard !examples.isEmpty else { return }
            inputs[0] = inputs[0].rows(examples)
            shape = Shape([examples.count] + shape.dimensions.dropFirst())
        }
        var bias: ReferenceTensor?
        if let own = stage.bias { bias = try tensor(own, at: index) }
        let exact = try stage.result(of: inputs, bias: bias, to: shape, parameter: parameter)
        try withRows(of: stage.output, at: index + 1, writesBack: true) { rows in
            let size = exact.values.count / shape[0]
            for (place, value) in exact.values.enumerated() where value.isNaN || examples != nil {
                rows[(examples?[place / size] ?? place / size) * size + place % size] = value
            }
        }
    }

    private func tensor(_ operand: Operand, at boundary: Int) throws(KernelError) -> ReferenceTensor {
        switch operand {
        case .parameter: return parameter(operand)
        case .value(let value, let shape):
            let step = kernels.grids[value].map { (parameters[$0.clip]?.floats.first ?? 0) / Float($0.largest) } ?? 1
            return try withRows(of: value, at: boundary) { rows in
                ReferenceTensor(shape: shape, values: step == 1 ? Array(rows) : rows.map { $0 * step })
            }
        }
    }

    private func parameter(_ operand: Operand) -> ReferenceTensor {
        let values = parameters[operand.name]?.floats ?? [Float](repeating: 0, count: operand.shape.count)
        return ReferenceTensor(shape: operand.shape, values: values)
    }

    /// Lends a value row-major, and takes it back where it is changed.
    private func withRows<Result>(
        of value: Int, at boundary: Int, writesBack: Bool = false, _ body: (UnsafeMutableBufferPointer<Float>) -> Result
    ) throws(KernelError) -> Result {
        let shape = plan.values[value].shape
        let plain = try MemoryLayoutHandle.strided(shape)
        let buffer = AlignedBuffer(byteCount: plain.byteCount)
        let own = try BoundMemory(kernels.layouts[value], in: engine, at: kernels.memory.address(of: value, at: boundary))
        let rows = try BoundMemory(plain, in: engine, at: buffer.start)
        try reorder(own, to: rows)
        let result = body(UnsafeMutableBufferPointer(start: buffer.start.assumingMemoryBound(to: Float.self), count: shape.count))
        if writesBack { try reorder(rows, to: own) }
        return result
    }

    private func reorder(_ from: BoundMemory, to: BoundMemory) throws(KernelError) {
        var handle: OpaquePointer?
        try check(pare_reorder_create(&handle, engine.handle, from.layout.handle, to.layout.handle), "reorder a value")
        let primitive = Primitive(try made(handle, "reorder a value"))
        try primitive.set(PARE_SOURCE, from)
        try primitive.set(PARE_DESTINATION, to)
        try check(pare_primitive_execute(primitive.handle, engine.handle), "reorder a value")
    }
}

extension PlannedStage {
    /// Whether a kernel of it may take a NaN for a number.
    var losesNaN: Bool {
        switch operation {
        case .unary(let function) where function.losesNaN: true
        case .variadic, .maxPool, .activation: true
        default: activation?.losesNaN ?? false || pooling != nil
        }
    }

    /// The examples of a product with parameters, [shape] in all, that are no numbers or so large that sums might be none; nil where examples do
    /// not stand for themselves, or a function makes NaN of numbers.
    fileprivate func doubtful(_ inputs: [ReferenceTensor], of shape: Shape) -> [Int]? {
        switch operation {
        case .convolution: break
        case .gemm(let settings) where !settings.transposeA: break
        default: return nil
        }
        guard fused != .squareRoot, inputs[0].shape[0] == shape[0],
            operands.indices.allSatisfy({ if case .value = operands[$0] { $0 == 0 } else { $0 > 0 } })
        else { return nil }
        let norm = inputs.dropFirst().reduce(1.0) { sum, input in input.values.reduce(sum) { $0 + Double(abs($1)) } }
        let size = inputs[0].values.count / max(shape[0], 1)
        return (0..<shape[0]).filter { example in
            !inputs[0].values[example * size..<(example + 1) * size].allSatisfy { Double(abs($0)) * norm < 1e37 }
        }
    }
}

extension UnaryFunction {
    /// Whether oneDNN's makes a bound of a NaN.
    fileprivate var losesNaN: Bool {
        switch self {
        case .relu, .clip, .hardSigmoid: true
        default: false
        }
    }
}

extension ReferenceTensor {
    fileprivate func rows(_ places: [Int]) -> ReferenceTensor {
        let size = values.count / max(shape[0], 1)
        return ReferenceTensor(
            shape: Shape([places.count] + shape.dimensions.dropFirst()),
            values: places.flatMap { values[$0 * size..<($0 + 1) * size] })
    }
}
