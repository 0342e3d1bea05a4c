import Networks
import Tensors

/// Along which axis of extent 1 a further input without an open size is repeated for the examples.
enum RepeatedAxis: CaseIterable {
    case last, first, none
}

extension GraphReader {
    /// Makes constants of all inputs but those that differ by example: what was asked for, else zeros of their shape. One with an axis for the
    /// examples is repeated along it; what has no shape or no type that Pare knows stays open.
    mutating func fixInputs(_ differing: [String]) throws(FormatError) {
        for proto in graph.input where proto.name != input.name && constants[proto.name] == nil && !differing.contains(proto.name) {
            try fix(NetworkValue(proto))
        }
        let others = graph.input.map(\.name).filter { $0 != input.name && (fixed.contains($0) || constants[$0] == nil) }
        guard let unknown = asked.keys.sorted().first(where: { !others.contains($0) && !differing.contains($0) }) else { return }
        throw failure(
            .missing, "input \(quoted(unknown))",
            (others.isEmpty ? "no further input" : "a further input: \(quoted(others))")
                + " beside \(quoted(input.name)), which the examples enter",
            unknown == input.name ? "the one that the examples enter" : "none of that name")
    }

    private mutating func fix(_ value: NetworkValue) throws(FormatError) {
        let asked = asked[value.name] ?? keptInputs[value.name].map { .tensor($0) }
        guard let type = value.elementType, type.blockCount == 1 else {
            unfixed[value.name] = "a further input of a type that Pare does not have"
            return
        }
        guard var (sizes, batch) = extents(of: value, asked) else {
            unfixed[value.name] = "a further input [\(value.statedAxes)] of open size; --input \(value.name)=FILE gives it"
            return
        }
        if batch == nil, let axis = repeatedAxis(of: sizes) { batch = axis }
        if let batch, whole == nil { sizes[batch] = 1 }
        let shape = Shape(sizes)
        guard let count = shape.checkedCount, count <= Self.largestActivation else {
            throw failure(.limit, "graph input \(quoted(value.name))", "at most \(Self.largestActivation) values", "[\(shape)]")
        }
        guard let tensor = Tensor(asked ?? .number(0), shape: shape, elementType: type) else {
            throw wrongValue(value, shape, batch, asked)
        }
        constants[value.name] = tensor
        fixed.insert(value.name)
        derived.insert(value.name)
        takenValues.insert(value.name)
        if whole != nil, type.isFraction, sizes.count > 1, count > 0 {
            // Not one of the constants that nodes are folded with, for the written file has an input there.
            try repeatInput(value.name, sizes, along: nil)
        } else if let batch, count > 0, whole == nil {
            try repeatInput(value.name, sizes, along: batch)
        }
    }

    /// What was given has another shape or type, in the words of the file.
    private func wrongValue(_ value: NetworkValue, _ shape: Shape, _ batch: Int?, _ asked: GivenInput?) -> FormatError {
        let type = value.elementType.map { " of \($0)" } ?? ""
        var (expected, actual) = ("[\(shape)]\(type), the same for every example", "a number that is none")
        var cure = "Give a number of that type, or a file of that shape."
        if case .tensor(let given)? = asked { actual = "[\(given.shape)] of \(given.elementType)" }
        if let batch, case .open(let name)? = value.axes?[batch] {
            expected =
                "[\(value.statedAxes)]\(type), the same for every example, with 1 for \(name.isEmpty ? "the open size" : name), that of the examples"
            cure =
                "Give a number, or a file [\(shape)]; where the inputs together are one example, give each an array as the file states it: "
                + "--input NAME=FILE, or arrays of these names with an axis in front, x[None] in NumPy, in one NPZ file with --data."
        }
        return failure(.mismatch, "input \(quoted(value.name))", expected, actual, cure: cure)
    }

    private mutating func repeatInput(_ name: String, _ sizes: [Int], along axis: Int?) throws(FormatError) {
        guard readValues.contains(name) else { return }
        let output = uniqueValue("\(name)_examples")
        var dimensions = sizes
        if let axis { dimensions[axis] = -1 }
        var proto = ONNXNodeProto()
        proto.name = output
        let node = Node(name: uniqueName(proto), operation: .expand(dimensions: dimensions), inputs: [name], outputs: [output])
        do throws(NodeProblem) { try append(node) } catch {
            throw failure(.limit, "graph input \(quoted(name))", "a size that can be counted", "[\(Shape(sizes))]")
        }
        scope[name] = output
        if readValues.contains(name) { readValues.insert(output) }
    }

