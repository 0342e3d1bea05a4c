import Networks
import SwiftProtobuf
import Tensors

import struct Foundation.Data

extension GraphWriter {
    /// Whether anything is written as a message that the file had.
    var hasMessages: Bool {
        !network.kept.choices.isEmpty || !network.kept.computed.isEmpty || network.nodes.contains { $0.message != nil }
    }

    /// A node that Pare can't run as its file has it, with the names that its values have now.
    func kept(_ node: Node, _ message: KeptGraph.Message) throws(FormatError) -> ONNXNodeProto {
        var proto = try decoded(ONNXNodeProto.self, message.bytes, node.name)
        let own = proto.input.count
        proto.name = node.name
        proto.output = node.outputs
        proto.input = Array(node.inputs.prefix(own))
        var names: [String: String] = [:]
        for (old, new) in zip(message.inputs, node.inputs).dropFirst(own) where old != new { names[old] = new }
        for place in proto.attribute.indices where !names.isEmpty { proto.attribute[place] = proto.attribute[place].renaming(names) }
        return proto
    }

    private func decoded<Proto: SwiftProtobuf.Message>(_: Proto.Type, _ bytes: [UInt8], _ name: String) throws(FormatError) -> Proto {
        do { return try Proto(serializedBytes: bytes) } catch {
            throw FormatError(
                .malformed, file: file, reading: "node \(quoted(name))", expected: "a message of the ONNX schema", actual: "\(error)")
        }
    }

    /// Puts back what the file has beside the nodes that run: further inputs under their names, Ifs around what runs in their place, and what is computed
    /// from further inputs alone.
    func putBack(_ graph: inout ONNXGraphProto, _ names: inout Set<String>) throws(FormatError) {
        let repeated = network.repeatedInputs
        if !repeated.isEmpty {
            graph.node = graph.node.map { node in
                var node = node
                node.input = node.input.map { repeated[$0] ?? $0 }
                for place in node.attribute.indices { node.attribute[place] = node.attribute[place].renaming(repeated) }
                return node
            }
        }
        guard hasMessages else { return }
        let results = Set(graph.output.map(\.name))
        for choice in network.kept.choices.reversed() where !choice.other.isEmpty {
            var other = try decoded(ONNXGraphProto.self, choice.other, choice.name).renaming(repeated)
            let raised = try raised(other.node, choice.name, &names)
            other.node = raised.nodes
            if let folded = folded(choice, other, graph.node, results, &names) {
                graph.node = folded
                graph.initializer += raised.constants
            }
        }
        let computed = try computed(for: Set(graph.reads), &names)
        graph.node = computed.nodes + graph.node
        graph.initializer += computed.constants
        try addConstants(to: &graph)
    }

    /// The kept nodes that make what is read, and what they need.
    private func computed(
        for reads: Set<String>, _ names: inout Set<String>
    ) throws(FormatError) -> (nodes: [ONNXNodeProto], constants: [ONNXTensorProto]) {
        var wanted = reads
        var nodes: [ONNXNodeProto] = []
        for message in network.kept.computed.reversed() where message.outputs.contains(where: wanted.contains) {
            wanted.formUnion(message.inputs)
            nodes.append(try decoded(ONNXNodeProto.self, message.bytes, message.outputs.first ?? ""))
        }
        return try raised(nodes.reversed(), nodes.last?.name ?? "", &names)
    }

    /// Adds what messages read and nothing gives yet.
    private func addConstants(to graph: inout ONNXGraphProto) throws(FormatError) {
        var known = graph.made
        for name in graph.reads where !name.isEmpty && known.insert(name).inserted {
            guard let bytes = network.kept.constants[name] else {
                throw FormatError(
                    .unsupported, file: origin, reading: "value \(quoted(name))", expected: "something that makes it",
                    actual: "nothing, for it depends on the number of examples",
                    cure: "--output-name NAME leaves out what another output alone needs.")
            }
            graph.initializer.append(try decoded(ONNXTensorProto.self, bytes, name).inFloat32)
        }
    }

