import CKernels
import Networks
import Tensors

extension TrainingBuilder {
    mutating func convolution(_ stage: PlannedStage, _ settings: Convolution) throws(KernelError) -> any TrainingStep {
        let images = try operand(stage, 0)
        let weights = try operand(stage, 1)
        let bias = stage.operands.count > 2 ? try operand(stage, 2) : nil
        let result = stage.pooling?.images ?? output(stage).shape
        var step = ConvolutionStep.Parts(
            images: images, weights: weights, bias: bias, output: output(stage), settings: settings,
            windows: Unfolding(settings, images: images.shape, windows: result), results: result, withRelu: stage.withRelu)
        if let pooling = stage.pooling { step.pooling = try checked(pooling.settings, stage).windows(result, output(stage).shape) }
        return try ConvolutionStep(step, workers)
    }

    mutating func transposedConvolution(_ stage: PlannedStage, _ settings: TransposedConvolution) throws(KernelError) -> any TrainingStep {
        let (input, weights) = (try operand(stage, 0), try operand(stage, 1))
        let bias = stage.operands.count > 2 ? try operand(stage, 2) : nil
        let windows = Unfolding(settings.window, images: output(stage).shape, windows: input.shape)
        return TransposedConvolutionStep(
            TransposedConvolutionStep.Parts(
                input: input, weights: weights, bias: bias, output: output(stage), windows: windows, groups: settings.window.groups,
                withRelu: stage.withRelu), workers)
    }

    /// Taps are kept in 16 bits.
    private func checked(_ pooling: Pooling, _ stage: PlannedStage) throws(KernelError) -> Pooling {
        guard pooling.kernel[0] * pooling.kernel[1] <= 1 << 16 else { throw refusal(stage, "its window is too large") }
        return pooling
    }

    mutating func maximum(_ stage: PlannedStage, _ settings: Pooling) throws(KernelError) -> any TrainingStep {
        let (images, settings) = (try operand(stage, 0), try checked(settings, stage))
        let windows = settings.windows(images.shape, output(stage).shape)
        return MaximumStep(images, to: output(stage), windows, withRelu: stage.withRelu, workers)
    }

    mutating func mean(_ stage: PlannedStage, _ settings: Pooling) throws(KernelError) -> any TrainingStep {
        let images = try operand(stage, 0)
        let windows = settings.windows(images.shape, output(stage).shape)
        return MeanStep(
            images, to: output(stage), windows, countsPadding: settings.countIncludesPadding, withRelu: stage.withRelu, workers)
    }

    mutating func globalMean(_ stage: PlannedStage) throws(KernelError) -> any TrainingStep {
        let images = try operand(stage, 0)
        let windows = Pooling(allOf: images.shape).windows(images.shape, output(stage).shape)
        return MeanStep(images, to: output(stage), windows, countsPadding: false, withRelu: stage.withRelu, workers)
    }
}

extension Pooling {
    /// The same windows for the loops in C, from images [N, C, H, W] to [N, M, H', W'].
    func windows(_ input: Shape, _ output: Shape) -> pare_windows {
        func pair(_ first: Int, _ second: Int) -> (Int64, Int64) { (Int64(first), Int64(second)) }
        return pare_windows(
            input: pair(input[2], input[3]), output: pair(output[2], output[3]), kernel: pair(kernel[0], kernel[1]),
            strides: pair(strides[0], strides[1]), dilations: pair(dilations[0], dilations[1]),
            pads_before: pair(pads[0], pads[1]), pads_after: pair(pads[2], pads[3]))
    }
}

extension pare_windows {
    var inputCount: Int { Int(input.0 * input.1) }
    var outputCount: Int { Int(output.0 * output.1) }
    var taps: Int { Int(kernel.0 * kernel.1) }

    /// Each window is one pixel, in order: there is nothing to unfold.
    var isPointwise: Bool {
        taps == 1 && strides.0 == 1 && strides.1 == 1 && pads_before.0 == 0 && pads_before.1 == 0 && inputCount == outputCount
    }
}
