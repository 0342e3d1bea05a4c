import Foundation
import Networks
import Tensors

/// One number of many along axes, and a Relu.
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

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(starts.count, size: offsets.count) { range in
            for place in range {
                let made = reduced(input.start + starts[place], place)
                output.start[place] = withRelu && made < 0 ? 0 : made
            }
        }
    }

    private func reduced(_ from: UnsafePointer<Float>, _ place: Int) -> Float {
        func sum(_ term: (Double) -> Double) -> Double {
            var sum = 0.0
            for offset in offsets { sum += term(Double(from[offset])) }
            return sum
        }
        switch function {
        case .maximum, .minimum: return extreme(from, place)
        case .sum: return Float(sum { $0 })
        case .mean: return Float(sum { $0 } / Double(max(offsets.count, 1)))
        case .l1: return Float(sum(abs))
        case .l2: return Float(sum { $0 * $0 }.squareRoot())
        case .sumOfSquares: return Float(sum { $0 * $0 })
        case .product, .logOfSum, .logOfSumOfExponentials: return Float(function(offsets.map { Double(from[$0]) }))
        }
    }

    private func extreme(_ from: UnsafePointer<Float>, _ place: Int) -> Float {
        var best = 0
        for (index, offset) in offsets.enumerated() {
            let (value, held) = (from[offset], from[offsets[best]])
            if (function == .maximum ? value > held : value < held) || value.isNaN && !held.isNaN { best = index }
        }
        winners[place] = Int32(best)
        return from[offsets[best]]
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        try workers.split(starts.count, size: offsets.count) { range in
            for place in range { spread(above[place], input.start + starts[place], gradient + starts[place], place) }
        }
    }

    /// Adds slope · ∂result/∂x to each element's gradient, or puts it there.
    private func spread(_ slope: Float, _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ place: Int) {
        func leave(_ factor: (Int, Float) -> Float) {
            for (index, offset) in offsets.enumerated() {
                let passed = slope * factor(index, from[offset])
                to[offset] = input.accumulates ? to[offset] + passed : passed
            }
        }
        switch function {
        case .sum: leave { _, _ in 1 }
        case .mean:
            let factor = 1 / Float(max(offsets.count, 1))
            leave { _, _ in factor }
        case .maximum, .minimum:
            let winner = Int(winners[place])
            leave { index, _ in index == winner ? 1 : 0 }
        case .sumOfSquares: leave { _, value in 2 * value }
        case .l1, .l2, .product, .logOfSum, .logOfSumOfExponentials:
            let slopes = function.slopes(offsets.map { Double(from[$0]) })
            leave { index, _ in Float(slopes[index]) }
        }
    }
}

extension TrainingBuilder {
    mutating func reduction(_ stage: PlannedStage, _ reduction: Reduction) throws(KernelError) -> any TrainingStep {
        ReductionStep(reduction, try operand(stage, 0), to: output(stage), withRelu: stage.withRelu, workers)
    }
}
