import Foundation
import Networks
import Tensors

/// exp(x − max) / Σ exp(x − max) along an axis or its logarithm, inside a network; and a Relu.
final class SoftmaxStep: TrainingStep {
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let isLogarithm: Bool
    private let withRelu: Bool
    private let workers: TrainingWorkers
    private let (extent, stride): (Int, Int)
    /// The sum of each row and its logarithm's gradient need the values before a Relu.
    private let made: TrainedTensor

    init(_ input: TrainedOperand, axis: Int, isLogarithm: Bool, to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers) {
        (self.input, self.output, self.isLogarithm) = (input, output, isLogarithm)
        (self.withRelu, self.workers) = (withRelu, workers)
        let axis = axis < 0 ? axis + input.shape.rank : axis
        extent = input.shape[axis]
        stride = input.shape.dimensions[(axis + 1)...].reduce(1, *)
        made = withRelu ? TrainedTensor(output.shape, needsGradient: false) : output
    }

    private var rows: Int { output.shape.count / max(1, extent) }

    private func start(_ row: Int) -> Int { row / stride * stride * extent + row % stride }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(rows, size: extent) { range in
            for row in range {
                let (from, to) = (input.start + start(row), made.start + start(row))
                var largest = -Float.infinity
                for index in 0..<extent where !(from[index * stride] <= largest) { largest = from[index * stride] }
                var sum = 0.0
                for index in 0..<extent { sum += exp(Double(from[index * stride] - largest)) }
                for index in 0..<extent {
                    let difference = Double(from[index * stride] - largest)
                    to[index * stride] = Float(isLogarithm ? difference - log(sum) : exp(difference) / sum)
                }
            }
        }
        guard withRelu else { return }
        for index in 0..<output.shape.count { output.start[index] = made.start[index] < 0 ? 0 : made.start[index] }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        try workers.split(rows, size: extent) { range in
            for row in range {
                let (y, slopes, to) = (made.start + start(row), above + start(row), gradient + start(row))
                var sum: Float = 0
                for index in 0..<extent { sum += isLogarithm ? slopes[index * stride] : y[index * stride] * slopes[index * stride] }
                for index in 0..<extent {
                    let at = index * stride
                    let passed = isLogarithm ? slopes[at] - exp(y[at]) * sum : y[at] * (slopes[at] - sum)
                    to[at] = input.accumulates ? to[at] + passed : passed
                }
            }
        }
    }
}

extension TrainingBuilder {
    mutating func softmax(_ stage: PlannedStage, _ axis: Int, isLogarithm: Bool) throws(KernelError) -> any TrainingStep {
        SoftmaxStep(
            try operand(stage, 0), axis: axis, isLogarithm: isLogarithm, to: output(stage), withRelu: stage.withRelu, workers)
    }
}
