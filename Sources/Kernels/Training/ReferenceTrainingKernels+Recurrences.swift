import Foundation
import Networks
import Tensors

extension ReferenceTrainingKernels {
    static func recurrence(_ inputs: [DoubleTensor], _ recurrence: Recurrence, to shape: Shape) -> DoubleTensor {
        let examples = inputs[0].shape[0] / recurrence.steps
        return DoubleTensor(shape: shape, values: recurrence.evaluate(inputs.map(\.values), examples: examples))
    }

    /// Through time (Werbos, 1990): the steps backward, each from the slopes of the state that it leaves to those of the state that it finds.
    static func recurrenceGradients(_ inputs: [DoubleTensor], _ recurrence: Recurrence, _ gradient: DoubleTensor) -> [DoubleTensor?] {
        var slopes = RecurrentSlopes(inputs, recurrence, gradient)
        for direction in 0..<recurrence.directions {
            for example in 0..<slopes.examples { slopes.go(direction, example) }
        }
        return slopes.results
    }
}

/// The slopes of all inputs of a recurrent layer while they are summed up.
private struct RecurrentSlopes {
    private(set) var results: [DoubleTensor]
    let examples: Int
    private let inputs: [DoubleTensor]
    private let recurrence: Recurrence
    private let gradient: DoubleTensor
    private var n: Int { recurrence.hidden }
    private var width: Int { recurrence.gates * recurrence.hidden }

    init(_ inputs: [DoubleTensor], _ recurrence: Recurrence, _ gradient: DoubleTensor) {
        (self.inputs, self.recurrence, self.gradient) = (inputs, recurrence, gradient)
        examples = inputs[0].shape[0] / recurrence.steps
        results = inputs.map { DoubleTensor(zeros: $0.shape) }
    }

    /// What the loss says of a slice of the result, as far as the node makes it.
    private func above(_ result: Recurrence.Result, _ slice: Int, _ direction: Int, _ example: Int) -> [Double] {
        guard recurrence.result == result || recurrence.result == .all else { return Array(repeating: 0, count: n) }
        let start = ((slice * recurrence.directions + direction) * examples + example) * n
        return Array(gradient.values[start..<start + n])
    }

    /// One example in one direction.
    mutating func go(_ direction: Int, _ example: Int) {
        let cell = RecurrentCell(
            recurrence, direction: direction, weights: inputs[1].values, bias: recurrence.biasPlace.map { inputs[$0].values })
        let first = (direction * examples + example) * n
        func state(_ place: Int?) -> [Double] {
            place.map { Array(inputs[$0].values[first..<first + n]) } ?? Array(repeating: 0, count: n)
        }
        let times = recurrence.times(direction).filter { $0 < recurrence.length(of: example) }
        var before: [(hidden: [Double], cells: [Double])] = []
        var steps: [RecurrentCell.Step] = []
        for time in times {
            let first = (steps.last?.hidden ?? state(recurrence.firstHiddenPlace), steps.last?.cells ?? state(recurrence.firstCellsPlace))
            before.append(first)
            let start = (time * examples + example) * recurrence.directions * width + direction * width
            let values = Array(inputs[0].values[start..<start + width])
            steps.append(cell.step(values, hidden: before[before.count - 1].hidden, cells: before[before.count - 1].cells))
        }
        let last = recurrence.result == .all ? recurrence.steps : 0
        var hidden = recurrence.result == .sequence ? Array(repeating: 0, count: n) : above(.hidden, last, direction, example)
        var cells = recurrence.hasCells ? above(.cells, recurrence.result == .all ? last + 1 : 0, direction, example) : []
        for (place, time) in times.enumerated().reversed() {
            let shown = above(.sequence, time, direction, example)
            hidden = zip(hidden, shown).map(+)
            let made = back(cell, steps[place], before[place], hidden: hidden, cells: cells)
            add(made, steps[place], before[place].hidden, direction, (time * examples + example) * recurrence.directions * width)
            (hidden, cells) = (made.hidden, made.cells)
        }
        add(hidden, to: recurrence.firstHiddenPlace, first)
        add(cells, to: recurrence.firstCellsPlace, first)
    }

