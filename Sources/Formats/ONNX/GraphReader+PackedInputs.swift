import Networks
import Tensors

extension GraphReader {
    /// Names of the inputs that differ by example, in the order of the file: those that were asked for; of a container those that it keeps no value of.
    /// Empty where nothing was said, so that one alone does.
    var differingInputs: [String] {
        let open = graph.input.filter { constants[$0.name] == nil }
        let asked = open.map(\.name).filter { if case .examples? = self.asked[$0] { true } else { false } }
        guard asked.isEmpty, !given.isEmpty else { return asked }
        let kept = open.filter { proto in
            let value = NetworkValue(proto)
            return self.asked[proto.name] == nil && keptInputs[proto.name] == nil
                && (value.isPackedForm || whole != nil && value.isWholeForm)
        }
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
                let stated = NetworkValue(proto)
                for name in names where name != input.name || whole != nil {
                    unfixed[name] =
                        "which differs by example, and sizes of \(quoted(proto.name)) [\(stated.statedAxes)] are open: "
                        + (names.count > 1 ? "--input-shape \(proto.name)=\(askedForm(stated))" : "--input-shape") + " says them, or --data"
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
        if whole != nil { return wholePart(value, from: start) }
        let asked = askedShape(value.name)
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

    /// Leaves out what takes a row apart for inputs that nothing reads any more, for only their shape was asked for: a file that is written does not ask for it.
    func dropUnread(from network: inout Network) {
        guard var packed = network.packed else { return }
        let read = Set(network.nodes.flatMap(\.inputs)).union(network.outputs.map(\.name)).union(kept.choices.flatMap(\.reads))
        var gone: Set<String> = []
        for place in packed.parts.indices {
            guard let value = packed.parts[place].made.last, !read.contains(value) else { continue }
            gone.formUnion(packed.parts[place].made)
            packed.parts[place].made = []
        }
        guard !gone.isEmpty else { return }
        network.nodes.removeAll { $0.outputs.contains(where: gone.contains) }
        network.packed = packed
    }

    /// The values that a row becomes on its way to an input.
    private mutating func takeApart(_ part: PackedInputs.Part, _ row: String) throws(NodeProblem) -> [String] {
        let values = uniqueValue("\(part.name)_values")
        let slice = Slice(axes: [1], starts: [part.start], ends: [part.range.upperBound], steps: [1])
        var steps: [(Operation, String)] = [(.slice(slice), values)]
        let shaped = Operation.reshape(dimensions: (part.axis == nil ? [] : [-1]) + part.shape.dimensions, allowZero: false)
        if let axis = part.axis, axis > 0 {
            let order = Array(1...axis) + [0] + Array((axis + 1)..<max(axis + 1, part.shape.rank + 1))
            steps += [(shaped, uniqueValue("\(part.name)_examples")), (.transpose(permutation: order), part.name)]
        } else {
            steps.append((shaped, part.name))
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
    var isPackedForm: Bool {
        guard let axes, elementType?.blockCount == 1 else { return false }
        return axes.count { if case .open = $0 { true } else { false } } == 1 && axes.contains(.open("batch"))
    }

    /// The same of a network whose inputs are one example together: all sizes are fixed.
    var isWholeForm: Bool {
        elementType?.blockCount == 1 && axes?.allSatisfy { if case .fixed = $0 { true } else { false } } == true
    }
}
