import Networks
import Tensors

extension ReferenceTrainingKernels {
    static func maxPool(_ images: DoubleTensor, _ settings: Pooling, to shape: Shape) -> DoubleTensor {
        DoubleTensor(shape: shape, values: maxima(images, settings, shape).map { images.values[$0] })
    }

    /// The first of equal maxima gets the gradient.
    static func maxPoolGradient(_ images: DoubleTensor, _ settings: Pooling, _ gradient: DoubleTensor) -> DoubleTensor {
        var result = DoubleTensor(zeros: images.shape)
        for (winner, value) in zip(maxima(images, settings, gradient.shape), gradient.values) { result.values[winner] += value }
        return result
    }

    /// For each window the first pixel, row by row, that no other is above; a NaN is above all.
    private static func maxima(_ images: DoubleTensor, _ settings: Pooling, _ shape: Shape) -> [Int] {
        (0..<shape.count).map { index in
            let position = shape.position(of: index)
            let plane = start(of: position, in: images.shape)
            var winner: Int?
            settings.forEachTap(at: position, in: images.shape) { _, pixel in
                let value = images.values[plane + pixel]
                guard let best = winner, !(value > images.values[best]), !value.isNaN || images.values[best].isNaN else {
                    return winner = plane + pixel
                }
            }
            return winner ?? plane
        }
    }

    static func averagePool(_ images: DoubleTensor, _ settings: Pooling, to shape: Shape) -> DoubleTensor {
        var result = DoubleTensor(zeros: shape)
        forEachShare(images.shape, settings, shape) { result.values[$0] += images.values[$1] * $2 }
        return result
    }

    static func averagePoolGradient(_ images: Shape, _ settings: Pooling, _ gradient: DoubleTensor) -> DoubleTensor {
        var result = DoubleTensor(zeros: images)
        forEachShare(images, settings, gradient.shape) { result.values[$1] += gradient.values[$0] * $2 }
        return result
    }

    /// Calls `body` with each output, each pixel of its window, and the pixel's part in the mean.
    private static func forEachShare(
        _ images: Shape, _ settings: Pooling, _ shape: Shape, _ body: (_ output: Int, _ pixel: Int, _ share: Double) -> Void
    ) {
        for index in 0..<shape.count {
            let position = shape.position(of: index)
            var pixels: [Int] = []
            settings.forEachTap(at: position, in: images) { pixels.append($1) }
            let count = settings.countIncludesPadding ? settings.paddedTaps(at: position, in: images) : pixels.count
            let plane = start(of: position, in: images)
            for pixel in pixels { body(index, plane + pixel, 1 / Double(count)) }
        }
    }

    /// The first pixel of the plane that an output position [n, c, …] reads.
    private static func start(of position: [Int], in images: Shape) -> Int {
        (position[0] * images[1] + position[1]) * images.dimensions.dropFirst(2).reduce(1, *)
    }
}
