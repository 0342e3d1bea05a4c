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
    /// Images [N, C, …] · weights [M, C/groups, k…] + bias [M] → [N, M, …].
    static func convolution(_ inputs: [DoubleTensor], _ settings: Convolution, to shape: Shape) -> DoubleTensor {
        let (images, weights) = (inputs[0], inputs[1])
        var result = biases(inputs, shape)
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
        let ofImages = imagesGradient(inputs[1], settings, gradient, into: DoubleTensor(zeros: inputs[0].shape))
        let ofWeights = weightsGradient(inputs[0], inputs[1].shape, settings, gradient)
        guard inputs.count > 2 else { return [ofImages, ofWeights] }
        return [ofImages, ofWeights, channelSums(gradient)]
    }

    /// The convolution's gradient by its images as an operation of its own; weights [C, M/groups, k…].
    static func transposedConvolution(_ inputs: [DoubleTensor], _ settings: Convolution, to shape: Shape) -> DoubleTensor {
        imagesGradient(inputs[1], settings, inputs[0], into: biases(inputs, shape))
    }

    static func transposedConvolutionGradients(
        _ inputs: [DoubleTensor], _ settings: Convolution, _ gradient: DoubleTensor
    ) -> [DoubleTensor?] {
        let ofImages = convolution([gradient, inputs[1]], settings, to: inputs[0].shape)
        let ofWeights = weightsGradient(gradient, inputs[1].shape, settings, inputs[0])
        return inputs.count > 2 ? [ofImages, ofWeights, channelSums(gradient)] : [ofImages, ofWeights]
    }

    private static func biases(_ inputs: [DoubleTensor], _ shape: Shape) -> DoubleTensor {
        var result = DoubleTensor(zeros: shape)
        guard inputs.count > 2 else { return result }
        let plane = shape.dimensions.dropFirst(2).reduce(1, *)
        for index in result.values.indices { result.values[index] = inputs[2].values[index / plane % shape[1]] }
        return result
    }

    private static func imagesGradient(
        _ weights: DoubleTensor, _ settings: Convolution, _ gradient: DoubleTensor, into images: DoubleTensor
    ) -> DoubleTensor {
        var result = images
        result.values.withUnsafeMutableBufferPointer { result in
            gradient.values.withUnsafeBufferPointer { values in
                settings.forEachRun(images.shape, weights.shape, gradient.shape) { run in
                    let weight = weights.values[run.weight]
                    for k in 0..<run.count { result[run.image + k * run.stride] += values[run.output + k] * weight }
                }
            }
        }
        return result
    }

    private static func weightsGradient(
        _ images: DoubleTensor, _ weights: Shape, _ settings: Convolution, _ gradient: DoubleTensor
    ) -> DoubleTensor {
        var result = DoubleTensor(zeros: weights)
        images.values.withUnsafeBufferPointer { pixels in
            gradient.values.withUnsafeBufferPointer { values in
                settings.forEachRun(images.shape, weights, gradient.shape) { run in
                    var sum = 0.0
                    for k in 0..<run.count { sum += pixels[run.image + k * run.stride] * values[run.output + k] }
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
                // Where the rows of planes before the last axis begin, in the output and in the image.
                var rows = [(output: image * output[1] + tap[0], image: image * images[1] + channel)]
                for axis in 0..<kernel.count - 1 {
                    let met = meeting(tap: tap[2 + axis], axis: axis, extent: images[2 + axis], outputs: output[2 + axis])
                    rows = rows.flatMap { row in
                        met.map { place in
                            let pixel = place * strides[axis] - pads[axis] + tap[2 + axis] * dilations[axis]
                            return (row.output * output[2 + axis] + place, row.image * images[2 + axis] + pixel)
                        }
                    }
                }
                let last = kernel.count - 1
                let columns = meeting(tap: tap[2 + last], axis: last, extent: images[2 + last], outputs: output[2 + last])
                guard !columns.isEmpty else { continue }
                let x = columns.lowerBound * strides[last] - pads[last] + tap[2 + last] * dilations[last]
                for row in rows {
                    body(
                        ProductRun(
                            output: row.output * output[2 + last] + columns.lowerBound, image: row.image * images[2 + last] + x,
                            weight: weight, count: columns.count, stride: strides[last]))
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
