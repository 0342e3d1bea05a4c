import CKernels
import COneDNN
import Networks
import Tensors

/// A convolution with its bias, the window maximum that alone reads it, and a Relu: unfolded images times weights, one image after another,
/// so that what lies between the products stays in the cache.
final class ConvolutionStep: TrainingStep {
    struct Parts {
        var images: TrainedOperand
        var weights: TrainedOperand
        var bias: TrainedOperand?
        var output: TrainedTensor
        var windows: Unfolding
        var groups: Int
        var withRelu: Bool
        var pooling: pare_windows?
    }

    /// What one part of the images is worked on with.
    private struct Worker {
        /// [C · taps, pixels].
        let columns: TrainedTensor
        /// The convolved image before the maximum, and its gradient.
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
    private let channels: Int
    private let filters: Int
    /// Rows of the unfolded image that one group reads.
    private let depth: Int
    private var pixels: Int { step.windows.outputCount }
    private var resultCount: Int { filters * (step.pooling?.outputCount ?? step.windows.outputCount) }
    private var imageCount: Int { channels * step.windows.inputCount }
    private var filtersPerGroup: Int { filters / step.groups }

    init(_ step: Parts, _ workers: TrainingWorkers) {
        self.step = step
        self.workers = workers
        (batch, channels, filters) = (step.images.shape[0], step.images.shape[1], step.weights.shape[0])
        depth = channels / step.groups * step.windows.taps
        taps = step.pooling == nil ? nil : AlignedBuffer(byteCount: step.output.shape.count * MemoryLayout<UInt16>.stride)
        let columns: Shape = [step.windows.isPointwise ? 0 : channels * step.windows.taps, step.windows.outputCount]
        let middle: Shape = step.pooling == nil ? [0] : [step.weights.shape[0], step.windows.outputCount]
        workplaces = (0..<workers.parts(of: step.images.shape[0])).map { _ in
            Worker(
                columns: TrainedTensor(columns, needsGradient: false), middle: TrainedTensor(middle, needsGradient: false),
                weightGradients: TrainedTensor(step.weights.shape, needsGradient: false),
                biasGradients: TrainedTensor([step.weights.shape[0]], needsGradient: false))
        }
    }

    private func images(of part: Int) -> Range<Int> { workers.range(part, of: workplaces.count, count: batch) }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.run(workplaces.count) { part in
            for image in images(of: part) {
                let status = forward(image, workplaces[part])
                if status != 0 { return status }
            }
            return 0
        }
    }

    private func taps(of image: Int) -> UnsafeMutablePointer<UInt16>? {
        taps.map { $0.start.assumingMemoryBound(to: UInt16.self) + image * resultCount }
    }

    /// What the products read of an image.
    private func unfolded(_ image: Int, _ place: Worker) -> UnsafeMutablePointer<Float> {
        let source = step.images.start + image * imageCount
        if step.windows.isPointwise { return source }
        step.windows.unfold(source, channels: channels, to: place.columns.start)
        return place.columns.start
    }

    private func forward(_ image: Int, _ place: Worker) -> Int32 {
        let result = step.output.start + image * resultCount
        let columns = unfolded(image, place)
        let target = step.pooling == nil ? result : place.middle.start
        for group in 0..<step.groups {
            let status = pare_product(
                0, 0, Int64(filtersPerGroup), Int64(pixels), Int64(depth), step.weights.start + group * filtersPerGroup * depth,
                Int64(depth), columns + group * depth * pixels, Int64(pixels), 0, target + group * filtersPerGroup * pixels,
                Int64(pixels))
            if status != 0 { return status }
        }
        if var pooling = step.pooling, let taps = taps(of: image) {
            pare_maximum_forward(&pooling, place.middle.start, filters, result, taps)
        }
        pare_shift_rows(result, filters, resultCount / filters, step.bias?.start, step.withRelu ? 1 : 0)
        return 0
    }

    func backward() throws(KernelError) {
        guard step.output.gradientStart != nil else { return }
        try workers.run(workplaces.count) { part in
            let range = images(of: part)
            for image in range {
                let status = backward(image, workplaces[part], isFirst: image == range.lowerBound)
                if status != 0 { return status }
            }
            return 0
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

    private func backward(_ image: Int, _ place: Worker, isFirst: Bool) -> Int32 {
        guard let result = step.output.gradientStart.map({ $0 + image * resultCount }) else { return 0 }
        if step.withRelu { pare_mask_gradients(step.output.start + image * resultCount, resultCount, result) }
        if step.bias != nil { pare_row_sums(result, filters, resultCount / filters, isFirst ? 0 : 1, place.biasGradients.start) }
        var above = result
        if var pooling = step.pooling, let taps = taps(of: image) {
            above = place.middle.start
            pare_maximum_backward(&pooling, result, taps, filters, 0, above)
        }
        let columns = unfolded(image, place)
        let status = weightGradients(above, columns, place, isFirst: isFirst)
        guard status == 0, let images = step.images.gradient else { return status }
        return imageGradients(above, place, images + image * imageCount)
    }

    /// ∂W += ∂y · columnsᵀ.
    private func weightGradients(
        _ above: UnsafeMutablePointer<Float>, _ columns: UnsafeMutablePointer<Float>, _ place: Worker, isFirst: Bool
    ) -> Int32 {
        for group in 0..<step.groups {
            let status = pare_product(
                0, 1, Int64(filtersPerGroup), Int64(depth), Int64(pixels), above + group * filtersPerGroup * pixels, Int64(pixels),
                columns + group * depth * pixels, Int64(pixels), isFirst ? 0 : 1,
                place.weightGradients.start + group * filtersPerGroup * depth, Int64(depth))
            if status != 0 { return status }
        }
        return 0
    }

    /// ∂columns = Wᵀ · ∂y, folded back into the image.
    private func imageGradients(
        _ above: UnsafeMutablePointer<Float>, _ place: Worker, _ images: UnsafeMutablePointer<Float>
    ) -> Int32 {
        let isPointwise = step.windows.isPointwise
        let columns = isPointwise ? images : place.columns.start
        for group in 0..<step.groups {
            let status = pare_product(
                1, 0, Int64(depth), Int64(pixels), Int64(filtersPerGroup),
                step.weights.start + group * filtersPerGroup * depth, Int64(depth), above + group * filtersPerGroup * pixels,
                Int64(pixels), isPointwise ? step.images.beta : 0, columns + group * depth * pixels, Int64(pixels))
            if status != 0 { return status }
        }
        guard !isPointwise else { return 0 }
        step.windows.fold(columns, channels: channels, adds: step.images.adds, to: images)
        return 0
    }
}
