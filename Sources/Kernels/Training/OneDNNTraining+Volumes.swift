import Networks
import Tensors

/// The maximum or the mean of each window over any number of axes, and a Relu: by a list of the pixels of each window, the same for all planes.
final class VolumeStep: TrainingStep {
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let isMaximum: Bool
    private let withRelu: Bool
    private let workers: TrainingWorkers
    /// Where the pixels of each window begin, one more at the end.
    private var starts: [Int] = [0]
    private var pixels: [Int32] = []
    /// Of a mean: 1 / (pixels, or pixels and padding).
    private var shares: [Float] = []
    /// Of a maximum: the pixel of each output.
    private let winners: AlignedBuffer

    init(
        _ input: TrainedOperand, to output: TrainedTensor, _ settings: Pooling, isMaximum: Bool, withRelu: Bool, _ workers: TrainingWorkers
    ) {
        (self.input, self.output, self.isMaximum, self.withRelu, self.workers) = (input, output, isMaximum, withRelu, workers)
        winners = AlignedBuffer(byteCount: max(1, output.shape.count) * MemoryLayout<Int32>.stride)
        for index in 0..<Self.plane(output.shape) {
            let position = output.shape.position(of: index)
            settings.forEachTap(at: position, in: input.shape) { pixels.append(Int32($1)) }
            let count = pixels.count - (starts.last ?? 0)
            starts.append(pixels.count)
            shares.append(1 / Float(settings.countIncludesPadding ? settings.paddedTaps(at: position, in: input.shape) : max(1, count)))
        }
    }

    /// Pixels of one channel of [N, C, …].
    private static func plane(_ shape: Shape) -> Int { shape.dimensions.dropFirst(2).reduce(1, *) }

    private var planes: Int { output.shape[0] * output.shape[1] }
    private var won: UnsafeMutablePointer<Int32> { winners.start.assumingMemoryBound(to: Int32.self) }

    func forward(seed: UInt64) throws(KernelError) {
        let (inner, outer) = (Self.plane(input.shape), Self.plane(output.shape))
        try workers.split(planes, size: pixels.count) { range in
            for plane in range {
                let (from, to) = (input.start + plane * inner, output.start + plane * outer)
                for index in 0..<outer {
                    let window = starts[index]..<starts[index + 1]
                    let value = isMaximum ? largest(from, window, to: won + plane * outer + index) : mean(from, window, shares[index])
                    to[index] = withRelu && value < 0 ? 0 : value
                }
            }
        }
    }

    private func mean(_ plane: UnsafeMutablePointer<Float>, _ window: Range<Int>, _ share: Float) -> Float {
        var sum: Float = 0
        for place in window { sum += plane[Int(pixels[place])] }
        return sum * share
    }

    /// The first of equal maxima; a NaN is above all.
    private func largest(_ plane: UnsafeMutablePointer<Float>, _ window: Range<Int>, to winner: UnsafeMutablePointer<Int32>) -> Float {
        guard let first = window.first else {
            winner.pointee = -1
            return -.infinity
        }
        winner.pointee = pixels[first]
        var best = plane[Int(pixels[first])]
        for place in window.dropFirst() {
            let value = plane[Int(pixels[place])]
            if value > best || value.isNaN && !best.isNaN { (best, winner.pointee) = (value, pixels[place]) }
        }
        return best
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        let (inner, outer) = (Self.plane(input.shape), Self.plane(output.shape))
        try workers.split(planes, size: pixels.count) { range in
            for plane in range {
                let (from, to) = (above + plane * outer, gradient + plane * inner)
                if !input.accumulates { to.update(repeating: 0, count: inner) }
                for index in 0..<outer {
                    if isMaximum {
                        let winner = Int(won[plane * outer + index])
                        if winner >= 0 { to[winner] += from[index] }
                    } else {
                        for place in starts[index]..<starts[index + 1] { to[Int(pixels[place])] += from[index] * shares[index] }
                    }
                }
            }
        }
    }
}

extension TrainingBuilder {
    /// Windows over three axes; a pooling of all pixels is a window as large as they are.
    mutating func volumes(_ stage: PlannedStage, _ settings: Pooling?, isMaximum: Bool) throws(KernelError) -> any TrainingStep {
        let input = try operand(stage, 0)
        return VolumeStep(
            input, to: output(stage), settings ?? Pooling(allOf: input.shape), isMaximum: isMaximum, withRelu: stage.withRelu, workers)
    }
}

extension Pooling {
    /// One window over all pixels of each channel of [N, C, …].
    init(allOf images: Shape) {
        let axes = images.rank - 2
        self.init(
            kernel: Array(images.dimensions.dropFirst(2)), strides: Array(repeating: 1, count: axes),
            pads: Array(repeating: 0, count: 2 * axes), dilations: Array(repeating: 1, count: axes))
    }
}
