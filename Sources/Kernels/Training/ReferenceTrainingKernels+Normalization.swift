import Foundation
import Networks
import Tensors

/// Mean and variance of each channel over a batch.
struct BatchStatistics {
    var mean: [Double]
    /// Divided by the number of values, as the normalization uses it.
    var variance: [Double]
    /// Values a channel.
    var count: Int

    /// Of [N, C, …].
    init(_ x: DoubleTensor) {
        let (channels, step) = (x.shape[1], x.shape.dimensions.dropFirst(2).reduce(1, *))
        let count = max(1, x.values.count / max(1, channels))
        let mean = ReferenceTrainingKernels.channelSums(x).values.map { $0 / Double(count) }
        var squares = [Double](repeating: 0, count: channels)
        for (index, value) in x.values.enumerated() {
            let channel = index / step % channels
            squares[channel] += (value - mean[channel]) * (value - mean[channel])
        }
        self.count = count
        self.mean = mean
        variance = squares.map { $0 / Double(count) }
    }

    /// Divided by one less than the number of values, as the moving variance keeps it.
    var unbiasedVariance: [Double] { variance.map { $0 * Double(count) / Double(count - 1) } }
}

extension ReferenceTrainingKernels {
    /// scale · (x − mean) / sqrt(variance + epsilon) + shift with the statistics of the batch (Ioffe and Szegedy, 2015).
    static func batchNormalization(_ inputs: [DoubleTensor], epsilon: Float) -> DoubleTensor {
        let (normalized, _) = normalized(inputs[0], epsilon)
        let channel = channels(of: inputs[0].shape)
        let values = normalized.values.enumerated().map { index, value in
            inputs[1].values[channel(index)] * value + inputs[2].values[channel(index)]
        }
        return DoubleTensor(shape: inputs[0].shape, values: values)
    }

    /// ∂x = scale / deviation · (∂y − mean(∂y) − x̂ · mean(∂y · x̂)), ∂scale = Σ ∂y · x̂, ∂shift = Σ ∂y.
    static func batchNormalizationGradients(_ inputs: [DoubleTensor], epsilon: Float, _ gradient: DoubleTensor) -> [DoubleTensor?] {
        let (normalized, deviations) = normalized(inputs[0], epsilon)
        let ofScale = channelSums(gradient.zip(normalized, *))
        let ofShift = channelSums(gradient)
        let channel = channels(of: inputs[0].shape)
        let count = Double(gradient.values.count / max(1, ofShift.values.count))
        let values = gradient.values.enumerated().map { index, value in
            let at = channel(index)
            let centred = value - ofShift.values[at] / count - normalized.values[index] * ofScale.values[at] / count
            return inputs[1].values[at] / deviations[at] * centred
        }
        return [DoubleTensor(shape: inputs[0].shape, values: values), ofScale, ofShift, nil, nil]
    }

    private static func normalized(_ x: DoubleTensor, _ epsilon: Float) -> (values: DoubleTensor, deviations: [Double]) {
        let statistics = BatchStatistics(x)
        let deviations = statistics.variance.map { ($0 + Double(epsilon)).squareRoot() }
        let channel = channels(of: x.shape)
        let values = x.values.enumerated().map { ($1 - statistics.mean[channel($0)]) / deviations[channel($0)] }
        return (DoubleTensor(shape: x.shape, values: values), deviations)
    }

    private static func channels(of shape: Shape) -> (Int) -> Int {
        let (channels, step) = (shape[1], shape.dimensions.dropFirst(2).reduce(1, *))
        return { $0 / step % channels }
    }
}

extension ReferenceTrainingKernels {
    /// x · s^−beta with s = bias + alpha / size · Σ x² over neighbouring channels.
    static func responses(_ x: DoubleTensor, _ settings: ResponseNormalization) -> DoubleTensor {
        let sums = responseSums(x, settings)
        return DoubleTensor(shape: x.shape, values: x.values.indices.map { x.values[$0] * pow(sums[$0], -Double(settings.beta)) })
    }

    /// ∂x = Σ over the windows that hold x of ∂y_i (δ s_i^−beta − 2 alpha beta / size · x x_i s_i^(−beta − 1)).
    static func responseGradients(_ x: DoubleTensor, _ settings: ResponseNormalization, _ gradient: DoubleTensor) -> DoubleTensor {
        let (sums, beta) = (responseSums(x, settings), Double(settings.beta))
        let factor = 2 * Double(settings.alpha) * beta / Double(settings.size)
        var result = DoubleTensor(zeros: x.shape)
        for index in x.values.indices {
            result.values[index] += gradient.values[index] * pow(sums[index], -beta)
            for other in neighbours(of: index, x.shape, settings) {
                result.values[other] -= factor * gradient.values[index] * x.values[index] * x.values[other] * pow(sums[index], -beta - 1)
            }
        }
        return result
    }

    private static func responseSums(_ x: DoubleTensor, _ settings: ResponseNormalization) -> [Double] {
        x.values.indices.map { index in
            let sum = neighbours(of: index, x.shape, settings).reduce(0) { $0 + x.values[$1] * x.values[$1] }
            return Double(settings.bias) + Double(settings.alpha) / Double(settings.size) * sum
        }
    }

    /// The same place in the channels of the window of one.
    private static func neighbours(of index: Int, _ shape: Shape, _ settings: ResponseNormalization) -> [Int] {
        let plane = shape.dimensions.dropFirst(2).reduce(1, *)
        let channel = index / plane % shape[1]
        let window = max(0, channel - (settings.size - 1) / 2)...min(shape[1] - 1, channel + settings.size / 2)
        return window.map { index + ($0 - channel) * plane }
    }
}
