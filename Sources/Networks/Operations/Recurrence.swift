import Tensors

/// Settings of a recurrent layer behind the product of its inputs and input weights: what it does step by step.
///
/// With pre-activations a = x · Wᵀ of all steps given, rows of R for the gates, σ(x) = 1 / (1 + e⁻ˣ), and a bias of two halves, b for the inputs and
/// c for the state (order of gates as in ONNX):
///
/// - LSTM (Hochreiter and Schmidhuber, 1997; with forget gates, Gers and others, 2000), gates i, o, f, g: C ← σ(f) ⊙ C + σ(i) ⊙ tanh(g),
///   h ← σ(o) ⊙ tanh(C), each gate being a + b + h · Rᵀ + c.
/// - GRU (Cho and others, 2014), gates z, r, n: h ← (1 − σ(z)) ⊙ tanh(n) + σ(z) ⊙ h, where n is a + b + (σ(r) ⊙ h) · Rᵀ + c, or
///   a + b + σ(r) ⊙ (h · Rᵀ + c) where the reset gate comes after the product.
/// - RNN (Elman, 1990): h ← f(a + b + h · Rᵀ + c).
public struct Recurrence: Hashable, Sendable {
    public enum Cell: Hashable, Sendable {
        case lstm
        /// Whether the reset gate is applied behind the product with the state: ONNX's `linear_before_reset`.
        case gru(resetsAfter: Bool)
        case rnn(Activation)
    }

    /// The function of a plain recurrent layer.
    public enum Activation: String, Hashable, Sendable, CaseIterable {
        case tanh = "Tanh"
        case relu = "Relu"
    }

    public enum Direction: String, Hashable, Sendable, CaseIterable {
        case forward, reverse, bidirectional
    }

    /// What the node makes of the states.
    public enum Result: Hashable, Sendable {
        /// The hidden state of every step, [steps, directions, N, hidden].
        case sequence
        /// The hidden state after the last step of each direction, [directions, N, hidden].
        case hidden
        /// The same of the cells of an LSTM.
        case cells
        /// All of them one behind the other, [steps + 1, …] and with cells [steps + 2, …].
        case all
    }

    public var cell: Cell
    public var direction: Direction
    /// Values of the state.
    public var hidden: Int
    public var steps: Int
    /// Steps that count: of every example where it is one number, of each where there are more; empty for all of them.
    public var lengths: [Int]
    public var result: Result
    /// Whether there are a bias and first states, in this order behind the weights.
    public var hasBias: Bool
    public var hasFirstHidden: Bool
    public var hasFirstCells: Bool
    /// What is other than the cell's usual way; nil where nothing is.
    public var form: RecurrentForm?

    public init(
        _ cell: Cell, direction: Direction = .forward, hidden: Int, steps: Int, lengths: [Int] = [], result: Result = .sequence,
        hasBias: Bool = false, hasFirstHidden: Bool = false, hasFirstCells: Bool = false
    ) {
        (self.cell, self.direction, self.hidden, self.steps) = (cell, direction, hidden, steps)
        (self.lengths, self.result) = (lengths, result)
        (self.hasBias, self.hasFirstHidden, self.hasFirstCells) = (hasBias, hasFirstHidden, hasFirstCells)
    }
}

extension Recurrence {
    public var directions: Int { direction == .bidirectional ? 2 : 1 }

    /// Rows of the weights for each value of the state.
    public var gates: Int {
        switch cell {
        case .lstm: 4
        case .gru: 3
        case .rnn: 1
        }
    }

    public var hasCells: Bool { cell == .lstm }

    /// Whether a direction goes from the last step to the first.
    public func isBackward(_ place: Int) -> Bool { direction == .reverse || place == 1 }

    /// Steps that count for an example.
    public func length(of example: Int) -> Int {
        let stated = lengths.count == 1 ? lengths[0] : example < lengths.count ? lengths[example] : steps
        return min(max(stated, 0), steps)
    }

    /// Slices [directions, N, hidden] of what the node makes, beside its steps.
    var finals: Int { hasCells ? 2 : 1 }

    /// The shape of what it makes for so many examples.
    public func shape(examples: Int) -> Shape {
        let state = [directions, examples, hidden]
        return switch result {
        case .sequence: Shape([steps] + state)
        case .hidden, .cells: Shape(state)
        case .all: Shape([steps + finals] + state)
        }
    }

    /// Places among the inputs of the node: pre-activations and state weights are 0 and 1.
    public var biasPlace: Int? { hasBias ? 2 : nil }
    public var firstHiddenPlace: Int? { hasFirstHidden ? 2 + (hasBias ? 1 : 0) : nil }
    public var firstCellsPlace: Int? { hasFirstCells ? 2 + (hasBias ? 1 : 0) + (hasFirstHidden ? 1 : 0) : nil }
    /// Weights of the cells for the gates are the last.
    public var peepholePlace: Int? { form?.hasPeepholes == true ? inputCount - 1 : nil }
    public var inputCount: Int { 2 + [hasBias, hasFirstHidden, hasFirstCells, form?.hasPeepholes ?? false].count { $0 } }

    /// The operator's name in ONNX.
    public var name: String {
        switch cell {
        case .lstm: "LSTM"
        case .gru: "GRU"
        case .rnn: "RNN"
        }
    }
}

/// One of the results of a recurrent layer that makes all: of so many steps.
public struct RecurrencePart: Hashable, Sendable {
    public var result: Recurrence.Result
    public var steps: Int

    public init(_ result: Recurrence.Result, steps: Int) { (self.result, self.steps) = (result, steps) }

    /// The slices of what the layer makes that belong to it.
    var slices: Range<Int> {
        switch result {
        case .sequence: 0..<steps
        case .hidden: steps..<steps + 1
        case .cells: steps + 1..<steps + 2
        case .all: 0..<steps + 2
        }
    }
}
