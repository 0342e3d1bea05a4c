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
    private let peepholes: [Double]?
    private let direction: Int
    /// Those of the gates in ONNX's order.
    private let functions: [RecurrentForm.Function]
    private var hidden: Int { recurrence.hidden }
    private var width: Int { recurrence.gates * recurrence.hidden }

    public init(_ recurrence: Recurrence, direction: Int, weights: [Double], bias: [Double]?, peepholes: [Double]? = nil) {
        (self.recurrence, self.direction, self.weights, self.bias) = (recurrence, direction, weights, bias)
        self.peepholes = peepholes
        functions = recurrence.functions(direction)
    }

    /// The weight of a row of the gates for a value of the state.
    public func weight(_ row: Int, _ column: Int) -> Double { weights[(direction * width + row) * hidden + column] }

    private func bias(_ row: Int, ofState: Bool) -> Double { bias.map { $0[direction * 2 * width + (ofState ? width : 0) + row] } ?? 0 }

    /// Row · state + the state's bias.
    private func product(_ row: Int, _ state: [Double]) -> Double {
        (0..<hidden).reduce(bias(row, ofState: true)) { $0 + weight(row, $1) * state[$1] }
    }

    /// What a function of a gate reads.
    private func cut(_ x: Double) -> Double { recurrence.form?.clip.map { min(max(x, -Double($0)), Double($0)) } ?? x }

    /// What the cells add to gate i, o or f.
    private func seen(_ gate: Int, _ place: Int, _ cell: Double) -> Double {
        peepholes.map { $0[(direction * 3 + gate) * hidden + place] * cell } ?? 0
    }

    private func long(_ whole: (Int) -> Double, _ cells: [Double]) -> Step {
        let n = hidden
        var step = Step(gates: Array(repeating: 0, count: 4 * n), product: [], hidden: [], cells: [])
        for place in 0..<n {
            let input = functions[0](cut(whole(place) + seen(0, place, cells[place])))
            let forget =
                recurrence.form?.joinsForget == true
                ? 1 - input : functions[0](cut(whole(2 * n + place) + seen(2, place, cells[place])))
            let news = functions[1](cut(whole(3 * n + place)))
            let cell = forget * cells[place] + input * news
            let output = functions[0](cut(whole(n + place) + seen(1, place, cell)))
            (step.gates[place], step.gates[n + place], step.gates[2 * n + place], step.gates[3 * n + place]) = (input, output, forget, news)
            step.cells.append(cell)
            step.hidden.append(output * functions[2](cell))
        }
        return step
    }

    /// One step on pre-activations [gates · hidden] from a state.
    public func step(_ inputs: [Double], hidden state: [Double], cells: [Double]) -> Step {
        func whole(_ row: Int) -> Double { inputs[row] + bias(row, ofState: false) + product(row, state) }
        let n = hidden
        switch recurrence.cell {
        case .lstm: return long(whole, cells)
        case .gru(let resetsAfter):
            var gates = (0..<2 * n).map { functions[0](cut(whole($0))) }
            let products: [Double]
            if resetsAfter {
                products = (0..<n).map { product(2 * n + $0, state) }
                gates += (0..<n).map {
                    functions[1](cut(inputs[2 * n + $0] + bias(2 * n + $0, ofState: false) + gates[n + $0] * products[$0]))
                }
            } else {
                products = (0..<n).map { gates[n + $0] * state[$0] }
                gates += (0..<n).map {
                    functions[1](cut(inputs[2 * n + $0] + bias(2 * n + $0, ofState: false) + product(2 * n + $0, products)))
                }
            }
            let next = (0..<n).map { (1 - gates[$0]) * gates[2 * n + $0] + gates[$0] * state[$0] }
            return Step(gates: gates, product: products, hidden: next, cells: [])
        case .rnn:
            let gates = (0..<n).map { functions[0](cut(whole($0))) }
            return Step(gates: gates, product: [], hidden: gates, cells: [])
        }
    }
}

extension Recurrence {
    /// The functions of a direction's gates.
    fileprivate func functions(_ direction: Int) -> [RecurrentForm.Function] {
        let usual = RecurrentForm.usual(cell).map { RecurrentForm.Function($0) }
        let own = form.map { Array($0.functions[direction * usual.count..<(direction + 1) * usual.count]) }
        return own ?? usual
    }

    /// The steps of a direction in their order, as times.
    public func times(_ direction: Int) -> [Int] { isBackward(direction) ? (0..<steps).reversed() : Array(0..<steps) }

    /// What the node makes of its inputs for so many examples, in Double. Cost: O(steps · examples · weights).
    public func evaluate(_ inputs: [[Double]], examples: Int) -> [Double] {
        let (width, all) = (gates * hidden, directions * gates * hidden)
        var result = [Double](repeating: 0, count: shape(examples: examples).count)
        for direction in 0..<directions {
            let cell = RecurrentCell(
                self, direction: direction, weights: inputs[1], bias: biasPlace.map { inputs[$0] },
                peepholes: peepholePlace.map { inputs[$0] })
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
