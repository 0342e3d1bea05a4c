import CKernels
import COneDNN
import Networks

/// A recurrent layer at work: its states, and how rows of examples go through the steps of one direction.
///
/// Each step is a product of the states with their weights and a loop over the gates. Examples and directions are independent of one another, so that
/// threads share them out.
final class RecurrentRun {
    /// What a run reads and makes, row-major.
    struct Data {
        var inputs: UnsafePointer<Float>
        var weights: UnsafePointer<Float>
        var bias: UnsafePointer<Float>?
        var firstHidden: UnsafePointer<Float>?
        var firstCells: UnsafePointer<Float>?
        var output: UnsafeMutablePointer<Float>
    }

    let recurrence: Recurrence
    let examples: Int
    /// Whether all steps are kept, for the way back.
    let keeps: Bool
    /// [kept steps, directions, N, gates · hidden]: the gates behind their functions.
    let gates: FloatBuffer
    /// [kept steps + 1, directions, N, hidden] in the order of work; the first is the state before all steps.
    let hidden: FloatBuffer
    let cells: FloatBuffer?
    /// [kept steps, directions, N, hidden]: of a GRU, reset · state, or the product that the reset gate is applied to.
    let products: FloatBuffer?
    let lengths: [Int64]

    var width: Int { recurrence.gates * recurrence.hidden }

    init(_ recurrence: Recurrence, examples: Int, keeps: Bool) {
        (self.recurrence, self.examples, self.keeps) = (recurrence, examples, keeps)
        let state = recurrence.directions * examples * recurrence.hidden
        let slots = keeps ? recurrence.steps : 1
        gates = FloatBuffer(count: slots * state * recurrence.gates)
        hidden = FloatBuffer(count: (slots + 1) * state)
        cells = recurrence.hasCells ? FloatBuffer(count: (slots + 1) * state) : nil
        if case .gru = recurrence.cell { products = FloatBuffer(count: slots * state) } else { products = nil }
        lengths = recurrence.lengths.isEmpty ? [] : (0..<examples).map { Int64(recurrence.length(of: $0)) }
    }

    /// Multiply-adds and what the gates cost, for shares of threads.
    var work: Int { recurrence.steps * recurrence.directions * examples * width * (recurrence.hidden + 16) }

    /// Below this much a second thread is not worth waking.
    static let little = 200_000

    /// The rows of each direction that belong to a part of `parts`.
    func shares(_ part: Int, of parts: Int) -> [(direction: Int, rows: Range<Int>)] {
        let all = recurrence.directions * examples
        let range = all * part / parts..<all * (part + 1) / parts
        return (0..<recurrence.directions).compactMap { direction in
            let rows = range.clamped(to: direction * examples..<(direction + 1) * examples)
            return rows.isEmpty ? nil : (direction, rows.lowerBound - direction * examples..<rows.upperBound - direction * examples)
        }
    }

    /// Where the rows of a state begin after so many steps of work.
    func state(_ slot: Int, _ direction: Int, _ row: Int) -> Int {
        (((keeps ? slot : slot % 2) * recurrence.directions + direction) * examples + row) * recurrence.hidden
    }

    /// Where the rows of a step's gates and products begin, in values of the state.
    func kept(_ step: Int, _ direction: Int, _ row: Int) -> Int {
        (((keeps ? step : 0) * recurrence.directions + direction) * examples + row) * recurrence.hidden
    }

    /// The time of a step of work.
    func time(_ step: Int, _ direction: Int) -> Int { recurrence.isBackward(direction) ? recurrence.steps - 1 - step : step }

    /// What the kernels are told of one step of rows.
    func call(
        _ step: Int, _ direction: Int, _ rows: Range<Int>, _ data: Data, lengths: UnsafePointer<Int64>?
    ) -> pare_recurrent_step {
        let (n, time, first) = (recurrence.hidden, time(step, direction), rows.lowerBound)
        let all = recurrence.directions * width
        var call = pare_recurrent_step()
        (call.rows, call.hidden, call.input_stride) = (rows.count, n, all)
        call.inputs = data.inputs + (time * examples + first) * all + direction * width
        call.gates = gates.start + kept(step, direction, first) * recurrence.gates
        call.input_bias = data.bias.map { $0 + direction * 2 * width }
        call.state_bias = data.bias.map { $0 + (direction * 2 + 1) * width }
        call.hidden_before = UnsafePointer(hidden.start + state(step, direction, first))
        call.hidden_after = hidden.start + state(step + 1, direction, first)
        if let cells {
            call.cells_before = UnsafePointer(cells.start + state(step, direction, first))
            call.cells_after = cells.start + state(step + 1, direction, first)
        }
        if recurrence.result == .sequence || recurrence.result == .all {
            call.output = data.output + ((time * recurrence.directions + direction) * examples + first) * n
        }
        if let products { call.product = products.start + kept(step, direction, first) }
        call.lengths = lengths.map { $0 + first }
        call.step = Int64(time)
        return call
    }

