import CKernels
import COneDNN
import Networks
import Tensors

/// A convolution with its bias, the window maximum that alone reads it, and a Relu; some images after the others, so that what lies between stays in the
/// cache.
final class ConvolutionStep: TrainingStep {
    struct Parts {
        var images: TrainedOperand
        var weights: TrainedOperand
        var bias: TrainedOperand?
        var output: TrainedTensor
        var settings: Convolution
        var windows: Unfolding
        /// [N, M, …] before the maximum.
        var results: Shape
        var withRelu: Bool
        var pooling: pare_windows?
    }

    /// What one part of the images is worked on with.
    private struct Worker {
        let way: any ConvolutionWay
        /// The convolved images before the maximum, and their gradients.
        let middle: TrainedTensor
        let weightGradients: TrainedTensor
        let biasGradients: TrainedTensor
    }

    private let step: Parts
    private let workers: TrainingWorkers
    private let workplaces: [Worker]
    /// The tap of each maximum.
    private let taps: AlignedBuffer?
    private let batch: Int
    private let filters: Int
    private var middleCount: Int { filters * step.windows.outputCount }
    private var resultCount: Int { filters * (step.pooling?.outputCount ?? step.windows.outputCount) }
    private var imageCount: Int { step.images.shape[1] * step.windows.inputCount }

    init(_ step: Parts, _ workers: TrainingWorkers) throws(KernelError) {
        self.step = step
        self.workers = workers
        (batch, filters) = (step.images.shape[0], step.weights.shape[0])
        taps = step.pooling == nil ? nil : AlignedBuffer(byteCount: step.output.shape.count * MemoryLayout<UInt16>.stride)
        let parts = workers.parts(of: batch)
        var workplaces: [Worker] = []
        for part in 0..<parts {
            let way = try step.way(images: workers.range(part, of: parts, count: batch).count)
            workplaces.append(
                Worker(
                    way: way,
                    middle: TrainedTensor([step.pooling == nil ? 0 : way.count * filters, step.windows.outputCount], needsGradient: false),
                    weightGradients: TrainedTensor(step.weights.shape, needsGradient: false),
                    biasGradients: TrainedTensor([filters], needsGradient: false)))
        }
        self.workplaces = workplaces
    }

    /// Runs `body` for the first of each few images that a part takes at a time; the first failure ends it.
    private func each(_ part: Int, _ body: (Int) -> Int32) -> Int32 {
        let range = workers.range(part, of: workplaces.count, count: batch)
        for first in stride(from: range.lowerBound, to: range.upperBound, by: workplaces[part].way.count) {
            let status = body(first)
            if status != 0 { return status }
        }
        return 0
    }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.run(workplaces.count) { part in
            let status = workplaces[part].way.prepareForward()
            return status != 0 ? status : each(part) { forward($0, workplaces[part]) }
        }
    }

    private func taps(of image: Int) -> UnsafeMutablePointer<UInt16>? {
        taps.map { $0.start.assumingMemoryBound(to: UInt16.self) + image * resultCount }
    }

    private func forward(_ first: Int, _ place: Worker) -> Int32 {
        let result = step.output.start + first * resultCount
        let status = place.way.forward(step.images.start + first * imageCount, to: step.pooling == nil ? result : place.middle.start)
        guard status == 0 else { return status }
        for image in 0..<place.way.count {
            let result = result + image * resultCount
            if var pooling = step.pooling, let taps = taps(of: first + image) {
                pare_maximum_forward(&pooling, place.middle.start + image * middleCount, filters, result, taps)
            }
            pare_shift_rows(result, filters, resultCount / filters, step.bias?.start, step.withRelu ? 1 : 0)
        }
        return 0
    }

    func backward() throws(KernelError) {
        guard let above = step.output.gradientStart else { return }
        try workers.run(workplaces.count) { part in
            let place = workplaces[part]
            let begin = workers.range(part, of: workplaces.count, count: batch).lowerBound
            var status = place.way.prepareBackward()
            if status == 0 { status = each(part) { backward($0, above + $0 * resultCount, place, isFirst: $0 == begin) } }
            return status != 0 ? status : place.way.sum(to: place.weightGradients.start)
        }
        addGradients()
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

    private func backward(_ first: Int, _ results: UnsafeMutablePointer<Float>, _ place: Worker, isFirst: Bool) -> Int32 {
        for image in 0..<place.way.count {
            let result = results + image * resultCount
            if step.withRelu { pare_mask_gradients(step.output.start + (first + image) * resultCount, resultCount, result) }
            if step.bias != nil {
                pare_row_sums(result, filters, resultCount / filters, isFirst && image == 0 ? 0 : 1, place.biasGradients.start)
            }
            if var pooling = step.pooling, let taps = taps(of: first + image) {
                pare_maximum_backward(&pooling, result, taps, filters, 0, place.middle.start + image * middleCount)
            }
        }
        return place.way.backward(
            step.pooling == nil ? results : place.middle.start, step.images.start + first * imageCount,
            to: step.images.gradient.map { $0 + first * imageCount }, adds: step.images.accumulates, isFirst: isFirst)
    }
}

extension ConvolutionStep.Parts {
    /// The way that a part with so many images goes: oneDNN's own kernels where channels fill their blocks and there is something to unfold, else products.
    fileprivate func way(images count: Int) throws(KernelError) -> any ConvolutionWay {
        let unfolded = { UnfoldedConvolution(weights.tensor, channels: images.shape[1], windows, groups: settings.groups) }
        guard !windows.isPointwise, DirectConvolution.fits(settings, images: images.shape, results: results) else { return unfolded() }
        let bytes = (images.shape.count + results.count) / max(1, images.shape[0]) * MemoryLayout<Float>.stride
        let some = DirectConvolution.count(of: count, bytes: bytes)
        let extents = DirectConvolution.Extents(
            images: images.shape.with(images: some), weights: settings.groups == 1 ? weights.shape : weights.shape.grouped(settings.groups),
            results: results.with(images: some), settings: settings)
        return try DirectConvolution(extents, weights.tensor, givesImages: images.gradient != nil) ?? unfolded()
    }
}
