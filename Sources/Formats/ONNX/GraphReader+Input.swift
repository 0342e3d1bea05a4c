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

    private mutating func checkInput() throws(FormatError) {
        guard let count = input.shape.checkedCount, count <= Self.largestActivation else {
            throw failure(
                .limit, "graph input \(quoted(input.name))", "examples of at most \(Self.largestActivation) values",
                "[\(input.shape)]")
        }
        if !input.isOpen { shapes[input.name] = Shape([batch] + input.shape.dimensions) }
    }
}
