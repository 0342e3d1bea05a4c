import CKernels
import COneDNN
import Networks
import Tensors

/// A transposed convolution with its bias, and a Relu: weights times each image's channels, folded into the larger image; one image after another.
final class TransposedConvolutionStep: TrainingStep {
    struct Parts {
        /// [N, C, …].
        var input: TrainedOperand
        /// [C, M/groups, k…].
        var weights: TrainedOperand
        var bias: TrainedOperand?
        /// [N, M, …].
        var output: TrainedTensor
        /// Windows over the output, as many as the input has elements a channel.
        var windows: Unfolding
        var groups: Int
        var withRelu: Bool
    }

    /// What one part of the images is worked on with.
    private struct Worker {
        /// [M · taps, elements].
        let columns: TrainedTensor
        let weightGradients: TrainedTensor
        let biasGradients: TrainedTensor
    }

    private let step: Parts
    private let workers: TrainingWorkers
    private let workplaces: [Worker]
    private let (batch, channels, filters): (Int, Int, Int)
    /// Rows of the columns that one group makes, and its channels.
    private let (depth, channelsPerGroup): (Int, Int)
    private var elements: Int { step.windows.outputCount }
    private var resultCount: Int { filters * step.windows.inputCount }

    init(_ step: Parts, _ workers: TrainingWorkers) {
        self.step = step
        self.workers = workers
        let (count, filters) = (step.input.shape[0], step.output.shape[1])
        (batch, channels, self.filters) = (count, step.input.shape[1], filters)
        (depth, channelsPerGroup) = (filters / step.groups * step.windows.taps, step.input.shape[1] / step.groups)
        workplaces = (0..<workers.parts(of: count)).map { _ in
            Worker(
                columns: TrainedTensor([filters * step.windows.taps, step.windows.outputCount], needsGradient: false),
                weightGradients: TrainedTensor(step.weights.shape, needsGradient: false),
                biasGradients: TrainedTensor([filters], needsGradient: false))
        }
    }

    /// Runs `body` for each image, on the workplace of its part.
    private func each(_ body: (_ image: Int, _ place: Worker, _ isFirst: Bool) -> Int32) throws(KernelError) {
        try workers.run(workplaces.count) { part in
            let range = workers.range(part, of: workplaces.count, count: batch)
            for image in range {
                let status = body(image, workplaces[part], image == range.lowerBound)
                if status != 0 { return status }
            }
            return 0
        }
    }

    func forward(seed: UInt64) throws(KernelError) {
        try each { image, place, _ in
            let (source, result) = (step.input.start + image * channels * elements, step.output.start + image * resultCount)
            let status = columns(of: source, to: place.columns.start)
            step.windows.fold(place.columns.start, channels: filters, adds: 0, to: result)
            pare_shift_rows(result, filters, step.windows.inputCount, step.bias?.start, step.withRelu ? 1 : 0)
            return status
        }
    }

    /// Wᵀ · x of each group.
    private func columns(of source: UnsafePointer<Float>, to columns: UnsafeMutablePointer<Float>) -> Int32 {
        for group in 0..<step.groups {
            let status = pare_product(
                1, 0, Int64(depth), Int64(elements), Int64(channelsPerGroup), step.weights.start + group * channelsPerGroup * depth,
                Int64(depth), source + group * channelsPerGroup * elements, Int64(elements), 0, columns + group * depth * elements,
                Int64(elements))
            if status != 0 { return status }
        }
        return 0
    }

    func backward() throws(KernelError) {
        guard let above = step.output.gradientStart else { return }
        if step.withRelu { try maskGradients(step.output, workers) }
        try each { image, place, isFirst in
            let slopes = above + image * resultCount
            if step.bias != nil { pare_row_sums(slopes, filters, step.windows.inputCount, isFirst ? 0 : 1, place.biasGradients.start) }
            step.windows.unfold(slopes, channels: filters, to: place.columns.start)
            let status = weightGradients(image, place, isFirst: isFirst)
            return status == 0 ? inputGradients(image, place) : status
        }
        addGradients()
    }

    /// ∂W += x · columnsᵀ with the columns of ∂y.
    private func weightGradients(_ image: Int, _ place: Worker, isFirst: Bool) -> Int32 {
        guard step.weights.gradient != nil else { return 0 }
        for group in 0..<step.groups {
            let first = group * channelsPerGroup
            let status = pare_product(
                0, 1, Int64(channelsPerGroup), Int64(depth), Int64(elements), step.input.start + (image * channels + first) * elements,
                Int64(elements), place.columns.start + group * depth * elements, Int64(elements), isFirst ? 0 : 1,
                place.weightGradients.start + first * depth, Int64(depth))
            if status != 0 { return status }
        }
        return 0
    }

    /// ∂x = W · columns.
    private func inputGradients(_ image: Int, _ place: Worker) -> Int32 {
        guard let gradient = step.input.gradient else { return 0 }
        for group in 0..<step.groups {
            let first = group * channelsPerGroup
            let status = pare_product(
                0, 0, Int64(channelsPerGroup), Int64(elements), Int64(depth), step.weights.start + first * depth, Int64(depth),
                place.columns.start + group * depth * elements, Int64(elements), step.input.beta,
                gradient + (image * channels + first) * elements, Int64(elements))
            if status != 0 { return status }
        }
        return 0
    }

    /// Sums over the parts, in their order.
    private func addGradients() {
        for (part, place) in workplaces.enumerated() {
            if let gradient = step.weights.gradient {
                pare_accumulate(place.weightGradients.start, step.weights.shape.count, part > 0 ? 1 : step.weights.adds, gradient)
            }
            if let bias = step.bias, let gradient = bias.gradient {
                pare_accumulate(place.biasGradients.start, filters, part > 0 ? 1 : bias.adds, gradient)
            }
        }
    }
}
