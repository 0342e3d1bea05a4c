import CKernels
import COneDNN
import Networks
import Tensors

/// A recurrent layer, forward with all steps kept, and backward through time; and a Relu.
///
/// Examples and directions are shared out among the threads, and so are the rows of the weights, whose gradients sum over all steps.
final class RecurrentStep: TrainingStep {
    struct Parts {
        var inputs: TrainedOperand
        var weights: TrainedOperand
        var bias: TrainedOperand?
        var firstHidden: TrainedOperand?
        var firstCells: TrainedOperand?
        var output: TrainedTensor
        var withRelu: Bool
    }

    private let step: Parts
    private let run: RecurrentRun
    private let workers: TrainingWorkers
    private let parts: Int
    /// Slopes by state · weights + bias of every step, as the gates lie.
    private let stateSide: FloatBuffer
    /// Slopes by the pre-activations, where these are others.
    private let inputSide: FloatBuffer?
    private let hiddenSlopes: FloatBuffer
    private let cellSlopes: FloatBuffer
    private let scaledSlopes: FloatBuffer
    private var recurrence: Recurrence { run.recurrence }
    private var width: Int { run.width }

    init(_ recurrence: Recurrence, _ step: Parts, _ workers: TrainingWorkers) {
        self.step = step
        self.workers = workers
        let examples = step.inputs.shape[0] / recurrence.steps
        run = RecurrentRun(recurrence, examples: examples, keeps: true)
        parts = run.work < RecurrentRun.little ? 1 : workers.threads
        stateSide = FloatBuffer(count: run.gates.count)
        inputSide = recurrence.cell == .gru(resetsAfter: true) ? FloatBuffer(count: run.gates.count) : nil
        let state = recurrence.directions * examples * recurrence.hidden
        hiddenSlopes = FloatBuffer(count: state)
        cellSlopes = FloatBuffer(count: recurrence.hasCells ? state : 0)
        scaledSlopes = FloatBuffer(count: recurrence.cell == .gru(resetsAfter: false) ? state : 0)
    }

    private var data: RecurrentRun.Data {
        RecurrentRun.Data(
            inputs: UnsafePointer(step.inputs.start), weights: UnsafePointer(step.weights.start),
            bias: step.bias.map { UnsafePointer($0.start) }, firstHidden: step.firstHidden.map { UnsafePointer($0.start) },
            firstCells: step.firstCells.map { UnsafePointer($0.start) }, output: step.output.start)
    }

    func forward(seed: UInt64) throws(KernelError) {
        let data = data
        try workers.run(parts) { part in
            for (direction, rows) in run.shares(part, of: parts) {
                let status = run.forward(direction, rows, data)
                guard status == 0 else { return status }
            }
            return 0
        }
        guard step.withRelu else { return }
        pare_shift_rows(step.output.start, 1, step.output.shape.count, nil, 1)
    }

    func backward() throws(KernelError) {
        guard let above = step.output.gradientStart else { return }
        if step.withRelu { try maskGradients(step.output, workers) }
        let data = data
        try workers.run(parts) { part in
            for (direction, rows) in run.shares(part, of: parts) {
                let status = run.lengths.withUnsafeBufferPointer {
                    backward(direction, rows, data, UnsafePointer(above), lengths: $0.isEmpty ? nil : $0.baseAddress)
                }
                guard status == 0 else { return status }
            }
            return 0
        }
        let blocks = recurrence.directions * recurrence.gates
        try workers.run(min(parts, blocks)) { part in
            for block in workers.range(part, of: min(parts, blocks), count: blocks) {
                let status = weightGradients(block / recurrence.gates, block % recurrence.gates)
                guard status == 0 else { return status }
            }
            return 0
        }
        for direction in 0..<recurrence.directions { biasGradients(direction) }
        guard let inputSide, let gradient = step.inputs.gradient else { return }
        pare_accumulate(inputSide.start, inputSide.count, step.inputs.adds, gradient)
    }

    /// Rows of one direction through all steps, the last one first.
    private func backward(
        _ direction: Int, _ rows: Range<Int>, _ data: RecurrentRun.Data, _ above: UnsafePointer<Float>, lengths: UnsafePointer<Int64>?
    ) -> Int32 {
        let (n, count) = (recurrence.hidden, rows.count * recurrence.hidden)
        let place = (direction * run.examples + rows.lowerBound) * n
        let hidden = hiddenSlopes.start + place
        let cells = recurrence.hasCells ? cellSlopes.start + place : nil
        hidden.update(repeating: 0, count: count)
        cells?.update(repeating: 0, count: count)
        for (slice, states) in run.finals {
            let source = above + slice * recurrence.directions * run.examples * n + place
            if states === run.hidden { hidden.update(from: source, count: count) } else { cells?.update(from: source, count: count) }
        }
        for index in (0..<recurrence.steps).reversed() {
            let call = run.call(index, direction, rows, data, lengths: lengths)
            let slopes = slopes(index, direction, rows, above, hidden, cells)
            let scaled = scaledSlopes.start + (scaledSlopes.count > 0 ? place : 0)
            let status = backward(call, slopes, data.weights + direction * width * n, scaled)
            guard status == 0 else { return status }
        }
        if let first = step.firstHidden, let gradient = first.gradient { pare_accumulate(hidden, count, first.adds, gradient + place) }
        if let first = step.firstCells, let gradient = first.gradient, let cells {
            pare_accumulate(cells, count, first.adds, gradient + place)
        }
        return 0
    }

