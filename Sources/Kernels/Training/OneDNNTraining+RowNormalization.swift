import Networks
import Tensors

/// Each row normalized by its own mean and variance, with scales and shifts as ``NormalizedRows`` says; and a Relu.
final class RowNormalizationStep: TrainingStep {
    private let input: TrainedOperand
    private let scale: TrainedOperand
    private let shift: TrainedOperand?
    private let output: TrainedTensor
    private let settings: NormalizedRows
    private let withRelu: Bool
    private let workers: TrainingWorkers
    private let (width, rows): (Int, Int)
    /// Of each row.
    private let (means, inverseDeviations): (FloatBuffer, FloatBuffer)

    init(
        _ input: TrainedOperand, _ scale: TrainedOperand, _ shift: TrainedOperand?, to output: TrainedTensor, _ settings: NormalizedRows,
        withRelu: Bool, _ workers: TrainingWorkers
    ) {
        (self.input, self.scale, self.shift, self.output) = (input, scale, shift, output)
        (self.settings, self.withRelu, self.workers) = (settings, withRelu, workers)
        width = settings.width
        rows = output.shape.count / max(1, width)
        (means, inverseDeviations) = (FloatBuffer(count: rows), FloatBuffer(count: rows))
    }

    /// The first parameter of a row.
    private func firstParameter(_ row: Int) -> Int { row % settings.period * width / settings.run }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(rows, size: width) { range in for row in range { normalize(row) } }
    }

    private func normalize(_ row: Int) {
        let (from, to) = (input.start + row * width, output.start + row * width)
        var (sum, squares) = (0.0, 0.0)
        for index in 0..<width { sum += Double(from[index]) }
        let mean = sum / Double(width)
        for index in 0..<width { squares += (Double(from[index]) - mean) * (Double(from[index]) - mean) }
        let inverse = 1 / (squares / Double(width) + Double(settings.epsilon)).squareRoot()
        (means.start[row], inverseDeviations.start[row]) = (Float(mean), Float(inverse))
        let first = firstParameter(row)
        for index in 0..<width {
            let place = first + index / settings.run
            let value = scale.start[place] * (from[index] - Float(mean)) * Float(inverse) + (shift?.start[place] ?? 0)
            to[index] = withRelu && value < 0 ? 0 : value
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart else { return }
        if withRelu { try maskGradients(output, workers) }
        try workers.split(rows, size: width) { range in for row in range { inputGradient(row, above + row * width) } }
        let count = settings.parameterCount
        try workers.split(count, size: output.shape.count / max(1, count), step: 16) { range in
            for parameter in range { parameterGradients(parameter, above) }
        }
    }

    /// ∂x = (g − mean(g) − x̂ · mean(g · x̂)) / deviation with g = scale · ∂y.
    private func inputGradient(_ row: Int, _ above: UnsafeMutablePointer<Float>) {
        guard let gradient = input.gradient else { return }
        let (from, to) = (input.start + row * width, gradient + row * width)
        let (mean, inverse) = (means.start[row], inverseDeviations.start[row])
        let (scales, run) = (scale.start + firstParameter(row), settings.run)
        var (sum, product): (Float, Float) = (0, 0)
        for index in 0..<width {
            let slope = scales[index / run] * above[index]
            sum += slope
            product += slope * (from[index] - mean) * inverse
        }
        (sum, product) = (sum / Float(width), product / Float(width))
        for index in 0..<width {
            let passed = inverse * (scales[index / run] * above[index] - sum - (from[index] - mean) * inverse * product)
            to[index] = input.accumulates ? to[index] + passed : passed
        }
    }

    private func parameterGradients(_ parameter: Int, _ above: UnsafeMutablePointer<Float>) {
        var (ofScale, ofShift) = (0.0, 0.0)
        let (first, start) = (parameter * settings.run / width, parameter * settings.run % width)
        for row in stride(from: first, to: rows, by: settings.period) {
            let (mean, inverse) = (means.start[row], inverseDeviations.start[row])
            for index in row * width + start..<row * width + start + settings.run {
                ofShift += Double(above[index])
                ofScale += Double(above[index] * (input.start[index] - mean) * inverse)
            }
        }
        for (operand, value) in [(scale, ofScale), (shift ?? scale, ofShift)].prefix(shift == nil ? 1 : 2) {
            guard let gradient = operand.gradient else { continue }
            gradient[parameter] = operand.accumulates ? gradient[parameter] + Float(value) : Float(value)
        }
    }
}

extension TrainingBuilder {
    mutating func rowNormalization(_ stage: PlannedStage) throws(KernelError) -> any TrainingStep {
        let settings = NormalizedRows(stage.operation, stage.operands.map(\.shape))
        let operands = try all(stage)
        return RowNormalizationStep(
            operands[0], operands[1], operands.count > 2 ? operands[2] : nil, to: output(stage), settings, withRelu: stage.withRelu,
            workers)
    }
}
