import Networks
import Tensors

extension CSourceWriter {
    mutating func add(_ recurrence: Recurrence, _ node: Node) throws(ExportError) {
        if let form = recurrence.form { throw refusal(node, "with \(form.words(recurrence.cell))") }
        guard node.inputs.count == recurrence.inputCount, recurrence.hidden > 0, shapes[node.inputs[0]]?.count == recurrence.inputSize
        else {
            throw refusal(node, "of such shapes")
        }
        let weights = try placeOfWeights(try parameter(node, 1))
        var operands: [String] = []
        for place in [recurrence.biasPlace, recurrence.firstHiddenPlace, recurrence.firstCellsPlace] {
            guard let place else {
                operands.append("NULL")
                continue
            }
            operands.append(try operand(node.inputs[place]))
        }
        let (output, step) = (place(node.outputs[0]), recurrence.directions * recurrence.hidden)
        let results =
            switch recurrence.result {
            case .sequence: [output, "NULL", "NULL"]
            case .hidden: ["NULL", output, "NULL"]
            case .cells: ["NULL", "NULL", output]
            case .all:
                [
                    output, "\(output) + \(recurrence.steps * step)",
                    recurrence.hasCells ? "\(output) + \((recurrence.steps + 1) * step)" : "NULL",
                ]
            }
        scratchCount = max(scratchCount, (recurrence.gates + 1) * recurrence.hidden + 2 * step)
        let isReverse = recurrence.isBackward(0) ? 1 : 0
        let fields = [
            recurrence.number, recurrence.hidden, recurrence.directions, recurrence.steps, recurrence.length(of: 0), recurrence.gates,
            isReverse,
        ]
        functions.insert(.recurrence)
        let constant = addConstant("recurrence", fields.map(String.init).joined(separator: ", "))
        call(.recurrence, ["&w\(weights)", try operand(node.inputs[0])] + operands + results + [constant])
    }

    mutating func add(_ part: RecurrencePart, _ node: Node) throws(ExportError) {
        guard let shape = shapes[node.inputs[0]], shape.rank > 0 else { throw refusal(node, "of an unknown shape") }
        let first =
            switch part.result {
            case .sequence, .all: 0
            case .hidden: part.steps
            case .cells: part.steps + 1
            }
        let start = first * shape.rowCount
        let source = place(node.inputs[0]) + (start == 0 ? "" : " + \(start)")
        steps.append("memcpy(\(place(node.outputs[0])), \(source), \(count(node.outputs[0])) * sizeof *arena);")
    }
}

extension Recurrence {
    /// Pre-activations of one example.
    fileprivate var inputSize: Int { steps * directions * gates * hidden }

    /// The number of the cell in the generated source.
    fileprivate var number: Int {
        switch cell {
        case .lstm: 0
        case .gru(let resetsAfter): resetsAfter ? 2 : 1
        case .rnn(let activation): activation == .tanh ? 3 : 4
        }
    }
}
