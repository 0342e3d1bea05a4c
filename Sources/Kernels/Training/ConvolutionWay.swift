import CKernels
import COneDNN

/// How one thread convolves some images of a batch and finds the gradients: [count, C, …] → [count, M, …], weights [M, C / groups, …].
///
/// Status codes are oneDNN's, 0 for success. A step prepares first, since the weights have changed by then.
protocol ConvolutionWay: AnyObject {
    /// Images at a time.
    var count: Int { get }
    func prepareForward() -> Int32
    func forward(_ images: UnsafeMutablePointer<Float>, to result: UnsafeMutablePointer<Float>) -> Int32
    func prepareBackward() -> Int32
    /// The gradient by the weights to the sum over the thread's images, which the first ones begin; that by the images where it is asked for.
    func backward(
        _ above: UnsafeMutablePointer<Float>, _ images: UnsafeMutablePointer<Float>, to gradient: UnsafeMutablePointer<Float>?, adds: Bool,
        isFirst: Bool
    ) -> Int32
    /// Leaves that sum, in the order of the weights.
    func sum(to gradients: UnsafeMutablePointer<Float>) -> Int32
}

/// By a matrix product for each image, unfolded so that what lies between the products stays in the cache; for every rank and any groups.
final class UnfoldedConvolution: ConvolutionWay {
    let count = 1
    private let weights: TrainedTensor
    private let windows: Unfolding
    private let groups: Int
    private let channels: Int
    /// [C · taps, pixels].
    private let columns: TrainedTensor
    private let weightGradients: TrainedTensor
    private var filtersPerGroup: Int { weights.shape[0] / groups }
    private var pixels: Int { windows.outputCount }
    /// Rows of the unfolded image that one group reads.
    private var depth: Int { channels / groups * windows.taps }

    init(_ weights: TrainedTensor, channels: Int, _ windows: Unfolding, groups: Int) {
        (self.weights, self.channels, self.windows, self.groups) = (weights, channels, windows, groups)
        columns = TrainedTensor([windows.isPointwise ? 0 : channels * windows.taps, windows.outputCount], needsGradient: false)
        weightGradients = TrainedTensor(weights.shape, needsGradient: false)
    }

    func prepareForward() -> Int32 { 0 }
    func prepareBackward() -> Int32 { 0 }

    /// What the products read of an image.
    private func unfolded(_ image: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
        if windows.isPointwise { return image }
        windows.unfold(image, channels: channels, to: columns.start)
        return columns.start
    }

    func forward(_ image: UnsafeMutablePointer<Float>, to result: UnsafeMutablePointer<Float>) -> Int32 {
        let columns = unfolded(image)
        return eachGroup { group in
            pare_product(
                0, 0, Int64(filtersPerGroup), Int64(pixels), Int64(depth), weights.start + group * filtersPerGroup * depth, Int64(depth),
                columns + group * depth * pixels, Int64(pixels), 0, result + group * filtersPerGroup * pixels, Int64(pixels))
        }
    }

    func backward(
        _ above: UnsafeMutablePointer<Float>, _ image: UnsafeMutablePointer<Float>, to gradient: UnsafeMutablePointer<Float>?, adds: Bool,
        isFirst: Bool
    ) -> Int32 {
        let columns = unfolded(image)
        // ∂W += ∂y · columnsᵀ.
        let status = eachGroup { group in
            pare_product(
                0, 1, Int64(filtersPerGroup), Int64(depth), Int64(pixels), above + group * filtersPerGroup * pixels, Int64(pixels),
                columns + group * depth * pixels, Int64(pixels), isFirst ? 0 : 1, weightGradients.start + group * filtersPerGroup * depth,
                Int64(depth))
        }
        guard status == 0, let gradient else { return status }
        return imageGradients(above, to: gradient, adds: adds)
    }

    /// ∂columns = Wᵀ · ∂y, folded back into the image.
    private func imageGradients(
        _ above: UnsafeMutablePointer<Float>, to gradient: UnsafeMutablePointer<Float>, adds: Bool
    ) -> Int32 {
        let columns = windows.isPointwise ? gradient : columns.start
        let status = eachGroup { group in
            pare_product(
                1, 0, Int64(depth), Int64(pixels), Int64(filtersPerGroup), weights.start + group * filtersPerGroup * depth, Int64(depth),
                above + group * filtersPerGroup * pixels, Int64(pixels), windows.isPointwise && adds ? 1 : 0,
                columns + group * depth * pixels, Int64(pixels))
        }
        guard status == 0, !windows.isPointwise else { return status }
        windows.fold(columns, channels: channels, adds: adds ? 1 : 0, to: gradient)
        return 0
    }

    func sum(to gradients: UnsafeMutablePointer<Float>) -> Int32 {
        gradients.update(from: weightGradients.start, count: weights.shape.count)
        return 0
    }

    private func eachGroup(_ body: (Int) -> Int32) -> Int32 {
        for group in 0..<groups {
            let status = body(group)
            if status != 0 { return status }
        }
        return 0
    }
}
