import Networks
import Tensors

/// Graphs that have no axis for examples, or mix them along it, are read as they stand: the whole input is one example.
extension GraphReader {
    static let runsAlong = "it runs along the examples of a batch"
    static let mixes = "its result mixes the examples of a batch"
    static let splits = "it splits the examples of a batch"
    static let transposes = "it transposes the examples"
    static let counts = "it computes with the number of examples"
    /// What is said of nodes that can't run for that alone.
    static let mixtures = [runsAlong, mixes, splits, transposes, counts]

    /// Whether the result is a network, and not values for a test.
    var isNetwork: Bool { whole == nil || isOneExample }

    /// The whole input: what was asked for, where that has as many axes as the file states; else one of the file's extent along the first axis, 1 where
    /// that is open. Nil where sizes are not known.
    var wholeInput: Shape? {
        guard whole == nil else { return nil }
        let differing = differingInputs
        if differing.count > 1 { return canBeOneExample(differing) ? [1] : nil }
        guard let axes = examplesInput()?.axes, !axes.isEmpty, differing.isEmpty else { return nil }
        if let example, example.rank == axes.count {
            let fits = zip(axes, example.dimensions).allSatisfy { axis, size in if case .fixed(let own) = axis { own == size } else { true }
            }
            return fits ? example : nil
        }
        if let steps = stepsOfOneExample(axes) { return steps }
        let sizes = [input.batch ?? 1] + input.shape.dimensions
        return sizes.count == axes.count && !sizes.contains(0) ? Shape(sizes) : nil
    }

    /// The whole input [steps, 1, values] where the graph goes along the first axis of the input, so that examples lie along the second; an example is
    /// then [steps, values].
    private func stepsOfOneExample(_ axes: [NetworkValue.Axis]) -> Shape? {
        guard hasStepsFirst, axes.count == 3, input.shape.rank == 2, axes[0] != .fixed(1) else { return nil }
        if case .fixed(let examples) = axes[1], examples != 1 { return nil }
        let (steps, values) = (input.batch ?? input.shape[0], input.shape[1])
        return steps > 0 && values > 0 ? [steps, 1, values] : nil
    }

    /// The graph with the whole input for one example: axes of examples, which the graph does not have, are put before its input and taken off again.
    mutating func oneExample(_ read: Network) -> Network {
        guard let whole, let place = read.inputs.indices.first, !read.isWeightsOnly else { return read }
        var network = read
        var views: [String: String] = [:]
        let name = network.inputs[place].name
        let hasOne = read.packed != nil || whole[0] == 1 && whole.rank > 1
        if !hasOne {
            let inner = uniqueValue("\(name)_whole")
            views[inner] = name
            network.nodes = network.nodes.map { $0.reading([name: inner]) }
            let node = Node(
                name: inner, operation: .reshape(dimensions: whole.dimensions, allowZero: false), inputs: [name], outputs: [inner])
            network.nodes.insert(node, at: 0)
            shapes[inner] = whole
            shapes[name] = Shape([1] + whole.dimensions)
        }
        for output in network.outputs where output.name != name {
            guard let shape = shapes[output.name], shape.dimensions.first != 1 else { continue }
            let inner = uniqueValue("\(output.name)_whole")
            views[inner] = output.name
            network.nodes = network.nodes.map { $0.reading([output.name: inner]).making([output.name: inner]) }
            network.nodes.append(Node(name: inner, operation: .unsqueeze(axes: [0]), inputs: [inner], outputs: [output.name]))
            shapes[inner] = shape
            shapes[output.name] = Shape([1] + shape.dimensions)
        }
        if let packed = read.packed {
            network.inputs[place].axes = [.fixed(1), .fixed(packed.count)]
            network.whole = WholeExample(input: [1, packed.count], views: views)
            return network
        }
        network.inputs[place].axes = [.fixed(1)] + whole.dimensions.dropFirst(hasOne ? 1 : 0).map { .fixed($0) }
        network.whole = WholeExample(input: whole, views: views)
        return network
    }
}

extension Node {
    fileprivate func reading(_ names: [String: String]) -> Node {
        var node = self
        node.inputs = inputs.map { names[$0] ?? $0 }
        return node
    }

    fileprivate func making(_ names: [String: String]) -> Node {
        var node = self
        node.outputs = outputs.map { names[$0] ?? $0 }
        return node
    }
}

extension NetworkReader {
    /// A reader with what it read; where examples meet on the way, or what was read does not fit any number of them, of the graph as it stands, if more of
    /// that can run.
    ///
    /// - Parameter make: A reader; of the graph as it stands where a whole input is named.
    static func network(
        _ reader: GraphReader, _ read: (inout GraphReader) throws(FormatError) -> Network,
        again make: (Shape) throws(FormatError) -> GraphReader
    ) throws(FormatError) -> (GraphReader, Network) {
        var reader = reader
        if reader.asksForOneExample {
            var other = try make([1])
            let network = try read(&other)
            return (other, network)
        }
        let found = Result { () throws(FormatError) in try read(&reader) }
        var (isDoubtful, left) = (reader.mixesExamples, 1)
        switch found {
        case .success(let network): left = network.unsupportedNodes.count
        case .failure(let problem): isDoubtful = isDoubtful || problem.kind == .mismatch
        }
        if isDoubtful, left > 0, let whole = reader.wholeInput, var other = try? make(whole), let second = try? read(&other),
            second.unsupportedNodes.count < left
        {
            return (other, second)
        }
        return (reader, try found.get())
    }
}
