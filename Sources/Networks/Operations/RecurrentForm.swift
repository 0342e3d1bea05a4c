import Foundation

/// What a recurrent layer has in other ways than its cell's usual one: functions, a clip, joined gates, gates that see the cells.
///
/// With P one weight for each value of the cells and gate (peepholes; Gers and Schmidhuber, 2000): i = f(a + P_i ⊙ C), the forget gate with P_f likewise or
/// 1 − i where they are joined, o = f(a + P_o ⊙ C′) of the cells that the step leaves. The clip cuts what each function of a gate reads.
public struct RecurrentForm: Hashable, Sendable {
    /// Functions of the gates of each direction, one direction behind the other, in ONNX's order f, g, h.
    public var functions: [Function]
    /// What functions of gates read lies in −clip…clip; nil for any.
    public var clip: Float?
    /// Whether the forget gate is 1 − the input gate: ONNX's `input_forget`.
    public var joinsForget: Bool
    /// Whether there are weights [directions, 3 · hidden] of the cells for the gates i, o, f, the last of the inputs.
    public var hasPeepholes: Bool

    public init(functions: [Function], clip: Float? = nil, joinsForget: Bool = false, hasPeepholes: Bool = false) {
        (self.functions, self.clip, self.joinsForget, self.hasPeepholes) = (functions, clip, joinsForget, hasPeepholes)
    }

    /// The attributes and inputs of ONNX that make it another form, for messages.
    public func words(_ cell: Recurrence.Cell) -> String {
        let usual = Self.usual(cell)
        let others = functions.indices.contains { functions[$0].kind != usual[$0 % usual.count] }
        let names = [clip == nil ? nil : "'clip'", joinsForget ? "'input_forget'" : nil, hasPeepholes ? "peepholes 'P'" : nil]
        return (names.compactMap(\.self) + (others ? ["'activations'"] : [])).joined(separator: ", ")
    }

    /// The functions of one direction where none are stated.
    public static func usual(_ cell: Recurrence.Cell) -> [Function.Kind] {
        switch cell {
        case .lstm: [.sigmoid, .tanh, .tanh]
        case .gru: [.sigmoid, .tanh]
        case .rnn(let activation): [activation == .relu ? .relu : .tanh]
        }
    }
}

extension RecurrentForm {
    /// A function of a gate with its numbers.
    public struct Function: Hashable, Sendable {
        /// By ONNX's names.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            case sigmoid = "Sigmoid"
            case tanh = "Tanh"
            case relu = "Relu"
            case softsign = "Softsign"
            case softplus = "Softplus"
            case elu = "Elu"
            case leakyRelu = "LeakyRelu"
            case thresholdedRelu = "ThresholdedRelu"
            case affine = "Affine"
            case scaledTanh = "ScaledTanh"
            case hardSigmoid = "HardSigmoid"

            public var takesAlpha: Bool {
                switch self {
                case .sigmoid, .tanh, .relu, .softsign, .softplus: false
                case .elu, .leakyRelu, .thresholdedRelu, .affine, .scaledTanh, .hardSigmoid: true
                }
            }

            public var takesBeta: Bool { [.affine, .scaledTanh, .hardSigmoid].contains(self) }

            /// The numbers where none are stated; nil where runtimes do not agree on them.
            public var usual: (alpha: Float, beta: Float)? {
                switch self {
                case .elu: (1, 0)
                case .leakyRelu: (0.01, 0)
                case .hardSigmoid: (0.2, 0.5)
                case .thresholdedRelu, .affine, .scaledTanh: nil
                default: (0, 0)
                }
            }
        }

        public var kind: Kind
        public var alpha: Float
        public var beta: Float

        public init(_ kind: Kind, alpha: Float = 0, beta: Float = 0) { (self.kind, self.alpha, self.beta) = (kind, alpha, beta) }

        /// The value at x.
        public func callAsFunction(_ x: Double) -> Double {
            let (a, b) = (Double(alpha), Double(beta))
            switch kind {
            case .sigmoid: return 1 / (1 + exp(-x))
            case .tanh: return Foundation.tanh(x)
            case .relu: return x < 0 ? 0 : x
            case .softsign: return x / (1 + abs(x))
            case .softplus: return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))
            case .elu: return x >= 0 ? x : a * (exp(x) - 1)
            case .leakyRelu: return x >= 0 ? x : a * x
            case .thresholdedRelu: return x > a ? x : 0
            case .affine: return a * x + b
            case .scaledTanh: return a * Foundation.tanh(b * x)
            case .hardSigmoid: return min(max(a * x + b, 0), 1)
            }
        }
    }
}
