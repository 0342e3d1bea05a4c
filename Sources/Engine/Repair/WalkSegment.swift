import Kernels
import Networks
import Tensors

/// A part of a network as a network of its own: from the input, or what is kept before a node, to a value and what is kept behind.
///
/// Values enter and leave as one row an example: each boundary with several is strung together.
struct WalkSegment {
    let network: Network
    /// Nodes of the whole network that it runs.
    let nodeCount: Int
    /// Numbers of one example that enter, and that leave.
    let width: (entering: Int, leaving: Int)
    /// Where the wanted value lies in a row that leaves, and that which is kept from the beginning on.
    let wanted: Range<Int>
    let kept: Int
    /// Numbers of all its values, for one example.
    let valueCount: Int

    /// - Parameters:
    ///   - start: Nil for the input.
    ///   - end: What is kept; nil for nothing.
    ///   - shapes: Of the whole network for one example, with the batch.
    init(of network: Network, _ shapes: [String: Shape], from start: WalkBoundary?, to stop: WalkStop, keeping end: WalkBoundary?) {
        let own = network.nodes[min(start?.place ?? 0, stop.place)..<stop.place]
        var made = Self.entry(start, of: network, to: stop.value)
        made.nodes += own
        for name in own.lazy.flatMap(\.inputs) { if let parameter = network.parameters[name] { made.parameters[name] = parameter } }
        let row = Row(end, and: stop.value, shapes[stop.value]?.count ?? 0)
        var rows = RowStack(made)
        for (name, count) in row.values { rows.add(name, width: count) }
        made = rows.network
        let names = Set(own.compactMap(\.outputs.first))
        let run = made.nodes.filter { $0.outputs.first.map(names.contains) ?? false }
        nodeCount = run.count
        // Fewer passes over the values; what is wanted or kept in front of a normalization stays there.
        self.network = made.applying(.foldBatchNormalization)
        // Where nothing is run, what enters leaves as it is.
        let entering = start.map { Row($0, and: stop.value, 0) } ?? Row(nil, and: network.input, network.inputShape.count)
        let leaving = run.isEmpty ? entering : row
        (kept, wanted) = (run.isEmpty ? 0 : end?.width ?? 0, leaving.wanted)
        width = (entering.width, leaving.width)
        valueCount = run.reduce(2 * (width.entering + width.leaving)) { $0 + ($1.outputs.first.flatMap { shapes[$0] }?.count ?? 0) }
    }

    /// Values of an example in a row: those of a boundary, and another one.
    private struct Row {
        var values: [(name: String, count: Int)]
        let wanted: Range<Int>

        init(_ boundary: WalkBoundary?, and value: String, _ count: Int) {
            values = (boundary?.values ?? []).map { ($0.name, $0.shape.count) }
            if !values.contains(where: { $0.name == value }) { values.append((value, count)) }
            let place = values.firstIndex { $0.name == value } ?? 0
            let start = values[..<place].reduce(0) { $0 + $1.count }
            wanted = start..<start + values[place].count
        }

        var width: Int { values.reduce(0) { $0 + $1.count } }
    }

    /// The network's input, or the nodes that take a row of kept values apart.
    private static func entry(_ start: WalkBoundary?, of network: Network, to value: String) -> Network {
        let make = { (input: String, shape: Shape) in
            Network(name: network.name, input: input, inputShape: shape, output: input, nodes: [], parameters: [:])
        }
        guard let start, let first = start.values.first else { return make(network.input, network.inputShape) }
        guard start.values.count > 1 else { return make(first.name, first.shape) }
        var made = make("\(value).kept", [start.width])
        var offset = 0
        for (name, shape) in start.values {
            let (row, end) = ("\(name).row", offset + shape.count)
            let slice = Slice(axes: [1], starts: [offset], ends: [end], steps: [1])
            made.nodes += [
                Node(name: row, operation: .slice(slice), inputs: [made.input], outputs: [row]),
                Node(
                    name: name, operation: .reshape(dimensions: [-1] + shape.dimensions, allowZero: false), inputs: [row], outputs: [name]),
            ]
            offset = end
        }
        return made
    }
}