    private func slopes(
        _ index: Int, _ direction: Int, _ rows: Range<Int>, _ above: UnsafePointer<Float>, _ hidden: UnsafeMutablePointer<Float>,
        _ cells: UnsafeMutablePointer<Float>?
    ) -> pare_recurrent_slopes {
        let time = run.time(index, direction)
        var slopes = pare_recurrent_slopes()
        if recurrence.result == .sequence || recurrence.result == .all {
            slopes.above = above + ((time * recurrence.directions + direction) * run.examples + rows.lowerBound) * recurrence.hidden
        }
        (slopes.hidden_slopes, slopes.cell_slopes) = (hidden, cells)
        slopes.state_side = stateSide.start + run.kept(index, direction, rows.lowerBound) * recurrence.gates
        let start = (time * run.examples + rows.lowerBound) * recurrence.directions * width + direction * width
        slopes.input_side = (inputSide?.start ?? step.inputs.gradient).map { $0 + start }
        slopes.adds = inputSide == nil ? step.inputs.adds : 0
        return slopes
    }

    /// One step, and the slopes of the state before it: those by state · weights times the weights.
    private func backward(
        _ call: pare_recurrent_step, _ slopes: pare_recurrent_slopes, _ weights: UnsafePointer<Float>, _ scaled: UnsafeMutablePointer<Float>
    ) -> Int32 {
        let n = recurrence.hidden
        func product(_ rows: Range<Int>, _ beta: Float, to result: UnsafeMutablePointer<Float>?) -> Int32 {
            pare_product(
                0, 0, Int64(call.rows), Int64(n), Int64(rows.count), slopes.state_side + rows.lowerBound, Int64(width),
                weights + rows.lowerBound * n, Int64(n), beta, result, Int64(n))
        }
        return withUnsafePointer(to: call) { call in
            withUnsafePointer(to: slopes) { slopes in
                switch recurrence.cell {
                case .gru(resetsAfter: false):
                    pare_gru_step_backward(call, slopes, 0)
                    let status = product(2 * n..<3 * n, 0, to: scaled)
                    guard status == 0 else { return status }
                    pare_gru_reset_backward(call, slopes, scaled)
                    return product(0..<2 * n, 1, to: slopes.pointee.hidden_slopes)
                case .lstm: pare_lstm_step_backward(call, slopes)
                case .gru: pare_gru_step_backward(call, slopes, 1)
                case .rnn(let activation): pare_rnn_step_backward(call, slopes, activation == .relu ? 1 : 0)
                }
                return product(0..<width, 1, to: slopes.pointee.hidden_slopes)
            }
        }
    }

    /// Of the rows of one gate: Σ over steps of slopesᵀ · state.
    private func weightGradients(_ direction: Int, _ gate: Int) -> Int32 {
        guard let gradient = step.weights.gradient else { return 0 }
        let n = recurrence.hidden
        let readsScaled = recurrence.cell == .gru(resetsAfter: false) && gate == 2
        for index in 0..<recurrence.steps {
            let state = readsScaled ? run.products.map { $0.start + run.kept(index, direction, 0) } : nil
            let status = pare_product(
                1, 0, Int64(n), Int64(n), Int64(run.examples),
                stateSide.start + run.kept(index, direction, 0) * recurrence.gates + gate * n, Int64(width),
                state ?? (run.hidden.start + run.state(index, direction, 0)), Int64(n), index == 0 ? step.weights.beta : 1,
                gradient + (direction * width + gate * n) * n, Int64(n))
            guard status == 0 else { return status }
        }
        return 0
    }

    private func biasGradients(_ direction: Int) {
        guard let bias = step.bias, let gradient = bias.gradient else { return }
        let (inputs, state) = (gradient + direction * 2 * width, gradient + (direction * 2 + 1) * width)
        for index in 0..<recurrence.steps {
            let values = stateSide.start + run.kept(index, direction, 0) * recurrence.gates
            for target in inputSide == nil ? [inputs, state] : [state] {
                pare_column_sums(values, run.examples, width, width, index == 0 ? bias.adds : 1, target)
            }
        }
        guard let inputSide else { return }
        let rows = recurrence.steps * run.examples
        pare_column_sums(inputSide.start + direction * width, rows, width, recurrence.directions * width, bias.adds, inputs)
    }
}

extension TrainingBuilder {
    mutating func recurrence(_ stage: PlannedStage, _ recurrence: Recurrence) throws(KernelError) -> any TrainingStep {
        let (inputs, weights) = (try operand(stage, 0), try operand(stage, 1))
        let bias = try recurrence.biasPlace.map { place throws(KernelError) in try operand(stage, place) }
        let hidden = try recurrence.firstHiddenPlace.map { place throws(KernelError) in try operand(stage, place) }
        let cells = try recurrence.firstCellsPlace.map { place throws(KernelError) in try operand(stage, place) }
        return RecurrentStep(
            recurrence,
            RecurrentStep.Parts(
                inputs: inputs, weights: weights, bias: bias, firstHidden: hidden, firstCells: cells, output: output(stage),
                withRelu: stage.withRelu), workers)
    }
}