    private mutating func add(_ values: [Double], to place: Int?, _ start: Int) {
        guard let place else { return }
        for (index, value) in values.enumerated() { results[place].values[start + index] += value }
    }

    /// The slopes of one step: by its pre-activations, by state · weights + bias, and by the states before it.
    private struct Slopes {
        var inputs: [Double]
        var state: [Double]
        var hidden: [Double]
        var cells: [Double]
    }

    private func back(
        _ cell: RecurrentCell, _ step: RecurrentCell.Step, _ before: (hidden: [Double], cells: [Double]), hidden: [Double], cells: [Double]
    ) -> Slopes {
        func sigmoid(_ y: Double) -> Double { y * (1 - y) }
        var slopes = Slopes(inputs: Array(repeating: 0, count: width), state: [], hidden: Array(repeating: 0, count: n), cells: cells)
        let gates = step.gates
        switch recurrence.cell {
        case .lstm:
            for i in 0..<n {
                let (input, output, forget, news) = (gates[i], gates[n + i], gates[2 * n + i], gates[3 * n + i])
                let shown = tanh(step.cells[i])
                let slope = cells[i] + hidden[i] * output * (1 - shown * shown)
                slopes.inputs[i] = slope * news * sigmoid(input)
                slopes.inputs[n + i] = hidden[i] * shown * sigmoid(output)
                slopes.inputs[2 * n + i] = slope * before.cells[i] * sigmoid(forget)
                slopes.inputs[3 * n + i] = slope * input * (1 - news * news)
                slopes.cells[i] = slope * forget
            }
            slopes.state = slopes.inputs
        case .gru(let resetsAfter):
            for i in 0..<n {
                slopes.inputs[i] = hidden[i] * (before.hidden[i] - gates[2 * n + i]) * sigmoid(gates[i])
                slopes.inputs[2 * n + i] = hidden[i] * (1 - gates[i]) * (1 - gates[2 * n + i] * gates[2 * n + i])
                slopes.hidden[i] = hidden[i] * gates[i]
            }
            for i in 0..<n where resetsAfter {
                slopes.inputs[n + i] = slopes.inputs[2 * n + i] * step.product[i] * sigmoid(gates[n + i])
            }
            for i in 0..<n where !resetsAfter {
                let scaled = (0..<n).reduce(0) { $0 + slopes.inputs[2 * n + $1] * cell.weight(2 * n + $1, i) }
                slopes.inputs[n + i] = scaled * before.hidden[i] * sigmoid(gates[n + i])
                slopes.hidden[i] += scaled * gates[n + i]
            }
            slopes.state = slopes.inputs
            for i in 0..<n where resetsAfter { slopes.state[2 * n + i] *= gates[n + i] }
        case .rnn(let activation):
            for i in 0..<n { slopes.inputs[i] = hidden[i] * (activation == .relu ? (gates[i] > 0 ? 1 : 0) : 1 - gates[i] * gates[i]) }
            slopes.state = slopes.inputs
        }
        for row in 0..<width where !readsScaled(row) {
            for column in 0..<n { slopes.hidden[column] += slopes.state[row] * cell.weight(row, column) }
        }
        return slopes
    }

    /// Whether a row of the weights is multiplied with reset · state.
    private func readsScaled(_ row: Int) -> Bool { recurrence.cell == .gru(resetsAfter: false) && row >= 2 * n }

    private mutating func add(_ made: Slopes, _ step: RecurrentCell.Step, _ before: [Double], _ direction: Int, _ start: Int) {
        for row in 0..<width {
            results[0].values[start + direction * width + row] += made.inputs[row]
            let source = readsScaled(row) ? step.product : before
            for column in 0..<n { results[1].values[(direction * width + row) * n + column] += made.state[row] * source[column] }
            guard let place = recurrence.biasPlace else { continue }
            results[place].values[direction * 2 * width + row] += made.inputs[row]
            results[place].values[(direction * 2 + 1) * width + row] += made.state[row]
        }
    }
}
