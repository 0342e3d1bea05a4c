import Networks
import Tensors

extension ReferenceKernels {
    /// Images [N, C, H, W] · weights [M, C/groups, kH, kW] + bias [M] → [N, M, H', W'].
    public static func convolution(
        _ images: ReferenceTensor, _ weights: ReferenceTensor, _ bias: ReferenceTensor?, _ settings: Convolution, to shape: Shape
    ) -> ReferenceTensor {
        let window = Pooling(
            kernel: settings.kernel, strides: settings.strides, pads: settings.pads, dilations: settings.dilations)
        let (channels, depth) = (images.shape[1], weights.shape[1])
        let filtersPerGroup = max(weights.shape[0] / settings.groups, 1)
        let taps = window.kernel[0] * window.kernel[1]
        let values = (0..<shape.count).map { index in
            let position = shape.position(of: index)
            let filter = position[1]
            let first = filter / filtersPerGroup * depth
            var sum = Double(bias?.values[filter] ?? 0)
            window.forEachTap(at: position, in: images.shape) { tap, pixel in
                for channel in 0..<depth {
                    let plane = (position[0] * channels + first + channel) * images.shape[2] * images.shape[3]
                    let weight = weights.values[(filter * depth + channel) * taps + tap]
                    sum += Double(images.values[plane + pixel]) * Double(weight)
                }
            }
            return Float(sum)
        }
        return ReferenceTensor(shape: shape, values: values)
    }

    /// Window maximum over the pixels; padding does not count.
    public static func maxPool(_ images: ReferenceTensor, _ settings: Pooling, to shape: Shape) -> ReferenceTensor {
        let values = (0..<shape.count).map { index in
            let position = shape.position(of: index)
            let plane = (position[0] * shape[1] + position[1]) * images.shape[2] * images.shape[3]
            var largest = -Float.infinity
            settings.forEachTap(at: position, in: images.shape) { largest = max(largest, images.values[plane + $1]) }
            return largest
        }
        return ReferenceTensor(shape: shape, values: values)
    }

    /// Window mean over the pixels, or over pixels and padding with `countIncludesPadding`; what lies past the padding never counts.
    public static func averagePool(_ images: ReferenceTensor, _ settings: Pooling, to shape: Shape) -> ReferenceTensor {
        let values = (0..<shape.count).map { index in
            let position = shape.position(of: index)
            let plane = (position[0] * shape[1] + position[1]) * images.shape[2] * images.shape[3]
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
        let size = images.shape[2] * images.shape[3]
        let shape: Shape = [images.shape[0], images.shape[1], 1, 1]
        let values = (0..<shape.count).map { plane in
            Float(images.values[plane * size..<(plane + 1) * size].reduce(0.0) { $0 + Double($1) } / Double(size))
        }
        return ReferenceTensor(shape: shape, values: values)
    }
}

extension Pooling {
    /// Calls `body` with the index of each tap of the window at an output position [n, c, y, x] that meets a pixel, and that pixel's index in its plane.
    func forEachTap(at position: [Int], in images: Shape, _ body: (_ tap: Int, _ pixel: Int) -> Void) {
        for row in 0..<kernel[0] {
            let y = position[2] * strides[0] - pads[0] + row * dilations[0]
            guard (0..<images[2]).contains(y) else { continue }
            for column in 0..<kernel[1] {
                let x = position[3] * strides[1] - pads[1] + column * dilations[1]
                guard (0..<images[3]).contains(x) else { continue }
                body(row * kernel[1] + column, y * images[3] + x)
            }
        }
    }

    /// Taps of the window at an output position that meet a pixel or its padding.
    func paddedTaps(at position: [Int], in images: Shape) -> Int {
        (0..<2).reduce(1) { product, axis in
            let start = position[axis + 2] * strides[axis] - pads[axis]
            let end = images[axis + 2] + pads[axis + 2]
            return product * (0..<kernel[axis]).count { start + $0 * dilations[axis] < end }
        }
    }
}
