import Networks
import Tensors

/// What names a local function.
struct FunctionName: Hashable {
    var domain: String
    var name: String
    var overload: String

    init(_ function: ONNXFunctionProto) { (domain, name, overload) = (function.domain, function.name, function.overload) }
    init(_ node: ONNXNodeProto) { (domain, name, overload) = (node.domain, node.opType, node.overload) }
}

extension GraphReader {
    /// Reads the nodes of a local function in the place of a node that names it. False for all others.
    mutating func readFunction(_ proto: ONNXNodeProto) throws(FormatError) -> Bool {
        guard !functions.isEmpty, let function = functions[FunctionName(proto)] else { return false }
        let reading = "node \(label(proto)) (\(escaped(proto.opType, limit: 40)))"
        guard proto.input.count <= function.input.count, proto.output.count <= function.output.count else {
            throw failure(
                .malformed, reading, "at most \(function.input.count) inputs and \(function.output.count) outputs",
                "\(proto.input.count) and \(proto.output.count)")
        }
        var names: [String: String] = [:]
        for (place, name) in function.input.enumerated() { names[name] = place < proto.input.count ? proto.input[place] : "" }
        var given = Dictionary(function.attributeProto.map { ($0.name, $0) }) { first, _ in first }
        for attribute in proto.attribute { given[attribute.name] = attribute }
        let nodes = function.node.map { Self.resolved($0, given) }
        let outer = version
        defer { version = outer }
        if let own = function.opsetImport.first(where: { isOwn($0.domain) }) { version = Int(own.version) }
        _ = try inline(InlinedBody(nodes: nodes, results: function.output), outputs: proto.output, names: names, reading: reading)
        return true
    }

    /// A node of a function whose attributes that refer to those of the node in its place are theirs; those that are not given are left out.
    private static func resolved(_ node: ONNXNodeProto, _ given: [String: ONNXAttributeProto]) -> ONNXNodeProto {
        var node = node
        node.attribute = node.attribute.compactMap { attribute in
            guard attribute.refAttrName.isEmpty else {
                guard var found = given[attribute.refAttrName] else { return nil }
                found.name = attribute.name
                return found
            }
            guard attribute.hasG || !attribute.graphs.isEmpty else { return attribute }
            var inner = attribute
            if inner.hasG { inner.g.node = inner.g.node.map { resolved($0, given) } }
            inner.graphs = inner.graphs.map { graph in
                var graph = graph
                graph.node = graph.node.map { resolved($0, given) }
                return graph
            }
            return inner
        }
        return node
    }
}
