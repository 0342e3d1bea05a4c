import Networks
import SwiftProtobuf
import Tensors

import struct Foundation.Data

extension GraphReader {
    /// A node as it is written again, all that it holds in it; nil where that can't be, as with too much data.
    mutating func message(of proto: ONNXNodeProto) throws(FormatError) -> [UInt8]? {
        var parameters: [String] = []
        return try complete(proto, [:], &parameters).flatMap { try? $0.serializedBytes() }
    }

    /// A branch without its own weights: they become parameters, whose names are added, and which it reads from outside. Names of the values around it are
    /// those that `names` gives them. Nil where it can't be written again.
    mutating func detached(
        _ graph: ONNXGraphProto, _ names: [String: String], _ parameters: inout [String]
    ) throws(FormatError) -> ONNXGraphProto? {
        var (graph, names) = (graph, names)
        for name in graph.made { names[name] = nil }
        var moved: [String: String] = [:]
        var initializers: [ONNXTensorProto] = []
        for proto in graph.initializer {
            if let name = try parameter(proto, named: proto.name, &parameters) { moved[proto.name] = name; continue }
            guard let whole = try filled(proto) else { return nil }
            initializers.append(whole)
        }
        graph.initializer = initializers
        for place in graph.sparseInitializer.indices {
            guard let whole = try filled(graph.sparseInitializer[place]) else { return nil }
            graph.sparseInitializer[place] = whole
        }
        var nodes: [ONNXNodeProto] = []
        for node in graph.node {
            let value = node.attribute.first { $0.name == "value" && $0.hasT }
            if node.opType == "Constant", let output = node.output.first, let value,
                let name = try parameter(value.t, named: output, &parameters)
            {
                moved[output] = name
                continue
            }
            nodes.append(node)
        }
        names.merge(moved) { $1 }
        graph.node = []
        for node in nodes {
            guard let whole = try complete(node, names, &parameters) else { return nil }
            graph.node.append(whole)
        }
        // What a branch hands out is made in it.
        for name in graph.output.map(\.name) {
            guard let source = names[name] else { continue }
            var identity = ONNXNodeProto()
            (identity.opType, identity.input, identity.output) = ("Identity", [source], [name])
            graph.node.append(identity)
        }
        return graph
    }

    private mutating func complete(
        _ proto: ONNXNodeProto, _ names: [String: String], _ parameters: inout [String]
    ) throws(FormatError) -> ONNXNodeProto? {
        var proto = proto
        proto.input = proto.input.map { names[$0] ?? $0 }
        for place in proto.attribute.indices {
            if proto.attribute[place].hasT {
                guard let whole = try filled(proto.attribute[place].t) else { return nil }
                proto.attribute[place].t = whole
            }
            if proto.attribute[place].hasSparseTensor {
                guard let whole = try filled(proto.attribute[place].sparseTensor) else { return nil }
                proto.attribute[place].sparseTensor = whole
            }
            if proto.attribute[place].hasG {
                guard let inner = try detached(proto.attribute[place].g, names, &parameters) else { return nil }
                proto.attribute[place].g = inner
            }
            for index in proto.attribute[place].graphs.indices {
                guard let inner = try detached(proto.attribute[place].graphs[index], names, &parameters) else { return nil }
                proto.attribute[place].graphs[index] = inner
            }
        }
        return proto
    }

    /// The parameter that a trained tensor of a branch becomes; nil for settings.
    private mutating func parameter(
        _ proto: ONNXTensorProto, named name: String, _ parameters: inout [String]
    ) throws(FormatError) -> String? {
        guard let type = TensorReader.elementTypes[proto.dataType], type != .bool,
            type.isFraction || proto.dims.count > 1 && type.byteCount == 1
        else { return nil }
        let tensor = try tensors.tensor(proto)
        guard tensor.count > 0 else { return nil }
        let name = uniqueValue(name)
        constants[name] = tensor
        parameters.append(name)
        return name
    }

