import Foundation
import Tensors

/// A recurrent layer as its definition reads, in Double: one example in one direction, step by step.
///
/// Inputs are those of ``Operation/recurrence(_:)``, row-major.
public struct RecurrentCell: Sendable {
    /// What one step leaves.
    public struct Step: Sendable {
        /// The gates behind their functions, [gates · hidden].
        public var gates: [Double]
        /// What is multiplied with the weights of a GRU's last gate, where the reset gate comes before: reset · state; else the product.
        public var product: [Double]
        public var hidden: [Double]
        public var cells: [Double]
    }

    private let recurrence: Recurrence
    private let weights: [Double]
    private let bias: [Double]?
    private let direction: Int
    private var hidden: Int { recurrence.hidden }
    private var width: Int { recurrence.gates * recurrence.hidden }

    public init(_ recurrence: Recurrence, direction: Int, weights: [Double], bias: [Double]?) {
        (self.recurrence, self.direction, self.weights, self.bias) = (recurrence, direction, weights, bias)
    }

    /// The weight of a row of the gates for a value of the state.
    public func weight(_ row: Int, _ column: Int) -> Double { weights[(direction * width + row) * hidden + column] }

    private func bias(_ row: Int, ofState: Bool) -> Double { bias.map { $0[direction * 2 * width + (ofState ? width : 0) + row] } ?? 0 }

    /// Row · state + the state's bias.
    private func product(_ row: Int, _ state: [Double]) -> Double {
        (0..<hidden).reduce(bias(row, ofState: true)) { $0 + weight(row, $1) * state[$1] }
    }

    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// One step on pre-activations [gates · hidden] from a state.
    public func step(_ inputs: [Double], hidden state: [Double], cells: [Double]) -> Step {
        func whole(_ row: Int) -> Double { inputs[row] + bias(row, ofState: false) + product(row, state) }
        let n = hidden
        switch recurrence.cell {
        case .lstm:
            let gates = (0..<4 * n).map { $0 < 3 * n ? sigmoid(whole($0)) : tanh(whole($0)) }
            let made = (0..<n).map { gates[2 * n + $0] * cells[$0] + gates[$0] * gates[3 * n + $0] }
            return Step(gates: gates, product: [], hidden: (0..<n).map { gates[n + $0] * tanh(made[$0]) }, cells: made)
        case .gru(let resetsAfter):
            var gates = (0..<2 * n).map { sigmoid(whole($0)) }
            let products: [Double]
            if resetsAfter {
                products = (0..<n).map { product(2 * n + $0, state) }
                gates += (0..<n).map { tanh(inputs[2 * n + $0] + bias(2 * n + $0, ofState: false) + gates[n + $0] * products[$0]) }
            } else {
                products = (0..<n).map { gates[n + $0] * state[$0] }
                gates += (0..<n).map { tanh(inputs[2 * n + $0] + bias(2 * n + $0, ofState: false) + product(2 * n + $0, products)) }
            }
            let next = (0..<n).map { (1 - gates[$0]) * gates[2 * n + $0] + gates[$0] * state[$0] }
            return Step(gates: gates, product: products, hidden: next, cells: [])
        case .rnn(let activation):
            let gates = (0..<n).map { activation == .relu ? (whole($0) < 0 ? 0 : whole($0)) : tanh(whole($0)) }
            return Step(gates: gates, product: [], hidden: gates, cells: [])
        }
    }
}

extension Recurrence {
    /// The steps of a direction in their order, as times.
    public func times(_ direction: Int) -> [Int] { isBackward(direction) ? (0..<steps).reversed() : Array(0..<steps) }

    /// What the node makes of its inputs for so many examples, in Double. Cost: O(steps · examples · weights).
    public func evaluate(_ inputs: [[Double]], examples: Int) -> [Double] {
        let (width, all) = (gates * hidden, directions * gates * hidden)
        var result = [Double](repeating: 0, count: shape(examples: examples).count)
        for direction in 0..<directions {
            let cell = RecurrentCell(self, direction: direction, weights: inputs[1], bias: biasPlace.map { inputs[$0] })
            for example in 0..<examples {
                func first(_ place: Int?) -> [Double] {
                    let start = (direction * examples + example) * hidden
                    return place.map { Array(inputs[$0][start..<start + hidden]) } ?? [Double](repeating: 0, count: hidden)
                }
                var (state, cells) = (first(firstHiddenPlace), first(firstCellsPlace))
                for time in times(direction) where time < length(of: example) {
                    let start = (time * examples + example) * all + direction * width
                    let made = cell.step(Array(inputs[0][start..<start + width]), hidden: state, cells: cells)
                    (state, cells) = (made.hidden, made.cells)
                    if self.result == .sequence || self.result == .all {
                        write(state, slice: time, direction, example, examples, to: &result)
                    }
                }
                switch self.result {
                case .sequence: break
                case .hidden: write(state, slice: 0, direction, example, examples, to: &result)
                case .cells: write(cells, slice: 0, direction, example, examples, to: &result)
                case .all:
                    write(state, slice: steps, direction, example, examples, to: &result)
                    if hasCells { write(cells, slice: steps + 1, direction, example, examples, to: &result) }
                }
            }
        }
        return result
    }

    private func write(_ values: [Double], slice: Int, _ direction: Int, _ example: Int, _ examples: Int, to result: inout [Double]) {
        let start = ((slice * directions + direction) * examples + example) * hidden
        for (index, value) in values.enumerated() { result[start + index] = value }
    }
}

extension ReferenceKernels {
    public static func recurrence(_ inputs: [ReferenceTensor], _ recurrence: Recurrence, to shape: Shape) -> ReferenceTensor? {
        guard inputs.count == recurrence.inputCount else { return nil }
        let examples = inputs[0].shape[0] / recurrence.steps
        let values = recurrence.evaluate(inputs.map { $0.values.map(Double.init) }, examples: examples)
        return ReferenceTensor(shape: shape, values: values.map(Float.init))
    }
}
