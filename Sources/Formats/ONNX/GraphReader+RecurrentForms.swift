import Networks
import Tensors

extension GraphReader {
    /// The cell of an LSTM, GRU or RNN, and what it has in another way than usual.
    func cell(
        _ proto: ONNXNodeProto, _ attributes: NodeAttributes, directions: Int
    ) throws(NodeProblem) -> (cell: Recurrence.Cell, form: RecurrentForm?) {
        var cell: Recurrence.Cell
        switch proto.opType {
        case "LSTM": cell = .lstm
        case "GRU": cell = .gru(resetsAfter: try attributes.int("linear_before_reset", 0) != 0)
        default: cell = .rnn(.tanh)
        }
        let functions = try functions(attributes, cell, directions: directions)
        if case .rnn = cell, functions.allSatisfy({ $0.kind == .relu }) { cell = .rnn(.relu) }
        var form = RecurrentForm(functions: functions)
        if attributes.contains("clip") {
            let clip = try attributes.float("clip", 0)
            guard clip > 0 else { throw .malformed(expected: "a clip above 0", actual: "\(clip)") }
            form.clip = clip
        }
        if case .lstm = cell {
            form.joinsForget = try attributes.int("input_forget", 0) != 0
            form.hasPeepholes = proto.input.count > 7 && !proto.input[7].isEmpty
        }
        let usual = RecurrentForm.usual(cell)
        let isUsual = functions.indices.allSatisfy { functions[$0].kind == usual[$0 % usual.count] }
        let isPlain = isUsual && form.clip == nil && !form.joinsForget && !form.hasPeepholes
        return (cell, isPlain ? nil : form)
    }

    /// Those of `activations` with their numbers in turn, else the usual ones.
    private func functions(
        _ attributes: NodeAttributes, _ cell: Recurrence.Cell, directions: Int
    ) throws(NodeProblem) -> [RecurrentForm.Function] {
        let usual = RecurrentForm.usual(cell)
        let stated = try attributes.texts("activations") ?? []
        let names = stated.isEmpty ? Array(repeating: usual.map(\.rawValue), count: directions).flatMap { $0 } : stated
        guard names.count == usual.count * directions else {
            throw .malformed(expected: "\(usual.count * directions) activations", actual: "\(names.count)")
        }
        var (alphas, betas) = (
            (try attributes.floats("activation_alpha") ?? [])[...], (try attributes.floats("activation_beta") ?? [])[...]
        )
        return try names.map { name throws(NodeProblem) in
            guard let kind = RecurrentForm.Function.Kind.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
                throw .unsupported("its attribute 'activations' names \(escaped(name, limit: 40))")
            }
            let alpha = kind.takesAlpha ? alphas.popFirst() : 0
            let beta = kind.takesBeta ? betas.popFirst() : 0
            if let alpha, let beta { return RecurrentForm.Function(kind, alpha: alpha, beta: beta) }
            guard let usual = kind.usual else {
                let missing = alpha == nil ? "activation_alpha" : "activation_beta"
                throw .unsupported("its attribute '\(missing)' has no number for \(kind.rawValue), and runtimes take different ones")
            }
            return RecurrentForm.Function(kind, alpha: alpha ?? usual.alpha, beta: beta ?? usual.beta)
        }
    }

    /// The name of the cells' weights for the gates; nil where there are none.
    func peepholes(of proto: ONNXNodeProto, _ recurrence: Recurrence) throws(NodeProblem) -> String? {
        guard recurrence.form?.hasPeepholes == true else { return nil }
        try needConstants(proto, 7...7)
        let name = aliases[proto.input[7]] ?? proto.input[7]
        let expected: Shape = [recurrence.directions, 3 * recurrence.hidden]
        guard constant(name)?.shape == expected else {
            throw .mismatch(expected: "peepholes [\(expected)]", actual: "[\(constant(name)?.shape ?? [])]")
        }
        return name
    }
}
