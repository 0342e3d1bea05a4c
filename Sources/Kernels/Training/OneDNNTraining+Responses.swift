import Foundation
import Networks
import Tensors

/// A response normalization over neighbouring channels, and a Relu.
///
/// With s = bias + alpha / size · Σ x² over the window of a channel, y = x · s^−beta (Krizhevsky, Sutskever and Hinton, 2012);
/// ∂x_j = ∂y_j s_j^−beta − 2 alpha beta / size · x_j Σ ∂y_i x_i s_i^(−beta − 1) over the channels i whose window holds j. Cost: O(n · size).
final class ResponseStep: TrainingStep {
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let settings: ResponseNormalization
    private let withRelu: Bool
    private let workers: TrainingWorkers
    /// s of each value.
    private let sums: FloatBuffer
    private let (channels, plane): (Int, Int)

    init(_ input: TrainedOperand, to output: TrainedTensor, _ settings: ResponseNormalization, withRelu: Bool, _ workers: TrainingWorkers) {
        (self.input, self.output, self.settings, self.withRelu, self.workers) = (input, output, settings, withRelu, workers)
        (channels, plane) = (input.shape[1], input.shape.dimensions.dropFirst(2).reduce(1, *))
        sums = FloatBuffer(count: input.shape.count)
    }

    private var examples: Int { output.shape.count / max(1, channels * plane) }

    /// The channels that the window of one reaches; with `isReached` those whose windows reach it.
    private func window(_ channel: Int, isReached: Bool = false) -> ClosedRange<Int> {
        let (before, after) = ((settings.size - 1) / 2, settings.size / 2)
        return max(0, channel - (isReached ? after : before))...min(channels - 1, channel + (isReached ? before : after))
    }

    func forward(seed: UInt64) throws(KernelError) {
        let (factor, power) = (settings.alpha / Float(settings.size), -settings.beta)
        try workers.split(examples * channels, size: plane * settings.size) { range in
            for row in range {
                let (channel, first) = (row % channels, row / channels * channels * plane)
                for place in 0..<plane {
                    var sum: Float = 0
                    for other in window(channel) {
                        let value = input.start[first + other * plane + place]
                        sum += value * value
                    }
                    let index = row * plane + place
                    sums.start[index] = settings.bias + factor * sum
                    let value = input.start[index] * pow(sums.start[index], power)
                    output.start[index] = withRelu && value < 0 ? 0 : value
                }
            }
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        let (factor, power) = (2 * settings.alpha * settings.beta / Float(settings.size), -settings.beta)
        try workers.split(examples * channels, size: plane * settings.size) { range in
            for row in range {
                let (channel, first) = (row % channels, row / channels * channels * plane)
                for place in 0..<plane {
                    var sum: Float = 0
                    for other in window(channel, isReached: true) {
                        let index = first + other * plane + place
                        sum += above[index] * input.start[index] * pow(sums.start[index], power - 1)
                    }
                    let index = row * plane + place
                    let slope = above[index] * pow(sums.start[index], power) - factor * input.start[index] * sum
                    gradient[index] = input.accumulates ? gradient[index] + slope : slope
                }
            }
        }
    }
}

extension TrainingBuilder {
    mutating func responses(_ stage: PlannedStage, _ settings: ResponseNormalization) throws(KernelError) -> any TrainingStep {
        ResponseStep(try operand(stage, 0), to: output(stage), settings, withRelu: stage.withRelu, workers)
    }
}
