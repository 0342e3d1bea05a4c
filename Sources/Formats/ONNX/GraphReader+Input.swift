import Networks
import Tensors

/// The value that the examples enter.
struct GraphInput {
    var name: String
    /// Of one example, without the batch axis; 0 along axes that the file leaves open.
    var shape: Shape
    /// The batch that the file is fixed to; nil where it is open.
    var batch: Int?
    /// Whether the size of an example is not known.
    var isOpen: Bool
}

extension GraphReader {
    /// Finds the first input that is no initializer; older files list those among the inputs.
    mutating func readInput() throws(FormatError) {
        let inputs = graph.input.filter { constants[$0.name] == nil }
        if let whole {
            input = GraphInput(
                name: inputs.first?.name ?? "", shape: Shape(Array(whole.dimensions.dropFirst())), batch: whole.dimensions.first,
                isOpen: false)
            if let name = inputs.first?.name { shapes[name] = whole }
            return
        }
        guard let first = inputs.first else {
            throw failure(.missing, "graph", "an input for the examples", "none")
        }
        guard Set(graph.input.map(\.name)).count == graph.input.count else {
            throw failure(.duplicate, "graph inputs", "different names", "one name twice")
        }
        let dimensions = first.type.tensorType.shape.dim.map { dimension -> Int? in
            if case .dimValue(let value) = dimension.value, value > 0 { Int(value) } else { nil }
        }
        var example = Array(dimensions.dropFirst())
        if let known = card?.input?.shape, example.contains(nil) || dimensions.isEmpty { example = known }
        input = GraphInput(
            name: first.name, shape: Shape(example.map { $0 ?? 0 }), batch: dimensions.first ?? nil,
            isOpen: example.isEmpty || example.contains { $0 ?? 0 <= 0 })
        try checkInput()
    }

    /// A text of shapes in which the number of examples is N: `[.., 8·N, M]` for 80,056 and the like, which no file holds.
    func withN(_ text: String) -> String {
        guard whole == nil else { return text }
        return text.replacing(#/[0-9]+/#) { match in
            guard let number = Int(match.output), number > 0, number.isMultiple(of: Self.examples) else { return String(match.output) }
            return number == Self.examples ? "N" : "\(number / Self.examples)·N"
        }
    }

    /// What may be wrong where shapes don't fit: the file's fixed first axis is no batch.
    var batchAdvice: String? {
        guard whole == nil, let batch = input.batch, batch > 1 else { return nil }
        let all = Shape([batch] + input.shape.dimensions)
        return
            "The input \(quoted(input.name)) [\(all)] is read as N examples of [\(input.shape)]; where it has no batch axis, export it with one."
    }

    private mutating func checkInput() throws(FormatError) {
        guard let count = input.shape.checkedCount, count <= Self.largestActivation else {
            throw failure(
                .limit, "graph input \(quoted(input.name))", "examples of at most \(Self.largestActivation) values",
                "[\(input.shape)]")
        }
        if !input.isOpen { shapes[input.name] = Shape([batch] + input.shape.dimensions) }
    }
}
