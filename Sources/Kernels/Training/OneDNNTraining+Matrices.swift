import CKernels
import COneDNN
import Networks
import Tensors

/// alpha · op(A) · op(B) + beta · bias with A a value and B weights, as Gemm and MatMul have it, and a Relu. Nothing is copied: the products read weights and
/// write gradients where they lie.
final class MatrixStep: TrainingStep {
    struct Parts {
        /// [rows, depth], or [depth, rows] when `transposesValue`.
        var value: TrainedOperand
        /// [depth, columns], or [columns, depth] when `transposesWeights`.
        var weights: TrainedOperand
        /// [columns].
        var bias: TrainedOperand?
        var output: TrainedTensor
        var transposesValue: Bool
        var transposesWeights: Bool
        var withRelu: Bool
        var rows: Int
        var depth: Int
        var columns: Int
        var alpha: Float = 1
        /// What the bias is multiplied by.
        var beta: Float = 1
    }

    private let step: Parts
    private let workers: TrainingWorkers
    private let parts: Int
    /// Parts end at multiples of this many columns, a cache line.
    private static let line = 16
    /// Products of fewer multiply-adds are done before another thread has woken up.
    private static let little = 400_000

    init(_ step: Parts, _ workers: TrainingWorkers) {
        self.step = step
        self.workers = workers
        parts = step.rows * step.depth * step.columns < Self.little ? 1 : workers.threads
    }

    private var isPlain: Bool { step.alpha == 1 && (step.beta == 1 || step.bias == nil) }
    private var valueStride: Int { step.transposesValue ? step.rows : step.depth }
    private var weightStride: Int { step.transposesWeights ? step.depth : step.columns }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.run(parts) { part in
            let range = workers.range(part, of: parts, count: step.columns, step: Self.line)
            guard !range.isEmpty else { return 0 }
            let first = range.lowerBound
            let status = pare_product(
                step.transposesValue ? 1 : 0, step.transposesWeights ? 1 : 0, Int64(step.rows), Int64(range.count), Int64(step.depth),
                step.value.start, Int64(valueStride), step.weights.start + first * (step.transposesWeights ? step.depth : 1),
                Int64(weightStride), 0, step.output.start + first, Int64(step.columns))
            guard isPlain else {
                shift(range)
                return status
            }
            pare_shift_columns(
                step.output.start + first, step.rows, range.count, step.columns, step.bias.map { $0.start + first },
                step.withRelu ? 1 : 0)
            return status
        }
    }

    /// y ← alpha · y + beta · bias, and the Relu, for some columns.
    private func shift(_ columns: Range<Int>) {
        for row in 0..<step.rows {
            let start = step.output.start + row * step.columns
            for column in columns {
                let value = step.alpha * start[column] + (step.bias.map { step.beta * $0.start[column] } ?? 0)
                start[column] = step.withRelu && value < 0 ? 0 : value
            }
        }
    }

    func backward() throws(KernelError) {
        guard let above = step.output.gradientStart else { return }
        if step.withRelu {
            try workers.split(step.rows, size: step.columns) { rows in
                let first = rows.lowerBound * step.columns
                pare_mask_gradients(step.output.start + first, rows.count * step.columns, above + first)
            }
        }
        if !isPlain { try scaleGradients(above) }
        try workers.run(parts) { part in
            if isPlain { biasGradients(above, part) }
            let status = weightGradients(above, part)
            return status == 0 ? valueGradients(above, part) : status
        }
    }

    /// The bias's gradient, and what comes from above times alpha, for all others.
    private func scaleGradients(_ above: UnsafeMutablePointer<Float>) throws(KernelError) {
        if let bias = step.bias, let gradient = bias.gradient {
            try workers.split(step.columns, size: step.rows, step: Self.line) { range in
                for column in range {
                    var sum: Float = 0
                    for row in 0..<step.rows { sum += above[row * step.columns + column] }
                    gradient[column] = (bias.accumulates ? gradient[column] : 0) + step.beta * sum
                }
            }
        }
        guard step.alpha != 1 else { return }
        try workers.split(step.rows * step.columns, size: 1, step: Self.line) { range in
            for index in range { above[index] *= step.alpha }
        }
    }

    private func biasGradients(_ above: UnsafeMutablePointer<Float>, _ part: Int) {
        guard let bias = step.bias, let gradient = bias.gradient else { return }
        let range = workers.range(part, of: parts, count: step.columns, step: Self.line)
        let first = range.lowerBound
        pare_column_sums(above + first, step.rows, range.count, step.columns, bias.adds, gradient + first)
    }

    /// ∂B = op(A)ᵀ · ∂y, or its transpose.
    private func weightGradients(_ above: UnsafeMutablePointer<Float>, _ part: Int) -> Int32 {
        guard let gradient = step.weights.gradient else { return 0 }
        let (rows, columns, depth) = (Int64(step.rows), Int64(step.columns), Int64(step.depth))
        let range = workers.range(part, of: parts, count: step.transposesWeights ? step.columns : step.depth)
        guard !range.isEmpty else { return 0 }
        let first = range.lowerBound
        if step.transposesWeights {
            return pare_product(
                1, step.transposesValue ? 1 : 0, Int64(range.count), depth, rows, above + first, columns, step.value.start,
                Int64(valueStride), step.weights.beta, gradient + first * step.depth, depth)
        }
        return pare_product(
            step.transposesValue ? 0 : 1, 0, Int64(range.count), columns, rows,
            step.value.start + first * (step.transposesValue ? step.rows : 1), Int64(valueStride), above, columns,
            step.weights.beta, gradient + first * step.columns, columns)
    }

    /// ∂A = ∂y · op(B)ᵀ, or its transpose.
    private func valueGradients(_ above: UnsafeMutablePointer<Float>, _ part: Int) -> Int32 {
        guard let gradient = step.value.gradient else { return 0 }
        let (rows, columns) = (Int64(step.rows), Int64(step.columns))
        let range = workers.range(part, of: parts, count: step.depth, step: step.transposesValue ? 1 : Self.line)
        guard !range.isEmpty else { return 0 }
        let first = range.lowerBound
        let weights = step.weights.start + first * (step.transposesWeights ? 1 : step.columns)
        if step.transposesValue {
            return pare_product(
                step.transposesWeights ? 1 : 0, 1, Int64(range.count), rows, columns, weights, Int64(weightStride), above, columns,
                step.value.beta, gradient + first * step.rows, rows)
        }
        return pare_product(
            0, step.transposesWeights ? 0 : 1, rows, Int64(range.count), columns, above, columns, weights, Int64(weightStride),
            step.value.beta, gradient + first, Int64(step.depth))
    }
}

