import Networks
import Tensors

extension GraphReader {
    /// Names of the inputs that differ by example, in the order of the file: those that were asked for; of a container those that it keeps no value of.
    /// Empty where nothing was said, so that one alone does.
    var differingInputs: [String] {
        let open = graph.input.filter { constants[$0.name] == nil }
        let asked = open.map(\.name).filter { if case .examples? = self.asked[$0] { true } else { false } }
        guard asked.isEmpty, !given.isEmpty else { return asked }
        let kept = open.filter { self.asked[$0.name] == nil && keptInputs[$0.name] == nil && NetworkValue($0).isPackedForm }
        return kept.count > 1 ? kept.map(\.name) : []
    }

    /// Puts a row of all values of these inputs in the place of the one that the examples enter, with the nodes that take it apart; one whose size
    /// stays open leaves all as they are.
    mutating func pack(_ names: [String]) throws(FormatError) {
        guard names.count > 1 else { return }
        var parts: [PackedInputs.Part] = []
        for proto in graph.input where names.contains(proto.name) {
            let start = parts.last?.range.upperBound ?? 0
            guard let part = try part(NetworkValue(proto), from: start) else {
                for name in names where name != input.name {
                    unfixed[name] = "which differs by example, and a size of \(quoted(proto.name)) is open; --input-shape says it"
                }
                return
            }
            parts.append(part)
        }
        let row = uniqueValue("examples")
        let packed = PackedInputs(parts: parts)
        guard packed.count <= Self.largestActivation else {
            throw failure(.limit, "graph inputs", "examples of at most \(Self.largestActivation) values", packed.words)
        }
        input = GraphInput(value: NetworkValue(name: row, example: [packed.count]))
        shapes[row] = [batch, packed.count]
        for place in parts.indices where readValues.contains(parts[place].name) {
            do throws(NodeProblem) { parts[place].made = try takeApart(parts[place], row) } catch {
                throw failure(.limit, "graph input \(quoted(parts[place].name))", "a size that can be counted", parts[place].words)
            }
        }
        self.packed = PackedInputs(parts: parts)
    }

    /// The sizes of one example of an input, and where the examples lie; nil where they are open.
    private func part(_ value: NetworkValue, from start: Int) throws(FormatError) -> PackedInputs.Part? {
        let asked: Shape? = if case .examples(let shape)? = self.asked[value.name] { shape } else { nil }
        let isMain = value.name == input.name
        guard let axes = value.axes, !axes.isEmpty else {
            guard let shape = asked ?? (isMain && !input.isOpen ? input.shape : nil) else { return nil }
            return PackedInputs.Part(value: value, shape: shape, axis: 0, start: start, made: [])
        }
        if isMain, !input.isOpen { return PackedInputs.Part(value: value, shape: input.shape, axis: 0, start: start, made: []) }
        guard let axis = isMain ? 0 : examplesAxis(axes) else { return nil }
        var sizes: [Int] = []
        for (place, stated) in axes.enumerated() where place != axis {
            let known = asked.flatMap { $0.rank == axes.count - 1 ? $0[sizes.count] : nil }
            switch stated {
            case .fixed(let extent): sizes.append(extent)
            case .open(let name): sizes.append(namedSizes[name] ?? known ?? 0)
            }
        }
        guard !sizes.contains(0), Shape(sizes).checkedCount.map({ $0 <= Self.largestActivation }) == true else { return nil }
        return PackedInputs.Part(value: value, shape: Shape(sizes), axis: axis, start: start, made: [])
    }

    /// The axis that is called as that of the examples, else the first where it is open or as long as theirs, else the only open one, else the last of one element.
    private func examplesAxis(_ axes: [NetworkValue.Axis]) -> Int? {
        let first = graph.input.first { $0.name == input.name }.flatMap { NetworkValue($0).axes?.first }
        if case .open(let name)? = first, !name.isEmpty, let place = axes.firstIndex(of: .open(name)) { return place }
        let open = axes.indices.filter { if case .open = axes[$0] { true } else { false } }
        if open.first == 0 || axes.first == first { return 0 }
        return open.count == 1 ? open[0] : axes.lastIndex(of: .fixed(1))
    }

    /// Sizes that the main input's example has under a name.
    private var namedSizes: [String: Int] {
        let main = graph.input.first { $0.name == input.name }.flatMap { NetworkValue($0).axes } ?? []
        return zip(main.dropFirst(), input.shape.dimensions).reduce(into: [:]) { known, pair in
            if case .open(let name) = pair.0, !name.isEmpty, pair.1 > 0 { known[name] = pair.1 }
        }
    }

    /// The values that a row becomes on its way to an input.
    private mutating func takeApart(_ part: PackedInputs.Part, _ row: String) throws(NodeProblem) -> [String] {
        let values = uniqueValue("\(part.name)_values")
        let slice = Slice(axes: [1], starts: [part.start], ends: [part.range.upperBound], steps: [1])
        var steps: [(Operation, String)] = [(.slice(slice), values)]
        let shaped = Operation.reshape(dimensions: [-1] + part.shape.dimensions, allowZero: false)
        if part.axis == 0 {
            steps.append((shaped, part.name))
        } else {
            let order = Array(1...part.axis) + [0] + Array((part.axis + 1)..<max(part.axis + 1, part.shape.rank + 1))
            steps += [(shaped, uniqueValue("\(part.name)_examples")), (.transpose(permutation: order), part.name)]
        }
        var source = row
        for (operation, output) in steps {
            var proto = ONNXNodeProto()
            proto.name = "\(output)_packed"
            try append(Node(name: uniqueName(proto), operation: operation, inputs: [source], outputs: [output]))
            source = output
        }
        return steps.map(\.1)
    }
}

extension NetworkValue {
    /// Whether a container may have written it for one that differs by example: all sizes are fixed but the number of examples.
    fileprivate var isPackedForm: Bool {
        guard let axes, elementType?.blockCount == 1 else { return false }
        return axes.count { if case .open = $0 { true } else { false } } == 1 && axes.contains(.open("batch"))
    }
}