    /// Extents along all axes, and the axis of the examples; nil where a size is open. Sizes that are called as those of the examples' input are theirs.
    private func extents(of value: NetworkValue, _ asked: GivenInput?) -> ([Int], Int?)? {
        guard let axes = value.axes else {
            guard case .tensor(let tensor)? = asked else { return nil }
            return (tensor.shape.dimensions, nil)
        }
        let main = graph.input.first { $0.name == input.name }.map { NetworkValue($0) }
        var known: [String: Int] = [:]
        for (stated, extent) in zip((main?.axes ?? []).dropFirst(), input.shape.dimensions) {
            if case .open(let name) = stated, !name.isEmpty, extent > 0 { known[name] = extent }
        }
        known.merge(boundSizes.mapValues(\.size)) { $1 }
        var sizes: [Int] = []
        var (batch, open): (Int?, [Int]) = (nil, [])
        for (place, axis) in axes.enumerated() {
            switch axis {
            case .fixed(let extent): sizes.append(extent)
            case .open(let name):
                let isBatch = !name.isEmpty && boundSizes[name] == nil && main?.axes?.first == .open(name)
                if isBatch, batch == nil { batch = place } else if known[name] == nil { open.append(place) }
                sizes.append(isBatch ? whole?[0] ?? 1 : known[name] ?? 0)
            }
        }
        if let own = sizesAsGiven(axes, asked, main) { return (own, nil) }
        if batch == nil, open.count == 1 { (batch, open) = (open[0], []) }
        if let batch { sizes[batch] = axes[batch] == main?.axes?.first ? whole?[0] ?? 1 : 1 }
        if case .tensor(let tensor)? = asked, !open.isEmpty, tensor.shape.rank == sizes.count { return (tensor.shape.dimensions, batch) }
        return open.isEmpty ? (sizes, batch) : nil
    }

    /// The sizes of an array that was given where an open axis is none of the examples: all inputs together are one example, or the axis is called
    /// otherwise than theirs and longer than 1.
    private func sizesAsGiven(_ axes: [NetworkValue.Axis], _ asked: GivenInput?, _ main: NetworkValue?) -> [Int]? {
        guard case .tensor(let tensor)? = asked, tensor.shape.rank == axes.count else { return nil }
        let isTogether = whole != nil && differingInputs.count > 1
        return zip(axes, tensor.shape.dimensions).allSatisfy { axis, size in
            switch (axis, main?.axes?.first) {
            case (.fixed(let extent), _): extent == size
            case (.open, _) where isTogether, (.open, .fixed) where size != 1: true
            case (.open(let name), .open(let examples)): size != 1 && !name.isEmpty && !examples.isEmpty && name != examples
            default: false
            }
        } ? tensor.shape.dimensions : nil
    }

    /// Where the file fixes the number of examples to 1 everywhere, an axis of extent 1 may be theirs: which one, is found by trying.
    private mutating func repeatedAxis(of sizes: [Int]) -> Int? {
        guard whole == nil, sizes.count > 1, sizes.contains(1), input.batch ?? 1 == 1 else { return nil }
        hasAmbiguousInputs = true
        return switch repeatedAxis {
        case .last: sizes.lastIndex(of: 1)
        case .first: sizes.firstIndex(of: 1)
        case .none: nil
        }
    }

    /// Notes what a node made of fixed inputs alone: constants that are computed again where the network is written, or settings, which are not.
    mutating func noteDerived(_ proto: ONNXNodeProto) throws(FormatError) {
        guard isNetwork, !derived.isEmpty, !["Shape", "Size"].contains(proto.opType), proto.input.contains(where: derived.contains)
        else { return }
        let made = proto.output.filter { !$0.isEmpty && constants[$0] != nil }
        if !made.isEmpty {
            derived.formUnion(made)
            if let message = try message(of: proto) {
                kept.computed.append(KeptGraph.Message(inputs: proto.input, outputs: proto.output, bytes: message))
            }
            return
        }
        guard let node = nodes.last, node.isSupported, node.outputs.first == proto.output.first else { return }
        let isSettled = proto.input.contains { derived.contains($0) && !node.inputs.contains(aliases[$0] ?? $0) }
        if isSettled { kept.settled.append(node.name) }
    }
}
