import Foundation
import Networks
import Tensors

/// Sum, mean, maximum or minimum along axes, and a Relu.
final class ReductionStep: TrainingStep {
    private let function: Reduction.Function
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let withRelu: Bool
    private let workers: TrainingWorkers
    /// Where each result's elements begin, and how far each of them lies from there.
    private let (starts, offsets): ([Int], [Int])
    /// Of a maximum or minimum, the offset that it stands at.
    private let winners: UnsafeMutableBufferPointer<Int32>

    init(
        _ reduction: Reduction, _ input: TrainedOperand, to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers
    ) {
        (function, self.input, self.output) = (reduction.function, input, output)
        (self.withRelu, self.workers) = (withRelu, workers)
        let strides = input.shape.rowMajorStrides
        func places(_ axes: [Int]) -> [Int] {
            axes.reduce([0]) { places, axis in places.flatMap { place in (0..<input.shape[axis]).map { place + $0 * strides[axis] } } }
        }
        starts = places(input.shape.dimensions.indices.filter { !reduction.axes.contains($0) })
        offsets = places(reduction.axes.sorted())
        winners = .allocate(capacity: starts.count)
        winners.initialize(repeating: 0)
    }

    deinit { winners.deallocate() }

    private var isExtreme: Bool { function == .maximum || function == .minimum }

    func forward(seed: UInt64) throws(KernelError) {
        let factor = function == .mean ? 1 / Double(max(offsets.count, 1)) : 1
        try workers.split(starts.count, size: offsets.count) { range in
            for place in range {
                let from = input.start + starts[place]
                if isExtreme {
                    var best = 0
                    for (index, offset) in offsets.enumerated() {
                        let (value, held) = (from[offset], from[offsets[best]])
                        if (function == .maximum ? value > held : value < held) || value.isNaN && !held.isNaN { best = index }
                    }
                    winners[place] = Int32(best)
                    output.start[place] = from[offsets[best]]
                } else {
                    var sum = 0.0
                    for offset in offsets { sum += Double(from[offset]) }
                    output.start[place] = Float(sum * factor)
                }
                if withRelu, output.start[place] < 0 { output.start[place] = 0 }
            }
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        let factor: Float = function == .mean ? 1 / Float(max(offsets.count, 1)) : 1
        try workers.split(starts.count, size: offsets.count) { range in
            for place in range {
                let (to, slope) = (gradient + starts[place], above[place] * factor)
                for (index, offset) in offsets.enumerated() {
                    let passed = isExtreme && index != Int(winners[place]) ? 0 : slope
                    to[offset] = input.accumulates ? to[offset] + passed : passed
                }
            }
        }
    }
}

/// exp(x − max) / Σ exp(x − max) along an axis or its logarithm, inside a network; and a Relu.
final class SoftmaxStep: TrainingStep {
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let isLogarithm: Bool
    private let withRelu: Bool
    private let workers: TrainingWorkers
    private let (extent, stride): (Int, Int)
    /// The sum of each row and its logarithm's gradient need the values before a Relu.
    private let made: TrainedTensor

    init(_ input: TrainedOperand, axis: Int, isLogarithm: Bool, to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers) {
        (self.input, self.output, self.isLogarithm) = (input, output, isLogarithm)
        (self.withRelu, self.workers) = (withRelu, workers)
        let axis = axis < 0 ? axis + input.shape.rank : axis
        extent = input.shape[axis]
        stride = input.shape.dimensions[(axis + 1)...].reduce(1, *)
        made = withRelu ? TrainedTensor(output.shape, needsGradient: false) : output
    }

    private var rows: Int { output.shape.count / max(1, extent) }

    private func start(_ row: Int) -> Int { row / stride * stride * extent + row % stride }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(rows, size: extent) { range in
            for row in range {
                let (from, to) = (input.start + start(row), made.start + start(row))
                var largest = -Float.infinity
                for index in 0..<extent where !(from[index * stride] <= largest) { largest = from[index * stride] }
                var sum = 0.0
                for index in 0..<extent { sum += exp(Double(from[index * stride] - largest)) }
                for index in 0..<extent {
                    let difference = Double(from[index * stride] - largest)
                    to[index * stride] = Float(isLogarithm ? difference - log(sum) : exp(difference) / sum)
                }
            }
        }
        guard withRelu else { return }
        for index in 0..<output.shape.count { output.start[index] = made.start[index] < 0 ? 0 : made.start[index] }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        try workers.split(rows, size: extent) { range in
            for row in range {
                let (y, slopes, to) = (made.start + start(row), above + start(row), gradient + start(row))
                var sum: Float = 0
                for index in 0..<extent { sum += isLogarithm ? slopes[index * stride] : y[index * stride] * slopes[index * stride] }
                for index in 0..<extent {
                    let at = index * stride
                    let passed = isLogarithm ? slopes[at] - exp(y[at]) * sum : y[at] * (slopes[at] - sum)
                    to[at] = input.accumulates ? to[at] + passed : passed
                }
            }
        }
    }
}

