import Networks
import SwiftProtobuf
import Tensors

import struct Foundation.Data

/// Turns a network into a message of the ONNX schema.
struct GraphWriter {
    let network: Network
    /// Parameters that are written as something smaller than floats, by name.
    var compact: [String: CompactValues] = [:]
    /// Whether parameters are named only, their values being elsewhere.
    var isSkeleton = false
    let file: String

    func model() throws(FormatError) -> ONNXModelProto {
        if network.isWeightsOnly, !isSkeleton {
            throw FormatError(
                .unsupported, file: file, reading: "network", expected: "a graph", actual: "weights only",
                cure: "Write it as safetensors or as .pare.")
        }
        if let node = network.nodes.first(where: { !isWritable($0.operation) }) {
            throw FormatError(
                .unsupported, file: file, reading: "node \(quoted(node.name))", expected: "an operator that Pare can run and ONNX has",
                actual: quoted(node.operation.name), cure: "Write the network without it.")
        }
        var model = ONNXModelProto()
        model.producerName = "pare"
        let version = operatorVersion
        // The versions of the file's own format that came with these operators.
        model.irVersion = version > 19 ? 10 : version > 17 ? 9 : 8
        var operators = ONNXOperatorSetIdProto()
        operators.version = version
        model.opsetImport = [operators]
        if hasMessages {
            model.opsetImport += network.kept.versions.filter { !$0.key.isEmpty }.sorted { $0.key < $1.key }.map { domain, version in
                var other = ONNXOperatorSetIdProto()
                (other.domain, other.version) = (domain, Int64(version))
                return other
            }
        }
        model.graph = try graph()
        return model
    }

    private func isWritable(_ operation: Operation) -> Bool {
        switch operation {
        case .unsupported(let operation): operation.message != nil
        case .activation(let quantizer): quantizer == .sign
        default: true
        }
    }

    var operatorVersion: Int64 {
        let needed = network.nodes.reduce(NetworkWriter.operatorVersion) { max($0, Self.version(of: $1.operation)) }
        let kept = hasMessages ? Int64(network.kept.versions[""] ?? 0) : 0
        return compact.values.reduce(max(needed, kept)) { max($0, $1.operatorVersion) }
    }

    private func graph() throws(FormatError) -> ONNXGraphProto {
        var graph = ONNXGraphProto()
        graph.name = network.name.isEmpty ? "network" : network.name
        if !network.isWeightsOnly {
            graph.input = inOrder(exampleInputs + network.inputs.dropFirst().map(stated), network.statedInputs)
            graph.output = inOrder(
                [try measured()] + network.outputs.dropFirst().map(stated), network.statedOutputs)
        }
        var names = takenNames
        let halved = zeroPointsOfFourBits
        let layers = RecurrentLayers(network)
        let (given, expanded) = (network.givenNames, network.expandedNames)
        var forms: [String: CompactForm] = [:]
        for parameter in network.parameters.values {
            if given.contains(parameter.name), !isSkeleton || expanded.contains(parameter.name) { continue }
            if isSkeleton {
                var name = ONNXTensorProto()
                name.name = parameter.name
                graph.initializer.append(name)
                continue
            }
            guard let values = compact[parameter.name] else {
                if isHalf(parameter) {
                    let name = unique("\(Self.stem(parameter.name))_half", &names)
                    graph.initializer.append(try tensor(name, shaped(parameter, layers)))
                    graph.node.append(cast(name, to: 1, parameter.name))
                    continue
                }
                graph.initializer.append(
                    try halved.contains(parameter.name)
                        ? ofFourBits(parameter) : written(parameter.name, shaped(parameter, layers)))
                continue
            }
            let form = try form(of: parameter, as: values, names: &names, scales: forms)
            forms[parameter.name] = form
            graph.initializer += form.initializers
            graph.node += form.nodes
        }
        let (repeated, packed) = (network.repeatedInputs, network.packed?.made ?? [])
        for (place, node) in network.nodes.enumerated()
        where !layers.skipped.contains(place) && network.whole?.isView(node) != true
            && !node.outputs.contains(where: { repeated[$0] != nil || packed.contains($0) })
        {
            if case .recurrence(let recurrence) = node.operation {
                try add(node, recurrence, layers, to: &graph, &names)
            } else {
                try add(node, to: &graph, &names)
            }
        }
        if let whole = network.whole { graph = graph.renaming(whole.views, inside: true) }
        try putBack(&graph, &names)
        return isSkeleton ? graph : inFloat32(graph, &names)
    }