    /// A tensor with its data in it.
    private mutating func filled(_ proto: ONNXTensorProto) throws(FormatError) -> ONNXTensorProto? {
        var proto = proto
        if let place = TensorPlace(proto.rawData) {
            guard hasRoom(for: place.range.count) else { return nil }
            proto.rawData = Data(file.slice(place.range))
        } else if proto.dataLocation == 1 {
            let tensor = try tensors.tensor(proto)
            guard hasRoom(for: tensor.bytes.count) else { return nil }
            (proto.externalData, proto.dataLocation, proto.rawData) = ([], 0, Data(tensor.bytes))
        }
        return proto
    }

    private mutating func filled(_ proto: ONNXSparseTensorProto) throws(FormatError) -> ONNXSparseTensorProto? {
        guard let values = try filled(proto.values), let indices = try filled(proto.indices) else { return nil }
        var proto = proto
        (proto.values, proto.indices) = (values, indices)
        return proto
    }

    /// A constant as a message, for what is written around it.
    func message(of tensor: Tensor, named name: String) -> [UInt8]? {
        guard let type = TensorReader.elementTypes.first(where: { $0.value == tensor.elementType })?.key else { return nil }
        var proto = ONNXTensorProto()
        (proto.name, proto.dataType, proto.dims) = (name, type, tensor.shape.dimensions.map(Int64.init))
        proto.rawData = Data(tensor.bytes)
        return try? proto.serializedBytes()
    }

    /// Adds a node that Pare can't run, with its message, so that it is written as it came. Weights inside its branches are parameters that it reads.
    mutating func addUnsupported(_ proto: ONNXNodeProto, _ reason: String) throws(FormatError) {
        var parameters: [String] = []
        mixesExamples = mixesExamples || Self.mixtures.contains { reason.hasPrefix($0) }
        let name = uniqueName(proto)
        var whole = isNetwork ? try complete(proto, scope, &parameters) : nil
        whole?.name = name
        let inner = (whole ?? proto).captured
        let message = whole.flatMap { whole -> KeptGraph.Message? in
            guard let bytes: [UInt8] = try? whole.serializedBytes() else { return nil }
            return KeptGraph.Message(inputs: proto.input + inner, outputs: proto.output, bytes: bytes)
        }
        let cause = proto.input.compactMap { causes[$0] }.first
        for output in proto.output where !output.isEmpty { causes[output] = cause ?? "\(escaped(proto.opType, limit: 40)) \(quoted(name))" }
        var operation = UnsupportedOperator(
            domain: isOwn(proto.domain) ? "" : proto.domain, name: proto.opType, reason: reason, message: message)
        operation.numberCount = proto.opType == "Constant" ? 0 : proto.attribute.reduce(0) { $0 + $1.numberCount }
        let names = proto.input.map { aliases[$0] ?? $0 } + inner
        nodes.append(Node(name: name, operation: .unsupported(operation), inputs: names, outputs: proto.output))
    }

    /// Completes what is kept, once it is known which constants are parameters of the network.
    func finished(_ network: Network) -> Network {
        var network = network
        network.kept = kept
        guard isNetwork else { return network }
        let messages = network.nodes.compactMap { node -> [String]? in
            if case .unsupported(let operation) = node.operation { operation.message?.inputs } else { nil }
        }
        let reads = messages.flatMap(\.self) + kept.choices.flatMap { $0.reads + [$0.condition] } + kept.computed.flatMap(\.inputs)
        let known = Set(network.parameters.keys).union(kept.computedNames)
        for name in Set(reads) where !known.contains(name) && !batchConstants.contains(name) {
            guard let tensor = constant(name), isSmall(tensor) else { continue }
            network.kept.constants[name] = message(of: tensor, named: name)
        }
        let isKept = !messages.isEmpty || !kept.choices.isEmpty || !kept.computed.isEmpty
        if isKept { network.kept.versions = versions }
        return network
    }

    /// Whether a constant is small enough to be kept as it is: 4 MiB.
    func isSmall(_ tensor: Tensor) -> Bool { tensor.bytes.count <= 4 << 20 }
}

extension ONNXAttributeProto {
    /// Floats that it holds, a list of them or a tensor.
    fileprivate var numberCount: Int {
        let isOfFloats = hasT && TensorReader.elementTypes[t.dataType]?.isFraction == true
        return floats.count + (isOfFloats ? t.dims.reduce(1) { $0.multipliedReportingOverflow(by: Int(clamping: $1)).partialValue } : 0)
    }
}
