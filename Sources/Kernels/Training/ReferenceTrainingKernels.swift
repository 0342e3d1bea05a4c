import Networks
import Tensors

/// Forward in training, and backward, of each operation as its definition reads: slow, in Double, for tests to hold the fast kernels against.
///
/// Shapes must fit, as ``Network/shapes(batch:)`` has checked, and the operation must be one that can be trained.
enum ReferenceTrainingKernels {
    /// One node at work on one batch.
    struct Call {
        var operation: Operation
        /// What it reads, in the node's order.
        var inputs: [DoubleTensor]
        var outputShape: Shape
        /// Decides what a Dropout drops.
        var mask: DropoutMask
    }

    /// What the node makes. Statistics of the batch take the place of the stored ones, and Dropout drops.
    static func forward(_ call: Call) -> DoubleTensor {
        if let raised = raised(call) { return forward(raised).reshaped(call.outputShape) }
        let (inputs, shape) = (call.inputs, call.outputShape)
        switch call.operation {
        case .convolution(let settings): return convolution(inputs, settings, to: shape)
        case .gemm(let settings): return gemm(inputs, settings, to: shape)
        case .matrixMultiplication: return matrixMultiplication(inputs, to: shape)
        case .transposedConvolution(let settings): return transposedConvolution(inputs, settings.window, to: shape)
        case .binary(let function): return combined(inputs, to: shape) { function($0[0], $0[1]) }
        case .variadic(let function): return combined(inputs, to: shape) { function($0) }
        case .select: return combined(inputs, to: shape) { $0[0] != 0 ? $0[1] : $0[2] }
        case .lookup: return lookedUp(inputs, to: shape)
        case .placement(let placement): return placed(inputs, placement, to: shape)
        case .quantizeLinear(let code) where code.range != nil: return quantized(inputs, code)
        case .dequantizeLinear(let code): return dequantized(inputs, code)
        case .unary(let function): return inputs[0].map { function($0) }
        case .reduction(let reduction): return reduced(inputs[0], reduction, to: shape)
        case .maxPool(let settings): return maxPool(inputs[0], settings, to: shape)
        case .averagePool(let settings): return averagePool(inputs[0], settings, to: shape)
        case .globalAveragePool: return averagePool(inputs[0], Pooling(allOf: inputs[0].shape), to: shape)
        case .globalMaxPool: return maxPool(inputs[0], Pooling(allOf: inputs[0].shape), to: shape)
        case .logSoftmax(let axis): return logSoftmax(inputs[0], axis: axis)
        case .layerNormalization, .groupNormalization, .instanceNormalization:
            return rowNormalization(inputs, NormalizedRows(call.operation, inputs.map(\.shape)))
        case .recurrence(let recurrence): return self.recurrence(inputs, recurrence, to: shape)
        case .softmax(let axis): return softmax(inputs[0], axis: axis)
        case .batchNormalization(let epsilon): return batchNormalization(inputs, epsilon: epsilon)
        case .responseNormalization(let settings): return responses(inputs[0], settings)
        case .concatenation(let axis): return concatenation(inputs, axis: axis, to: shape)
        case .dropout: return dropped(inputs[0], call.mask)
        case .activation(let quantizer): return activation(inputs, quantizer)
        case .identity, .flatten, .reshape, .squeeze, .unsqueeze: return inputs[0].reshaped(shape)
        default:
            return call.operation.elementMap(from: inputs[0].shape, to: shape).map { moved(inputs[0], by: $0, to: shape) }
                ?? evaluated(call)
        }
    }

    /// ∂loss/∂input for each input, from ∂loss/∂output; nil for statistics, which have none.
    static func backward(_ call: Call, output: DoubleTensor, gradient: DoubleTensor) -> [DoubleTensor?] {
        if let raised = raised(call) {
            let made = backward(raised, output: output.reshaped(raised.outputShape), gradient: gradient.reshaped(raised.outputShape))
            return zip(made, call.inputs).map { $0?.reshaped($1.shape) }
        }
        let inputs = call.inputs
        switch call.operation {
        case .convolution(let settings): return convolutionGradients(inputs, settings, gradient)
        case .gemm(let settings): return gemmGradients(inputs, settings, gradient)
        case .matrixMultiplication: return matrixGradients(inputs, gradient)
        case .transposedConvolution(let settings): return transposedConvolutionGradients(inputs, settings.window, gradient)
        case .binary(let function): return binaryGradients(inputs, function, gradient)
        case .variadic(let function): return variadicGradients(inputs, function, gradient)
        case .select: return selectGradients(inputs, gradient)
        case .quantizeLinear(let code): return [quantizedGradient(inputs, code, gradient)]
        case .dequantizeLinear(let code): return [dequantizedGradient(inputs, code, gradient)]
        case .cast(let type): return [type.isFloat ? gradient : nil]
        case .dynamicQuantization(let settings): return [settings.result == .values ? gradient : nil]
        case .placement(let placement): return placementGradients(inputs, placement, gradient)
        case .lookup: return [lookupGradient(inputs, gradient), nil]
        case .relu: return [gradient.zip(inputs[0]) { $1 > 0 ? $0 : 0 }]
        case .unary(let function): return [gradient.zip(inputs[0]) { $0 * function.derivative(at: $1) }]
        case .reduction(let reduction): return [reducedGradient(inputs[0], reduction, gradient)]
        case .maxPool(let settings): return [maxPoolGradient(inputs[0], settings, gradient)]
        case .averagePool(let settings): return [averagePoolGradient(inputs[0].shape, settings, gradient)]
        case .globalAveragePool: return [averagePoolGradient(inputs[0].shape, Pooling(allOf: inputs[0].shape), gradient)]
        case .globalMaxPool: return [maxPoolGradient(inputs[0], Pooling(allOf: inputs[0].shape), gradient)]
        case .softmax(let axis): return [softmaxGradient(output, axis: axis, gradient)]
        case .logSoftmax(let axis): return [logSoftmaxGradient(inputs[0], axis: axis, gradient)]
        case .layerNormalization, .groupNormalization, .instanceNormalization:
            return rowNormalizationGradients(inputs, NormalizedRows(call.operation, inputs.map(\.shape)), gradient)
        case .recurrence(let recurrence): return recurrenceGradients(inputs, recurrence, gradient)
        case .batchNormalization(let epsilon): return batchNormalizationGradients(inputs, epsilon: epsilon, gradient)
        case .responseNormalization(let settings): return [responseGradients(inputs[0], settings, gradient)]
        case .concatenation(let axis): return concatenationGradients(inputs, axis: axis, gradient)
        case .dropout: return [dropped(gradient, call.mask)]
        case .activation(let quantizer): return activationGradients(inputs, quantizer, gradient)
        case .identity, .flatten, .reshape, .squeeze, .unsqueeze: return [gradient.reshaped(inputs[0].shape)]
        default:
            let map = call.operation.elementMap(from: inputs[0].shape, to: gradient.shape)
            return map.map { [movedBack(gradient, by: $0, to: inputs[0].shape)] } ?? inputs.map { DoubleTensor(zeros: $0.shape) }
        }
    }
}
