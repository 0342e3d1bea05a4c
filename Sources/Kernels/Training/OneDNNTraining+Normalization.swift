import CKernels
import Networks
import Tensors

/// A normalization by the statistics of the batch, which moves the running ones a tenth of the way, and a Relu.
final class NormalizationStep: TrainingStep {
    struct Parts {
        var images: TrainedOperand
        var scale: TrainedOperand
        var shift: TrainedOperand
        var runningMean: TrainedTensor?
        var runningVariance: TrainedTensor?
        var output: TrainedTensor
        var epsilon: Float
        var withRelu: Bool
    }

    /// The part of the way that running statistics move, as PyTorch has it.
    private static let momentum: Float = 0.1

    private let step: Parts
    private let workers: TrainingWorkers
    private let mean: TrainedTensor
    private let inverseDeviation: TrainedTensor
    private let normalization: pare_normalization
    private var channels: Int { step.images.shape[1] }

    init(_ step: Parts, _ workers: TrainingWorkers) {
        self.step = step
        self.workers = workers
        let shape = step.images.shape
        mean = TrainedTensor([shape[1]], needsGradient: false)
        inverseDeviation = TrainedTensor([shape[1]], needsGradient: false)
        normalization = pare_normalization(
            count: shape[0], channels: shape[1], size: shape.dimensions.dropFirst(2).reduce(1, *), epsilon: step.epsilon,
            scale: step.scale.start, shift: step.shift.start, mean: mean.start, inverse_deviation: inverseDeviation.start)
    }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(channels, size: step.images.shape.count / max(1, channels)) { range in
            withUnsafePointer(to: normalization) {
                pare_normalize(
                    $0, range.lowerBound, range.upperBound, step.images.start, Self.momentum, step.runningMean?.start,
                    step.runningVariance?.start, step.output.start)
            }
        }
        guard step.withRelu else { return }
        try workers.split(step.output.shape.count, size: 1, step: 16) { range in
            pare_shift_rows(step.output.start + range.lowerBound, 1, range.count, nil, 1)
        }
    }

    func backward() throws(KernelError) {
        guard let above = step.output.gradientStart, let scale = step.scale.gradient, let shift = step.shift.gradient else { return }
        if step.withRelu { try maskGradients(step.output, workers) }
        try workers.split(channels, size: step.images.shape.count / max(1, channels)) { range in
            withUnsafePointer(to: normalization) {
                pare_normalize_backward(
                    $0, range.lowerBound, range.upperBound, step.images.start, above, step.images.adds, step.images.gradient,
                    step.scale.adds, scale, step.shift.adds, shift)
            }
        }
    }
}

extension TrainingBuilder {
    mutating func normalization(_ stage: PlannedStage, _ epsilon: Float) throws(KernelError) -> any TrainingStep {
        let (images, scale) = (try operand(stage, 0), try operand(stage, 1))
        let shift = try operand(stage, 2)
        return NormalizationStep(
            NormalizationStep.Parts(
                images: images, scale: scale, shift: shift, runningMean: statistic(stage.operands[3]),
                runningVariance: statistic(stage.operands[4]), output: output(stage), epsilon: epsilon, withRelu: stage.withRelu),
            workers)
    }
}
