import Tensors

extension ReferenceKernels {
    /// Images [N, C, …] · weights [M, C/groups, k…] + bias [M] → [N, M, …].
    public static func convolution(
        _ images: ReferenceTensor, _ weights: ReferenceTensor, _ bias: ReferenceTensor?, _ settings: Convolution, to shape: Shape
    ) -> ReferenceTensor {
        let window = Pooling(settings)
        let (channels, depth) = (images.shape[1], weights.shape[1])
        let filtersPerGroup = max(weights.shape[0] / settings.groups, 1)
        let (taps, pixels) = (window.kernel.reduce(1, *), images.shape.planeCount)
        let values = (0..<shape.count).map { index in
            let position = shape.position(of: index)
            let filter = position[1]
            let first = filter / filtersPerGroup * depth
            var sum = Double(bias?.values[filter] ?? 0)
            window.forEachTap(at: position, in: images.shape) { tap, pixel in
                for channel in 0..<depth {
                    let plane = (position[0] * channels + first + channel) * pixels
                    let weight = weights.values[(filter * depth + channel) * taps + tap]
                    sum += Double(images.values[plane + pixel]) * Double(weight)
                }
            }
            return Float(sum)
        }
        return ReferenceTensor(shape: shape, values: values)
    }

    /// Images [N, C, …], weights [C, M/groups, k…], bias [M] → [N, M, …]: each pixel adds its weights to the pixels that the window reaches from it.
    public static func transposedConvolution(
        _ images: ReferenceTensor, _ weights: ReferenceTensor, _ bias: ReferenceTensor?, _ settings: TransposedConvolution, to shape: Shape
    ) -> ReferenceTensor {
        let (channels, filters, depth) = (images.shape[1], shape[1], weights.shape[1])
        let (taps, inner, outer) = (settings.window.kernel.reduce(1, *), images.shape.planeCount, shape.planeCount)
        let channelsPerGroup = max(channels / settings.window.groups, 1)
        var sums = [Double](repeating: 0, count: shape.count)
        for index in sums.indices { sums[index] = Double(bias?.values[index / outer % filters] ?? 0) }
        let window = Pooling(settings.window)
        for index in images.values.indices {
            let (example, channel) = (index / inner / channels, index / inner % channels)
            let first = channel / channelsPerGroup * depth
            window.forEachTap(at: images.shape.position(of: index), in: shape) { tap, pixel in
                for filter in 0..<depth {
                    let weight = weights.values[(channel * depth + filter) * taps + tap]
                    sums[(example * filters + first + filter) * outer + pixel] += Double(images.values[index]) * Double(weight)
                }
            }
        }
        return ReferenceTensor(shape: shape, values: sums.map { Float($0) })
    }

    private static func larger(_ a: Float, _ b: Float) -> Float { a.isNaN || b.isNaN ? .nan : max(a, b) }

    /// Window maximum over the pixels; padding does not count, and a NaN is above all.
    public static func maxPool(_ images: ReferenceTensor, _ settings: Pooling, to shape: Shape) -> ReferenceTensor {
        let pixels = images.shape.planeCount
        let values = (0..<shape.count).map { index in
            let position = shape.position(of: index)
            let plane = (position[0] * shape[1] + position[1]) * pixels
            var largest = -Float.infinity
            settings.forEachTap(at: position, in: images.shape) { largest = larger(largest, images.values[plane + $1]) }
            return largest
        }
        return ReferenceTensor(shape: shape, values: values)
    }

    /// Window mean over the pixels, or over pixels and padding with `countIncludesPadding`; what lies past the padding never counts.
    public static func averagePool(_ images: ReferenceTensor, _ settings: Pooling, to shape: Shape) -> ReferenceTensor {
        let size = images.shape.planeCount
        let values = (0..<shape.count).map { index in
            let position = shape.position(of: index)
            let plane = (position[0] * shape[1] + position[1]) * size
            var (sum, pixels) = (0.0, 0)
            settings.forEachTap(at: position, in: images.shape) {
                sum += Double(images.values[plane + $1])
                pixels += 1
            }
            let count = settings.countIncludesPadding ? settings.paddedTaps(at: position, in: images.shape) : pixels
            return Float(sum / Double(count))
        }
        return ReferenceTensor(shape: shape, values: values)
    }

    /// Mean over all pixels of each channel: [N, C, H, W] → [N, C, 1, 1].
    public static func globalAveragePool(_ images: ReferenceTensor) -> ReferenceTensor {
        let size = images.shape.planeCount
        let shape = Shape(images.shape.dimensions[..<2] + [Int](repeating: 1, count: images.shape.rank - 2))
        let values = (0..<shape.count).map { plane in
            Float(images.values[plane * size..<(plane + 1) * size].reduce(0.0) { $0 + Double($1) } / Double(size))
        }
        return ReferenceTensor(shape: shape, values: values)
    }

    /// Maximum over all pixels of each channel; a NaN is above all.
    public static func globalMaxPool(_ images: ReferenceTensor, to shape: Shape) -> ReferenceTensor {
        let size = images.shape.planeCount
        let values = (0..<shape.count).map { plane in
            images.values[plane * size..<(plane + 1) * size].reduce(-.infinity, larger)
        }
        return ReferenceTensor(shape: shape, values: values)
    }
}

extension Shape {
    /// Pixels of one channel of [N, C, …].
    fileprivate var planeCount: Int { dimensions.dropFirst(2).reduce(1, *) }
}

extension Pooling {
    /// Calls `body` with the index of each tap of the window at an output position [n, c, …] that meets a pixel, and that pixel's index in its plane.
    public func forEachTap(at position: [Int], in images: Shape, _ body: (_ tap: Int, _ pixel: Int) -> Void) {
        forEachTap(axis: 0, tap: 0, pixel: 0, position, images, body)
    }

    private func forEachTap(
        axis: Int, tap: Int, pixel: Int, _ position: [Int], _ images: Shape, _ body: (_ tap: Int, _ pixel: Int) -> Void
    ) {
        guard axis < kernel.count else { return body(tap, pixel) }
        let start = position[axis + 2] * strides[axis] - pads[axis]
        for step in 0..<kernel[axis] {
            let place = start + step * dilations[axis]
            guard (0..<images[axis + 2]).contains(place) else { continue }
            forEachTap(axis: axis + 1, tap: tap * kernel[axis] + step, pixel: pixel * images[axis + 2] + place, position, images, body)
        }
    }

    /// Taps of the window at an output position that meet a pixel or its padding.
    public func paddedTaps(at position: [Int], in images: Shape) -> Int {
        kernel.indices.reduce(1) { product, axis in
            let start = position[axis + 2] * strides[axis] - pads[axis]
            let end = images[axis + 2] + pads[axis + kernel.count]
            return product * (0..<kernel[axis]).count { start + $0 * dilations[axis] < end }
        }
    }
}