/// Each row normalized by its own mean and variance, with a scale and a shift for each of its values (Ba and others, 2016); and a Relu.
final class LayerNormalizationStep: TrainingStep {
    private let input: TrainedOperand
    private let scale: TrainedOperand
    private let shift: TrainedOperand?
    private let output: TrainedTensor
    private let epsilon: Float
    private let withRelu: Bool
    private let workers: TrainingWorkers
    private let width: Int
    /// Of each row.
    private let (means, inverseDeviations): (FloatBuffer, FloatBuffer)

    init(
        _ input: TrainedOperand, _ scale: TrainedOperand, _ shift: TrainedOperand?, to output: TrainedTensor, epsilon: Float,
        withRelu: Bool, _ workers: TrainingWorkers
    ) {
        (self.input, self.scale, self.shift, self.output) = (input, scale, shift, output)
        (self.epsilon, self.withRelu, self.workers) = (epsilon, withRelu, workers)
        width = scale.shape.count
        let rows = output.shape.count / max(1, width)
        (means, inverseDeviations) = (FloatBuffer(count: rows), FloatBuffer(count: rows))
    }

    private var rows: Int { output.shape.count / max(1, width) }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(rows, size: width) { range in
            for row in range {
                let (from, to) = (input.start + row * width, output.start + row * width)
                var (sum, squares) = (0.0, 0.0)
                for index in 0..<width { sum += Double(from[index]) }
                let mean = sum / Double(width)
                for index in 0..<width { squares += (Double(from[index]) - mean) * (Double(from[index]) - mean) }
                let inverse = 1 / (squares / Double(width) + Double(epsilon)).squareRoot()
                (means.start[row], inverseDeviations.start[row]) = (Float(mean), Float(inverse))
                for index in 0..<width {
                    let value = scale.start[index] * (from[index] - Float(mean)) * Float(inverse) + (shift?.start[index] ?? 0)
                    to[index] = withRelu && value < 0 ? 0 : value
                }
            }
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart else { return }
        if withRelu { try maskGradients(output, workers) }
        try workers.split(rows, size: width) { range in for row in range { inputGradient(row, above + row * width) } }
        try workers.split(width, size: rows, step: 16) { range in for column in range { parameterGradients(column, above) } }
    }

    /// ∂x = (g − mean(g) − x̂ · mean(g · x̂)) / deviation with g = scale · ∂y.
    private func inputGradient(_ row: Int, _ above: UnsafeMutablePointer<Float>) {
        guard let gradient = input.gradient else { return }
        let (from, to) = (input.start + row * width, gradient + row * width)
        let (mean, inverse) = (means.start[row], inverseDeviations.start[row])
        var (sum, product): (Float, Float) = (0, 0)
        for index in 0..<width {
            let slope = scale.start[index] * above[index]
            sum += slope
            product += slope * (from[index] - mean) * inverse
        }
        (sum, product) = (sum / Float(width), product / Float(width))
        for index in 0..<width {
            let passed = inverse * (scale.start[index] * above[index] - sum - (from[index] - mean) * inverse * product)
            to[index] = input.accumulates ? to[index] + passed : passed
        }
    }

    private func parameterGradients(_ column: Int, _ above: UnsafeMutablePointer<Float>) {
        var (ofScale, ofShift) = (0.0, 0.0)
        for row in 0..<rows {
            let slope = above[row * width + column]
            ofShift += Double(slope)
            ofScale += Double(slope * (input.start[row * width + column] - means.start[row]) * inverseDeviations.start[row])
        }
        for (operand, value) in [(scale, ofScale), (shift ?? scale, ofShift)].prefix(shift == nil ? 1 : 2) {
            guard let gradient = operand.gradient else { continue }
            gradient[column] = operand.accumulates ? gradient[column] + Float(value) : Float(value)
        }
    }
}

extension TrainingBuilder {
    mutating func reduction(_ stage: PlannedStage, _ reduction: Reduction) throws(KernelError) -> any TrainingStep {
        ReductionStep(reduction, try value(stage, 0), to: output(stage), withRelu: stage.withRelu, workers)
    }

    mutating func softmax(_ stage: PlannedStage, _ axis: Int, isLogarithm: Bool) throws(KernelError) -> any TrainingStep {
        SoftmaxStep(
            try value(stage, 0), axis: axis, isLogarithm: isLogarithm, to: output(stage), withRelu: stage.withRelu, workers)
    }

    mutating func layerNormalization(_ stage: PlannedStage, _ axis: Int, _ epsilon: Float) throws(KernelError) -> any TrainingStep {
        let input = try value(stage, 0)
        let axis = axis < 0 ? axis + input.shape.rank : axis
        let width = input.shape.dimensions[axis...].reduce(1, *)
        guard stage.operands.dropFirst().allSatisfy({ $0.shape.count == width }) else {
            throw refusal(stage, "its scale has not one number for each of \(width) values")
        }
        let scale = try parameter(stage, stage.operands[1])
        let shift = stage.operands.count > 2 ? try parameter(stage, stage.operands[2]) : nil
        return LayerNormalizationStep(input, scale, shift, to: output(stage), epsilon: epsilon, withRelu: stage.withRelu, workers)
    }
}
