import Tensors

/// Weights in NF4 by groups: the scales follow the float weights at every step, and the gradient goes straight through.
struct NormalFloatWeights: TrainedRepresentation {
    let group: Int

    func renew(_ context: TrainedContext) {}

    func write(_ context: TrainedContext, into effective: UnsafeMutableBufferPointer<Float>) {
        context.copyKept(into: effective)
        forEachGroup(of: effective, nil, context) { cell, scale in NormalFloatCoder.quantize(cell, scale: scale) { _, _, _ in } }
    }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {}

    func coded(_ effective: CodeBuffers, _ context: TrainedContext) -> CodedValues {
        let masked = context.masked()
        defer { withExtendedLifetime(masked) {} }
        var tally = CodeTally(codes: NormalFloatCoder.values.count)
        var scales: [Float] = []
        forEachGroup(of: masked.floats, effective.levels, context) { cell, scale in
            scales.append(scale)
            NormalFloatCoder.quantize(cell, scale: scale) { code, weight, value in tally.add(code: code, weight: weight, value: value) }
        }
        return NormalFloatCoder.coded(tally, scales: scales)
    }

    private func forEachGroup(
        of values: UnsafeMutableBufferPointer<Float>, _ levels: UnsafeMutableBufferPointer<Int32>?, _ context: TrainedContext,
        _ body: (CodeBuffers, Float) -> Void
    ) {
        let buffers = CodeBuffers(values: values, levels: levels ?? .none)
        _ = context.layout.grouped(by: group).forEachChannel(of: buffers, blocks: WeightBlocks { false }) { cell in
            body(cell, cell.values.reduce(Float(0)) { max($0, $1.magnitude) })
        }
    }
}