    /// The nodes with those of a branch that runs inside an If again; nil where they are not only its own any more.
    private func folded(
        _ choice: KeptGraph.Choice, _ other: ONNXGraphProto, _ nodes: [ONNXNodeProto], _ results: Set<String>, _ names: inout Set<String>
    ) -> [ONNXNodeProto]? {
        let made = Set(nodes.flatMap(\.output))
        let places = choice.outputs.indices.filter { made.contains(choice.outputs[$0]) && other.output.indices.contains($0) }
        let outputs = places.map { choice.outputs[$0] }
        let inside = region(of: choice, Set(outputs), nodes, results, other)
        guard !places.isEmpty, let last = inside.last else { return nil }
        let own = Set(inside.flatMap { nodes[$0].output })
        guard outputs.allSatisfy(own.contains) else { return nil }
        // What an If hands out has another name inside it.
        var inner: [String: String] = [:]
        for name in outputs { inner[name] = unique("\(name)_inside", &names) }
        var taken = ONNXGraphProto()
        taken.name = "\(choice.name)_\(choice.takesThen ? "then" : "else")"
        taken.node = inside.map { nodes[$0].renaming(inner) }
        taken.output = zip(places, outputs).map { place, name in
            var value = other.output[place]
            value.name = inner[name] ?? name
            return value
        }
        var rest = other
        rest.output = places.map { other.output[$0] }
        if rest.name.isEmpty { rest.name = "\(choice.name)_\(choice.takesThen ? "else" : "then")" }
        var clashing: [String: String] = [:]
        for name in rest.made.sorted() where !name.isEmpty && !names.insert(name).inserted { clashing[name] = unique(name, &names) }
        rest = rest.renaming(clashing, inside: true)
        var proto = ONNXNodeProto()
        (proto.name, proto.opType, proto.input, proto.output) = (choice.name, "If", [choice.condition], outputs)
        proto.attribute = zip(["then_branch", "else_branch"], choice.takesThen ? [taken, rest] : [rest, taken]).map { name, graph in
            var attribute = ONNXAttributeProto()
            (attribute.name, attribute.type, attribute.g) = (name, 5, graph)
            return attribute
        }
        let gone = Set(inside)
        return nodes.indices.flatMap { place in
            place == last ? [proto] : gone.contains(place) ? [] : [nodes[place]]
        }
    }

    /// Places of the nodes that belong into the branch that runs: those of its own, and what edits put behind them, that only they and the If read.
    private func region(
        of choice: KeptGraph.Choice, _ outputs: Set<String>, _ nodes: [ONNXNodeProto], _ results: Set<String>, _ other: ONNXGraphProto
    ) -> [Int] {
        var outside = results.subtracting(outputs).union(other.captured).union([choice.condition])
        var isCandidate = [Bool](repeating: false, count: nodes.count)
        for place in nodes.indices.reversed() {
            let node = nodes[place]
            let names = node.output.filter { !$0.isEmpty }
            isCandidate[place] = names.allSatisfy { outputs.contains($0) || !outside.contains($0) }
            // What the If hands out may be read anywhere behind it, but then the reader is no part of it.
            if !isCandidate[place] { outside.formUnion(node.input + node.captured) }
        }
        var within: Set<String> = []
        return nodes.indices.filter { place in
            let node = nodes[place]
            let isOwn = node.output.contains { choice.own.contains($0) || outputs.contains($0) }
            guard isCandidate[place], isOwn || (node.input + node.captured).contains(where: within.contains) else { return false }
            within.formUnion(node.output)
            return true
        }
    }
}

extension Node {
    /// As its file has it, where Pare can't run it.
    var message: KeptGraph.Message? { if case .unsupported(let operation) = operation { operation.message } else { nil } }
}

extension ONNXNodeProto {
    /// With other names of the values that it reads and makes, in its branches too.
    func renaming(_ names: [String: String]) -> ONNXNodeProto {
        guard !names.isEmpty else { return self }
        var node = self
        node.input = input.map { names[$0] ?? $0 }
        node.output = output.map { names[$0] ?? $0 }
        node.attribute = attribute.map { $0.renaming(names) }
        return node
    }
}

extension ONNXAttributeProto {
    func renaming(_ names: [String: String]) -> ONNXAttributeProto {
        guard hasG || !graphs.isEmpty, !names.isEmpty else { return self }
        var attribute = self
        if hasG { attribute.g = g.renaming(names) }
        attribute.graphs = graphs.map { $0.renaming(names) }
        return attribute
    }
}

extension ONNXGraphProto {
    /// With other names of what it reads from outside, or, `inside`, of what it makes.
    func renaming(_ names: [String: String], inside: Bool = false) -> ONNXGraphProto {
        var names = names
        if !inside { for name in made { names[name] = nil } }
        guard !names.isEmpty else { return self }
        func change<Proto>(_ list: [Proto], _ name: WritableKeyPath<Proto, String>) -> [Proto] {
            list.map { item in
                var item = item
                item[keyPath: name] = names[item[keyPath: name]] ?? item[keyPath: name]
                return item
            }
        }
        var graph = self
        graph.node = node.map { $0.renaming(names) }
        graph.input = change(input, \.name)
        graph.initializer = change(initializer, \.name)
        graph.output = change(output, \.name)
        return graph
    }
}