extension TrainingBuilder {
    mutating func gemm(_ stage: PlannedStage, _ settings: Gemm) throws(KernelError) -> any TrainingStep {
        if case .value = stage.operands[1] { return try computedGemm(stage, settings) }
        let result = output(stage).shape
        let bias = stage.operands.count > 2 ? try self.bias(stage, stage.operands[2], columns: result[1]) : nil
        let (value, weights) = (try operand(stage, 0), try operand(stage, 1))
        return MatrixStep(
            MatrixStep.Parts(
                value: value, weights: weights, bias: bias, output: output(stage), transposesValue: settings.transposeA,
                transposesWeights: settings.transposeB, withRelu: stage.withRelu, rows: result[0],
                depth: value.shape[settings.transposeA ? 0 : 1], columns: result[1], alpha: settings.alpha, beta: settings.beta), workers)
    }

    /// A product of two computed matrices.
    private mutating func computedGemm(_ stage: PlannedStage, _ settings: Gemm) throws(KernelError) -> any TrainingStep {
        guard stage.operands.count == 2, !settings.transposeA, !settings.transposeB, settings.alpha == 1 else {
            throw refusal(stage, "both its matrices are computed, and it transposes one, adds a third or has an alpha")
        }
        return StackStep(try operand(stage, 0), try operand(stage, 1), to: output(stage), withRelu: stage.withRelu, workers)
    }

    /// A [.., N, K] with weights [K, M] is read as one matrix of all its rows; all else as stacks of matrices.
    mutating func matrixProduct(_ stage: PlannedStage) throws(KernelError) -> any TrainingStep {
        guard case .parameter(_, let shape) = stage.operands[1], shape.rank == 2, stage.operands[0].shape.rank >= 2 else {
            guard stage.bias == nil else { throw refusal(stage, "a bias is added to a product of stacks") }
            return StackStep(try operand(stage, 0), try operand(stage, 1), to: output(stage), withRelu: stage.withRelu, workers)
        }
        let (value, weights) = (try operand(stage, 0), try operand(stage, 1))
        let bias = try stage.bias.map { operand throws(KernelError) in try self.bias(stage, operand, columns: weights.shape[1]) }
        let depth = weights.shape[0]
        return MatrixStep(
            MatrixStep.Parts(
                value: value, weights: weights, bias: bias, output: output(stage), transposesValue: false,
                transposesWeights: false, withRelu: stage.withRelu, rows: value.shape.count / max(1, depth), depth: depth,
                columns: weights.shape[1]), workers)
    }

    private mutating func bias(_ stage: PlannedStage, _ operand: Operand, columns: Int) throws(KernelError) -> TrainedOperand {
        guard operand.shape.count == columns, operand.shape.dimensions.last == columns else {
            throw refusal(stage, "its bias is not one number a column")
        }
        return try self.operand(stage, operand)
    }
}