    /// Runs rows of one direction through all steps.
    func forward(_ direction: Int, _ rows: Range<Int>, _ data: Data) -> Int32 {
        lengths.withUnsafeBufferPointer { lengths in
            begin(direction, rows, data)
            for step in 0..<recurrence.steps {
                let call = call(step, direction, rows, data, lengths: lengths.isEmpty ? nil : lengths.baseAddress)
                let status = run(call, data.weights + direction * width * recurrence.hidden)
                guard status == 0 else { return status }
            }
            finish(direction, rows, data)
            return 0
        }
    }

    private func begin(_ direction: Int, _ rows: Range<Int>, _ data: Data) {
        let (n, start) = (recurrence.hidden, state(0, direction, rows.lowerBound))
        let first = (direction * examples + rows.lowerBound) * n
        hidden.fill(start, rows.count * n, from: data.firstHidden.map { $0 + first })
        cells?.fill(start, rows.count * n, from: data.firstCells.map { $0 + first })
    }

    private func finish(_ direction: Int, _ rows: Range<Int>, _ data: Data) {
        let (n, start) = (recurrence.hidden, state(recurrence.steps, direction, rows.lowerBound))
        for (slice, states) in finals {
            guard let states else { continue }
            let place = ((slice * recurrence.directions + direction) * examples + rows.lowerBound) * n
            (data.output + place).update(from: states.start + start, count: rows.count * n)
        }
    }

    /// The slices of the result that are states after the last step.
    var finals: [(slice: Int, states: FloatBuffer?)] {
        switch recurrence.result {
        case .sequence: []
        case .hidden: [(0, hidden)]
        case .cells: [(0, cells)]
        case .all: [(recurrence.steps, hidden)] + (recurrence.hasCells ? [(recurrence.steps + 1, cells)] : [])
        }
    }

    /// gates = state · weightsᵀ, and the gates' functions.
    private func run(_ call: pare_recurrent_step, _ weights: UnsafePointer<Float>) -> Int32 {
        let n = recurrence.hidden
        func product(_ state: UnsafePointer<Float>?, rows: Range<Int>) -> Int32 {
            pare_product(
                0, 1, Int64(call.rows), Int64(rows.count), Int64(n), state, Int64(n), weights + rows.lowerBound * n, Int64(n), 0,
                call.gates + rows.lowerBound, Int64(width))
        }
        return withUnsafePointer(to: call) { step in
            switch recurrence.cell {
            case .gru(resetsAfter: false):
                let status = product(call.hidden_before, rows: 0..<2 * n)
                guard status == 0 else { return status }
                pare_gru_reset(step, call.product)
                let second = product(call.product, rows: 2 * n..<3 * n)
                pare_gru_step(step, 0)
                return second
            case .lstm, .gru, .rnn:
                let status = product(call.hidden_before, rows: 0..<width)
                switch recurrence.cell {
                case .lstm: pare_lstm_step(step)
                case .gru: pare_gru_step(step, 1)
                case .rnn(let activation): pare_rnn_step(step, activation == .relu ? 1 : 0)
                }
                return status
            }
        }
    }
}

/// Floats at an address that holds, aligned to a cache line.
final class FloatBuffer {
    let start: UnsafeMutablePointer<Float>
    let count: Int
    private let memory: AlignedBuffer

    init(count: Int) {
        self.count = count
        memory = AlignedBuffer(byteCount: max(count, 16) * MemoryLayout<Float>.stride)
        start = memory.start.bindMemory(to: Float.self, capacity: max(count, 16))
        start.update(repeating: 0, count: max(count, 16))
    }

    /// Takes values from `place` on, or zeros.
    func fill(_ place: Int, _ count: Int, from source: UnsafePointer<Float>?) {
        if let source { (start + place).update(from: source, count: count) } else { (start + place).update(repeating: 0, count: count) }
    }
}
