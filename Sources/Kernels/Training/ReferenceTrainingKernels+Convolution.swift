import Networks
import Tensors

/// Products of a convolution that share a weight: output[k] += image[k · stride] · weight for k < count.
private struct ProductRun {
    var output: Int
    var image: Int
    var weight: Int
    var count: Int
    var stride: Int
}

extension ReferenceTrainingKernels {
    /// Images [N, C, H, W] · weights [M, C/groups, kH, kW] + bias [M] → [N, M, H', W'].
    static func convolution(_ inputs: [DoubleTensor], _ settings: Convolution, to shape: Shape) -> DoubleTensor {
        let (images, weights) = (inputs[0], inputs[1])
        var result = DoubleTensor(zeros: shape)
        if inputs.count > 2 {
            let plane = shape[2] * shape[3]
            for index in result.values.indices { result.values[index] = inputs[2].values[index / plane % shape[1]] }
        }
        result.values.withUnsafeMutableBufferPointer { result in
            images.values.withUnsafeBufferPointer { images in
                settings.forEachRun(inputs[0].shape, weights.shape, shape) { run in
                    let weight = weights.values[run.weight]
                    for k in 0..<run.count { result[run.output + k] += images[run.image + k * run.stride] * weight }
                }
            }
        }
        return result
    }

    static func convolutionGradients(
        _ inputs: [DoubleTensor], _ settings: Convolution, _ gradient: DoubleTensor
    ) -> [DoubleTensor?] {
        let ofImages = imagesGradient(inputs, settings, gradient)
        let ofWeights = weightsGradient(inputs, settings, gradient)
        guard inputs.count > 2 else { return [ofImages, ofWeights] }
        return [ofImages, ofWeights, channelSums(gradient)]
    }

    private static func imagesGradient(_ inputs: [DoubleTensor], _ settings: Convolution, _ gradient: DoubleTensor) -> DoubleTensor {
        var result = DoubleTensor(zeros: inputs[0].shape)
        result.values.withUnsafeMutableBufferPointer { result in
            gradient.values.withUnsafeBufferPointer { values in
                settings.forEachRun(inputs[0].shape, inputs[1].shape, gradient.shape) { run in
                    let weight = inputs[1].values[run.weight]
                    for k in 0..<run.count { result[run.image + k * run.stride] += values[run.output + k] * weight }
                }
            }
        }
        return result
    }

    private static func weightsGradient(_ inputs: [DoubleTensor], _ settings: Convolution, _ gradient: DoubleTensor) -> DoubleTensor {
        var result = DoubleTensor(zeros: inputs[1].shape)
        inputs[0].values.withUnsafeBufferPointer { images in
            gradient.values.withUnsafeBufferPointer { values in
                settings.forEachRun(inputs[0].shape, inputs[1].shape, gradient.shape) { run in
                    var sum = 0.0
                    for k in 0..<run.count { sum += images[run.image + k * run.stride] * values[run.output + k] }
                    result.values[run.weight] += sum
                }
            }
        }
        return result
    }

    /// Sums over all axes but the second: [N, C, …] → [C].
    static func channelSums(_ x: DoubleTensor) -> DoubleTensor {
        let (channels, step) = (x.shape[1], x.shape.dimensions.dropFirst(2).reduce(1, *))
        var result = DoubleTensor(zeros: [channels])
        for (index, value) in x.values.enumerated() { result.values[index / step % channels] += value }
        return result
    }
}

extension Convolution {
    /// Calls `body` for every weight, image and row of the output, with the columns at which the weight meets a pixel.
    fileprivate func forEachRun(_ images: Shape, _ weights: Shape, _ output: Shape, _ body: (ProductRun) -> Void) {
        let filtersPerGroup = weights[0] / groups
        for image in 0..<output[0] {
            for weight in 0..<weights.count {
                let tap = weights.position(of: weight)
                let channel = tap[0] / filtersPerGroup * weights[1] + tap[1]
                let columns = meeting(tap: tap[3], axis: 1, extent: images[3], outputs: output[3])
                guard !columns.isEmpty else { continue }
                for row in meeting(tap: tap[2], axis: 0, extent: images[2], outputs: output[2]) {
                    let y = row * strides[0] - pads[0] + tap[2] * dilations[0]
                    let x = columns.lowerBound * strides[1] - pads[1] + tap[3] * dilations[1]
                    let target = ((image * output[1] + tap[0]) * output[2] + row) * output[3] + columns.lowerBound
                    let source = ((image * images[1] + channel) * images[2] + y) * images[3] + x
                    body(ProductRun(output: target, image: source, weight: weight, count: columns.count, stride: strides[1]))
                }
            }
        }
    }

    /// The outputs along an axis at which a tap meets a pixel.
    private func meeting(tap: Int, axis: Int, extent: Int, outputs: Int) -> Range<Int> {
        let offset = tap * dilations[axis] - pads[axis]
        let first = offset >= 0 ? 0 : (strides[axis] - 1 - offset) / strides[axis]
        let end = extent > offset ? min(outputs, (extent - 1 - offset) / strides[axis] + 1) : 0
        return min(first, max(end, 0))..<max(end, 0)
    }
}
