import CKernels
import Networks
import Tensors

/// A function of each value, and a Relu.
final class FunctionStep: TrainingStep {
    private let function: UnaryFunction
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let withRelu: Bool
    private let workers: TrainingWorkers

    init(_ function: UnaryFunction, _ input: TrainedOperand, to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers) {
        (self.function, self.input, self.output) = (function, input, output)
        (self.withRelu, self.workers) = (withRelu, workers)
    }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            let (from, to) = (input.start, output.start)
            if case .clip(let lower, let upper) = function {
                for index in range {
                    let raised = from[index] < lower ? lower : from[index]
                    to[index] = raised > upper ? upper : raised
                }
            } else {
                for index in range { to[index] = Float(function(Double(from[index]))) }
            }
            if withRelu { pare_shift_rows(to + range.lowerBound, 1, range.count, nil, 1) }
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            let from = input.start
            if case .clip(let lower, let upper) = function {
                for index in range {
                    let passed = from[index] > lower && from[index] < upper ? above[index] : 0
                    gradient[index] = input.adds == 0 ? passed : gradient[index] + passed
                }
            } else {
                for index in range {
                    let passed = above[index] * Float(function.derivative(at: Double(from[index])))
                    gradient[index] = input.adds == 0 ? passed : gradient[index] + passed
                }
            }
        }
    }
}
