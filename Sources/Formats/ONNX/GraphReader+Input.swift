import Networks
import SwiftProtobuf
import Tensors

/// The value that the examples enter.
struct GraphInput {
    /// As the file states it, but with the shape that is taken for an example.
    var value: NetworkValue

    var name: String { value.name }
    /// Of one example, without the batch axis; 0 along axes that the file leaves open.
    var shape: Shape { value.exampleShape }
    /// The batch that the file is fixed to; nil where it is open.
    var batch: Int? { if case .fixed(let extent)? = value.axes?.first { extent } else { nil } }
    /// Whether the size of an example is not known.
    var isOpen: Bool { shape.rank == 0 || shape.dimensions.contains(0) }
}

extension NetworkValue {
    /// What a file states of an input or output.
    init(_ value: ONNXValueInfoProto) {
        let type = value.type.tensorType
        self.init(name: value.name, elementType: TensorReader.elementTypes[type.elemType])
        if !value.type.hasTensorType, !value.type.unknownFields.data.isEmpty { otherType = try? value.type.serializedBytes() }
        guard type.hasShape else { return }
        axes = type.shape.dim.map { dimension in
            switch dimension.value {
            case .dimValue(let extent) where extent > 0: .fixed(Int(extent))
            case .dimParam(let name): .open(name)
            case .dimValue, nil: .open("")
            }
        }
    }
}

extension GraphReader {
    /// All inputs that are no initializers, which older files list there too; the one that the examples enter first.
    var inputs: [NetworkValue] {
        let examples = Set(packed?.parts.map(\.name) ?? [input.name])
        let others = graph.input.filter { !examples.contains($0.name) && (constants[$0.name] == nil || fixed.contains($0.name)) }
        return (input.name.isEmpty ? [] : [input.value]) + others.map { NetworkValue($0) }
    }

    /// The input that the examples enter: of those that differ by example, or of those that are no initializers and that nothing was asked of.
    func examplesInput(_ differing: [String] = []) -> NetworkValue? {
        graph.input.filter { proto in
            guard differing.isEmpty else { return differing.contains(proto.name) }
            return constants[proto.name] == nil && asked[proto.name] == nil && keptInputs[proto.name] == nil
        }.map { NetworkValue($0) }.forExamples
    }

    /// Finds the input that the examples enter, and fixes the others.
    mutating func readInput() throws(FormatError) {
        if let whole, !isOneExample {
            let name = graph.input.first { constants[$0.name] == nil }?.name ?? ""
            input = GraphInput(value: NetworkValue(name: name, axes: whole.dimensions.map { .fixed($0) }))
            if !name.isEmpty { shapes[name] = whole }
            return
        }
        let differing = differingInputs
        guard var value = examplesInput(differing) else {
            throw failure(.missing, "graph", "an input for the examples", "none")
        }
        guard inputNames.count == graph.input.count else {
            throw failure(.duplicate, "graph inputs", "different names", "one name twice")
        }
        mixesExamples = value.axes?.count == 1
        kept.openAxes = (value.axes ?? []).indices.dropFirst().filter { if case .open = value.axes?[$0] { true } else { false } }
        let isOpen = value.axes?.isEmpty ?? true || value.exampleShape.dimensions.contains(0)
        let isPacked = whole != nil && differing.count > 1
        if isPacked {
            mixesExamples = true
        } else if let whole {
            value.axes = whole.dimensions.map { .fixed($0) }
        } else if let example {
            try checkExample(example, value)
            value.bind(example)
        } else if let known = card?.input?.shape, isOpen {
            value.bind(Shape(known))
        }
        if !isPacked, case .examples(let shape?)? = asked[value.name], value.isOpen, value.axes?.count != 1, fits(shape, value) {
            value.bind(shape)
        }
        input = GraphInput(value: value)
        if isPacked { boundSizes = try sizesOfOneExample(differing) } else { try checkInput() }
        try fixInputs(differing)
        try pack(differing)
    }

    /// Throws where the sizes that were asked for are not those that the file fixes.
    private mutating func checkExample(_ example: Shape, _ value: NetworkValue) throws(FormatError) {
        if let axes = value.axes, !axes.isEmpty { mixesExamples = mixesExamples || axes.count == example.rank }
        guard fits(example, value) else {
            throw failure(
                .mismatch, "graph input \(quoted(value.name))", "examples [\(value.statedExample)], as the file states", "[\(example)]",
                cure: "Give the sizes that the file leaves open, and the others as they are.")
        }
    }

    private func fits(_ example: Shape, _ value: NetworkValue) -> Bool {
        guard let axes = value.axes, !axes.isEmpty else { return true }
        let stated = value.exampleShape.dimensions
        return stated.count == example.rank && zip(stated, example.dimensions).allSatisfy { $0 == 0 || $0 == $1 }
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
        if !input.isOpen || whole != nil { shapes[input.name] = Shape([batch] + input.shape.dimensions) }
    }
}