    /// A tensor of the graph, in which other floats are float32.
    private func written(_ name: String, _ values: Tensor) throws(FormatError) -> ONNXTensorProto {
        try tensor(name, [.float16, .float64, .bfloat16].contains(values.elementType) ? values.inFloat32 : values)
    }

    /// The output that is measured; where a node that can't be run stands before it, as it was stated.
    private func measured() throws(FormatError) -> ONNXValueInfoProto {
        if let stated = network.outputs.first, !network.blockingNodes.isEmpty { return self.stated(stated) }
        let shape = try outputShape()
        if network.whole != nil, let stated = network.outputs.first { return value(stated, network.output, of: shape.dimensions) }
        return value(network.outputs.first, network.output, Array(shape.dimensions.dropFirst()))
    }

    /// Inputs or outputs in the order of the file, where another than its first one stands first.
    private func inOrder(_ values: [ONNXValueInfoProto], _ order: [String]) -> [ONNXValueInfoProto] {
        guard !order.isEmpty else { return values }
        func place(_ value: ONNXValueInfoProto) -> Int { order.firstIndex(of: value.name) ?? order.count }
        return values.sorted { place($0) < place($1) }
    }

    /// The node, with its settings that are inputs in ONNX.
    private func add(_ node: Node, to graph: inout ONNXGraphProto, _ names: inout Set<String>) throws(FormatError) {
        if let message = node.message {
            let raised = try raised([kept(node, message)], node.name, &names)
            graph.node += raised.nodes
            graph.initializer += raised.constants
            return
        }
        var proto = self.node(node)
        let base = node.outputs.first ?? ""
        if case .dynamicQuantization(let settings) = node.operation { return add(proto, settings, to: &graph, &names) }
        for (suffix, values) in settings(of: node.operation) {
            guard let values else {
                proto.input.append("")
                continue
            }
            // ONNX Runtime's optimizer makes names with an underscore of its own, and refuses a file that has them already.
            let name = unique("\(base)/\(suffix)", &names)
            proto.input.append(name)
            graph.initializer.append(try tensor(name, values))
        }
        while proto.input.last?.isEmpty == true { proto.input.removeLast() }
        if case .expand(let stated) = node.operation, stated.contains(where: { $0 < 0 }) {
            let name = unique("\(base)/shape", &names)
            try dimensions(stated, named: name, &names, &graph)
            proto.input.append(name)
        }
        graph.node.append(proto)
    }

    /// The shape of the measured output for one example, as the graph has it.
    private func outputShape() throws(FormatError) -> Shape {
        let shapes: [String: Shape]
        do {
            shapes = try network.shapes(batch: 1)
        } catch {
            throw FormatError(
                .mismatch, file: file, reading: "node \(quoted(error.node))", expected: error.expected, actual: error.actual)
        }
        let inner = network.whole?.views.first { $0.value == network.output }?.key
        return shapes[inner ?? network.output] ?? []
    }

    /// Where both branches of an If are written, what one of them does with the sizes that were fixed for the other is not known.
    private var openAxes: [Int] { isSkeleton || network.kept.choices.isEmpty ? [] : network.kept.openAxes }

    /// A value of that shape, without an axis for examples.
    private func value(_ stated: NetworkValue?, _ name: String, of dimensions: [Int]) -> ONNXValueInfoProto {
        var value = value(stated, name, dimensions)
        value.type.tensorType.shape.dim.removeFirst()
        return value
    }

