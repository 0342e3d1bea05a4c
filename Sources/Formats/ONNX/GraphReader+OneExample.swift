import Networks
import Tensors

/// Several inputs that have no axis for examples in common, such as the nodes and the edges of a graph: together, as the file has them, they are one example.
extension GraphReader {
    /// Whether an input is to be as large in an example as the file has it, with its first axis; or a container keeps such inputs, all of whose sizes are
    /// fixed.
    var asksForOneExample: Bool {
        guard whole == nil else { return false }
        let asked = graph.input.filter { if case .examples? = self.asked[$0.name] { true } else { false } }
        if asked.count > 1 {
            return asked.contains { proto in
                NetworkValue(proto).axes.map { !$0.isEmpty && askedShape(proto.name)?.rank == $0.count } ?? false
            }
        }
        guard asked.isEmpty, graph.initializer.contains(where: { $0.dataType == 0 }) else { return false }
        let known = Set(initializerNames)
        let open = graph.input.filter { !known.contains($0.name) && self.asked[$0.name] == nil }.map { NetworkValue($0) }
        return open.count { $0.isWholeForm } > 1 && !open.contains { $0.isPackedForm }
    }

    /// The shape that was asked for one example of an input.
    func askedShape(_ name: String) -> Shape? { if case .examples(let shape)? = asked[name] { shape } else { nil } }

    /// Whether these inputs are of one example where the first axis of each is as long as one: the file fixes it to that, or leaves it open.
    func canBeOneExample(_ differing: [String]) -> Bool {
        graph.input.filter { differing.contains($0.name) }.allSatisfy { proto in
            guard let first = NetworkValue(proto).axes?.first else { return true }
            return if case .fixed(let extent) = first { extent == 1 } else { true }
        }
    }

    /// The sizes that the file leaves open under a name, by the shapes that were asked for and the arrays that were given. Throws where two say different ones.
    func sizesOfOneExample(_ differing: [String]) throws(FormatError) -> [String: (size: Int, input: String)] {
        var bound: [String: (size: Int, input: String)] = [:]
        for proto in graph.input {
            guard let axes = NetworkValue(proto).axes, let sizes = givenSizes(proto.name, axes.count) else { continue }
            for (axis, size) in zip(axes, sizes) {
                switch axis {
                case .fixed(let extent) where extent != size: throw conflict(proto.name, axes, sizes, "as the file fixes them")
                case .open(let name) where !name.isEmpty:
                    if let known = bound[name], known.size != size {
                        throw conflict(proto.name, axes, sizes, "where \(quoted(known.input)) has \(known.size) for \(name)")
                    }
                    bound[name] = (size, proto.name)
                default: continue
                }
            }
        }
        return bound
    }

    /// All sizes of an input that were given, in the order of its axes; nil where none were.
    private func givenSizes(_ name: String, _ rank: Int) -> [Int]? {
        switch asked[name] {
        case .examples(let shape?)? where shape.rank == rank: shape.dimensions
        case .examples(let shape?)? where shape.rank == rank - 1: [1] + shape.dimensions
        case .tensor(let tensor)? where tensor.shape.rank == rank: tensor.shape.dimensions
        default: nil
        }
    }

    private func conflict(_ name: String, _ axes: [NetworkValue.Axis], _ sizes: [Int], _ reason: String) -> FormatError {
        let stated = NetworkValue(name: name, axes: axes).statedAxes
        return failure(
            .mismatch, "input \(quoted(name))", "sizes [\(stated)], \(reason)", "[\(Shape(sizes))]",
            cure: "Sizes of one name are the same in all inputs of an example: give arrays, or --input-shape \(name)=…, that agree.")
    }

    /// `4xT`: an input with the sizes that are known, as `--input-shape` takes it.
    func askedForm(_ value: NetworkValue) -> String {
        var known = value
        known.axes = value.axes?.map { axis in
            if case .open(let name) = axis, let size = boundSizes[name]?.size { .fixed(size) } else { axis }
        }
        return known.askedForm
    }

    /// An input of an example that all inputs together are; nil where a size is open.
    func wholePart(_ value: NetworkValue, from start: Int) -> PackedInputs.Part? {
        let axes = value.axes ?? []
        guard !axes.isEmpty else {
            let shape = askedShape(value.name) ?? (value.axes == nil ? nil : [])
            return shape.map { PackedInputs.Part(value: value, shape: $0, axis: nil, start: start, made: []) }
        }
        let given = givenSizes(value.name, axes.count)
        let sizes = axes.enumerated().map { place, axis in
            switch axis {
            case .fixed(let extent): extent
            case .open(let name): given?[place] ?? boundSizes[name]?.size ?? (place == 0 ? 1 : 0)
            }
        }
        guard !sizes.contains(0), Shape(sizes).checkedCount.map({ $0 <= Self.largestActivation }) == true else { return nil }
        // An axis of one element at the front may stand for the examples.
        let hasOne = sizes[0] == 1
        let shape = Shape(hasOne ? Array(sizes.dropFirst()) : sizes)
        return PackedInputs.Part(value: value, shape: shape, axis: hasOne ? 0 : nil, start: start, made: [])
    }
}
