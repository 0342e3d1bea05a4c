import Networks
import Tensors

/// Floats of other widths than 32 bits, which are the types of inputs, outputs and stored parameters alone: between them everything is computed in
/// float32.
enum OtherFloats {
    /// Their numbers in the ONNX schema: float16, float64, bfloat16.
    static let types: Set<Int32> = [10, 11, 16]
    /// Types that a Cast rounds to: also the floats of 8 bits.
    static let rounded: Set<Int32> = types.union([17, 18, 19, 20])
}

extension ONNXNodeProto {
    /// The type that a Cast makes; nil of other nodes.
    var castType: Int32? {
        guard opType == "Cast", domain.isEmpty || domain == "ai.onnx", input.count == 1, output.count == 1 else { return nil }
        return attribute.first { $0.name == "to" }.map { Int32(clamping: $0.i) }
    }
}

extension ONNXGraphProto {
    /// The graph without Casts that only stand between float32 inside and other floats outside: from an input to float32, from what is computed to the
    /// type of an output, and to float32 of what one rounded before it. Values keep the outer names. Cost: O(nodes).
    var withoutEdgeCasts: ONNXGraphProto { withoutCasts(isBranch: false) }

    fileprivate func withoutCasts(isBranch: Bool) -> ONNXGraphProto {
        var graph = self
        for place in node.indices where !node[place].branches.isEmpty {
            for index in node[place].attribute.indices { graph.node[place].attribute[index].dropEdgeCasts() }
        }
        guard node.contains(where: { $0.castType != nil }) else { return graph }
        var edges = EdgeCasts(graph)
        edges.findRounding()
        if !isBranch {
            edges.findInputs()
            edges.findOutputs()
        }
        guard !edges.dropped.isEmpty else { return graph }
        let names = edges.settledNames
        graph.node = graph.node.indices.filter { !edges.dropped.contains($0) }.map { graph.node[$0].renaming(names) }
        return graph
    }
}

extension ONNXAttributeProto {
    fileprivate mutating func dropEdgeCasts() {
        if hasG { g = g.withoutCasts(isBranch: true) }
        for place in graphs.indices { graphs[place] = graphs[place].withoutCasts(isBranch: true) }
    }
}

/// The Casts of a graph that stand at its edges.
private struct EdgeCasts {
    let graph: ONNXGraphProto
    /// Places of nodes.
    private(set) var dropped: Set<Int> = []
    private var names: [String: String] = [:]
    private var readers: [String: [Int]] = [:]
    private var makers: [String: Int] = [:]
    private let outputs: Set<String>
    private let given: Set<String>

    init(_ graph: ONNXGraphProto) {
        self.graph = graph
        outputs = Set(graph.output.map(\.name))
        given = Set(graph.initializer.map(\.name) + graph.sparseInitializer.map(\.values.name))
        for (place, node) in graph.node.enumerated() {
            for name in Set(node.input + node.captured) { readers[name, default: []].append(place) }
            for name in node.output { makers[name] = place }
        }
    }

    /// A Cast to float32 of what another Cast made for it alone.
    mutating func findRounding() {
        for (place, node) in graph.node.enumerated() where node.castType == 1 {
            let rounded = node.input[0]
            guard let maker = makers[rounded], let type = graph.node[maker].castType, OtherFloats.rounded.contains(type),
                readers[rounded] == [place], !outputs.contains(rounded)
            else { continue }
            drop(place, naming: rounded, node.output[0])
        }
    }

    mutating func findInputs() {
        for value in graph.input where OtherFloats.types.contains(value.type.tensorType.elemType) && !given.contains(value.name) {
            let places = readers[value.name] ?? []
            guard !places.isEmpty, !outputs.contains(value.name), places.allSatisfy(isFree),
                places.allSatisfy({ graph.node[$0].castType == 1 && !outputs.contains(graph.node[$0].output[0]) })
            else { continue }
            for place in places { drop(place, naming: graph.node[place].output[0], value.name) }
        }
    }

    mutating func findOutputs() {
        for value in graph.output where OtherFloats.types.contains(value.type.tensorType.elemType) {
            guard let place = makers[value.name], isFree(place), graph.node[place].castType == value.type.tensorType.elemType else {
                continue
            }
            let inner = graph.node[place].input[0]
            guard let maker = makers[inner], maker != place,
                !dropped.contains(maker) || names[graph.node[maker].input.first ?? ""] == inner,
                names[inner] == nil, !outputs.contains(inner)
            else { continue }
            drop(place, naming: inner, value.name)
        }
    }

    private func isFree(_ place: Int) -> Bool { !dropped.contains(place) }

    private mutating func drop(_ place: Int, naming old: String, _ new: String) {
        dropped.insert(place)
        names[old] = new
    }

    /// The last name of each value that has another one.
    var settledNames: [String: String] {
        names.mapValues { name in
            // Each step goes towards an output, or from what is read to an input; broken graphs may have circles.
            var (name, steps) = (name, names.count)
            while steps > 0, let next = names[name] { (name, steps) = (next, steps - 1) }
            return name
        }
    }
}