    /// What the examples enter, as the file has it.
    private var exampleInputs: [ONNXValueInfoProto] {
        guard let packed = network.packed else {
            if let whole = network.whole { return [value(network.inputs.first, network.input, of: whole.input.dimensions)] }
            if let open = network.inputs.first, open.isOpen, open.axes?.isEmpty == false, !isSkeleton { return [stated(open)] }
            return [value(network.inputs.first, network.input, network.inputShape.dimensions, open: openAxes)]
        }
        return packed.parts.map { part in
            var proto = value(part.value, part.name, part.shape.dimensions)
            var batch = proto.type.tensorType.shape.dim.removeFirst()
            if network.whole != nil { batch.dimValue = 1 }
            if let axis = part.axis { proto.type.tensorType.shape.dim.insert(batch, at: axis) }
            guard !isSkeleton, !network.kept.choices.isEmpty, let axes = part.value.axes else { return proto }
            // What a branch that doesn't run asks of sizes that were open is not known.
            for (place, axis) in axes.enumerated() where place != part.axis {
                if case .open = axis { proto.type.tensorType.shape.dim[place] = ONNXTensorShapeProto.Dimension() }
            }
            return proto
        }
    }

    /// A value [batch, dimensions…] of the type that is stated, else of float32.
    private func value(_ stated: NetworkValue?, _ name: String, _ dimensions: [Int], open: [Int] = []) -> ONNXValueInfoProto {
        var batch = ONNXTensorShapeProto.Dimension()
        batch.dimParam = "batch"
        var shape = ONNXTensorShapeProto()
        shape.dim =
            [batch]
            + dimensions.enumerated().map { place, size in
                var dimension = ONNXTensorShapeProto.Dimension()
                if !open.contains(place + 1) { dimension.dimValue = Int64(size) }
                return dimension
            }
        var value = ONNXValueInfoProto()
        value.name = name
        let type = stated?.elementType.flatMap { type in TensorReader.elementTypes.first { $0.value == type }?.key } ?? 1
        value.type.tensorType.elemType = OtherFloats.rounded.subtracting(OtherFloats.types).contains(type) ? 1 : type
        value.type.tensorType.shape = shape
        return value
    }

    /// A value as it was stated when the network was opened.
    private func stated(_ value: NetworkValue) -> ONNXValueInfoProto {
        var proto = ONNXValueInfoProto()
        proto.name = value.name
        if let type = value.otherType, let known = try? ONNXTypeProto(serializedBytes: type) {
            proto.type = known
            return proto
        }
        proto.type.tensorType.elemType = TensorReader.elementTypes.first { $0.value == value.elementType }?.key ?? 0
        guard let axes = value.axes else { return proto }
        proto.type.tensorType.shape.dim = axes.map { axis in
            var dimension = ONNXTensorShapeProto.Dimension()
            switch axis {
            case .fixed(let extent): dimension.dimValue = Int64(extent)
            case .open(let name): dimension.dimParam = name
            }
            return dimension
        }
        return proto
    }

    func tensor(_ name: String, _ values: Tensor) throws(FormatError) -> ONNXTensorProto {
        guard let type = TensorReader.elementTypes.first(where: { $0.value == values.elementType })?.key else {
            throw FormatError(
                .unsupported, file: file, reading: "tensor \(quoted(name))", expected: "a type that ONNX has",
                actual: "\(values.elementType)")
        }
        var proto = ONNXTensorProto()
        proto.name = name
        proto.dataType = type
        proto.dims = values.shape.dimensions.map(Int64.init)
        proto.rawData = values.lentData
        return proto
    }

    private var takenNames: Set<String> {
        Set(network.parameters.keys).union(network.nodes.flatMap { $0.inputs + $0.outputs }).union(network.inputs.map(\.name))
            .union(network.kept.computedNames).union(network.kept.constants.keys)
    }

    func unique(_ name: String, _ taken: inout Set<String>) -> String {
        var result = name
        var count = 1
        while !taken.insert(result).inserted {
            count += 1
            result = "\(name)_\(count)"
        }
        return result
    }
}

extension Tensor {
    /// The bytes, not copied; they keep the tensor alive.
    fileprivate var lentData: Data {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return Data() }
        return Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count,
            deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
    }
}
