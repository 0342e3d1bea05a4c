import Networks
import Tensors

/// A matrix inside a tensor: element (row, column) stands at start + row · rowStep + column · columnStep.
private struct MatrixView {
    var start: Int
    var rowStep: Int
    var columnStep: Int

    /// A row-major matrix of a width, or its transpose.
    init(start: Int = 0, width: Int, transposed: Bool = false) {
        self.start = start
        (rowStep, columnStep) = transposed ? (1, width) : (width, 1)
    }

    var transposed: MatrixView {
        var view = self
        swap(&view.rowStep, &view.columnStep)
        return view
    }
}

extension ReferenceTrainingKernels {
    /// alpha · op(A) · op(B) + beta · C.
    static func gemm(_ inputs: [DoubleTensor], _ settings: Gemm, to shape: Shape) -> DoubleTensor {
        var result = DoubleTensor(zeros: shape)
        let (a, b, depth) = views(inputs, settings)
        let target = MatrixView(width: shape[1])
        multiply(inputs[0], a, inputs[1], b, into: &result, target, (shape[0], depth, shape[1]), scale: Double(settings.alpha))
        if inputs.count > 2 {
            let indices = inputs[2].shape.broadcastIndices(in: shape)
            for (index, source) in indices.enumerated() { result.values[index] += Double(settings.beta) * inputs[2].values[source] }
        }
        return result
    }

    /// ∂op(A) = alpha · ∂Y · op(B)ᵀ, ∂op(B) = alpha · op(A)ᵀ · ∂Y, ∂C = beta · ∂Y summed over what was repeated.
    static func gemmGradients(_ inputs: [DoubleTensor], _ settings: Gemm, _ gradient: DoubleTensor) -> [DoubleTensor?] {
        let (a, b, depth) = views(inputs, settings)
        let (rows, columns) = (gradient.shape[0], gradient.shape[1])
        let given = MatrixView(width: columns)
        let alpha = Double(settings.alpha)
        var ofA = DoubleTensor(zeros: inputs[0].shape)
        multiply(gradient, given, inputs[1], b.transposed, into: &ofA, a, (rows, columns, depth), scale: alpha)
        var ofB = DoubleTensor(zeros: inputs[1].shape)
        multiply(inputs[0], a.transposed, gradient, given, into: &ofB, b, (depth, rows, columns), scale: alpha)
        guard inputs.count > 2 else { return [ofA, ofB] }
        return [ofA, ofB, summed(gradient.map { $0 * Double(settings.beta) }, to: inputs[2].shape)]
    }

    private static func views(_ inputs: [DoubleTensor], _ settings: Gemm) -> (MatrixView, MatrixView, depth: Int) {
        (
            MatrixView(width: inputs[0].shape[1], transposed: settings.transposeA),
            MatrixView(width: inputs[1].shape[1], transposed: settings.transposeB),
            inputs[0].shape[settings.transposeA ? 0 : 1]
        )
    }

    /// A [.., N, K] · B [.., K, M] with leading axes broadcast.
    static func matrixMultiplication(_ inputs: [DoubleTensor], to shape: Shape) -> DoubleTensor {
        var result = DoubleTensor(zeros: shape)
        forEachMatrix(inputs, shape) { a, b, y, sizes in
            multiply(inputs[0], a, inputs[1], b, into: &result, y, sizes)
        }
        return result
    }

    static func matrixGradients(_ inputs: [DoubleTensor], _ gradient: DoubleTensor) -> [DoubleTensor?] {
        var ofA = DoubleTensor(zeros: inputs[0].shape)
        var ofB = DoubleTensor(zeros: inputs[1].shape)
        forEachMatrix(inputs, gradient.shape) { a, b, y, sizes in
            let (rows, depth, columns) = sizes
            multiply(gradient, y, inputs[1], b.transposed, into: &ofA, a, (rows, columns, depth))
            multiply(inputs[0], a.transposed, gradient, y, into: &ofB, b, (depth, rows, columns))
        }
        return [ofA, ofB]
    }

    private static func forEachMatrix(
        _ inputs: [DoubleTensor], _ shape: Shape, _ body: (MatrixView, MatrixView, MatrixView, (Int, Int, Int)) -> Void
    ) {
        let stack = MatrixStack(inputs[0].shape, inputs[1].shape, to: shape)
        let sizes = (stack.rows, stack.depth, stack.columns)
        for index in 0..<stack.count {
            body(
                MatrixView(start: stack.firsts[index] * stack.rows * stack.depth, width: stack.depth),
                MatrixView(start: stack.seconds[index] * stack.depth * stack.columns, width: stack.columns),
                MatrixView(start: index * stack.rows * stack.columns, width: stack.columns), sizes)
        }
    }

    /// target [R, C] += scale · a [R, K] · b [K, C].
    private static func multiply(
        _ a: DoubleTensor, _ aView: MatrixView, _ b: DoubleTensor, _ bView: MatrixView, into target: inout DoubleTensor,
        _ view: MatrixView, _ sizes: (rows: Int, depth: Int, columns: Int), scale: Double = 1
    ) {
        target.values.withUnsafeMutableBufferPointer { target in
            b.values.withUnsafeBufferPointer { b in
                for row in 0..<sizes.rows {
                    for inner in 0..<sizes.depth {
                        let factor = scale * a.values[aView.start + row * aView.rowStep + inner * aView.columnStep]
                        let source = bView.start + inner * bView.rowStep
                        let start = view.start + row * view.rowStep
                        for column in 0..<sizes.columns {
                            target[start + column * view.columnStep] += factor * b[source + column * bView.columnStep]
                        }
                    }
                }
            }
        }
    }
}
