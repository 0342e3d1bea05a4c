import Tensors

/// The values that layers hand on made coarse.
///
/// The quantizer stands after the layer's own Add of a bias, BatchNormalization and Relu, where each reads nothing else and is read by
/// nothing else; a sign takes the place of that Relu. So a MaxPool behind them reads quantized values. Logits are left alone, and so
/// are names that no layer has. A setting by the key of a ``Junction`` stands behind that; one whose values may be below 0 is left alone.
/// The clip is the parameter ``Layer/clip`` or ``Junction/clip`` [1]: of role ``Parameter/Role/clip`` where it is learned, else
/// ``Parameter/Role/other``. Cost: O(nodes).
public struct QuantizeActivations: NetworkEdit {
    /// By weight parameter, or key of a junction.
    public var settings: [String: ActivationQuantization]
    /// By the same names; ``initialClip`` where none is known.
    public var clips: [String: Float]

    /// A clip where none is known: so large that hardly anything is cut, as PACT starts.
    public static let initialClip: Float = 10

    public func apply(to network: inout Network, _ index: GraphIndex) {
        let points = QuantizationPoints(network)
        var quantizers = QuantizerInsertion(network)
        for layer in network.layers {
            guard let setting = settings[layer.weight] else { continue }
            for place in index.readers(of: layer.weight) where network.nodes[place].inputs.dropFirst().first == layer.weight {
                guard let end = points.end(from: place) else { continue }
                quantizers.add(setting, at: place, after: end, clip: layer.clip, clips[layer.weight] ?? Self.initialClip)
            }
        }
        for junction in network.junctions where !junction.isSigned {
            guard let setting = settings[junction.key], let place = index.maker(of: junction.key) else { continue }
            quantizers.add(setting, at: place, after: junction.end, clip: junction.clip, clips[junction.key] ?? Self.initialClip)
        }
        guard quantizers.isChange else { return }
        network.nodes = quantizers.nodes
        for clip in quantizers.clips { network.parameters[clip.name] = clip }
    }
}

extension NetworkEdit where Self == QuantizeActivations {
    public static func quantizeActivations(_ settings: [String: ActivationQuantization], clips: [String: Float] = [:]) -> Self {
        Self(settings: settings, clips: clips)
    }
}

/// Quantizers on their way into a graph.
private struct QuantizerInsertion {
    private(set) var clips: [Parameter] = []
    private(set) var isChange = false
    private var old: [Node]
    /// By the node that they stand behind.
    private var quantizers: [Int: Node] = [:]
    private var nodeNames: TakenNames
    private var valueNames: TakenNames

    init(_ network: Network) {
        old = network.nodes
        (nodeNames, valueNames) = (TakenNames(nodesOf: network), TakenNames(valuesOf: network))
    }

    /// The quantizer of what the node at `place` hands on by the one at `end`; a sign takes the place of a Relu there.
    mutating func add(_ setting: ActivationQuantization, at place: Int, after end: Int, clip name: String, _ clip: Float) {
        guard let value = old[end].outputs.first else { return }
        isChange = true
        if setting == .sign, old[end].operation == .relu {
            old[end].operation = .activation(.sign)
            return
        }
        var inputs = [value]
        if case .clipped(_, let origin) = setting {
            let role: Parameter.Role = origin == .learned ? .clip : .other
            clips.append(Parameter(name: name, role: role, values: Tensor(shape: [1], floats: [clip])))
            inputs.append(name)
        }
        quantizers[end] = Node(
            name: nodeNames.take("\(old[place].name).quantizer"), operation: .activation(setting.quantizer), inputs: inputs,
            outputs: [valueNames.take("\(value).quantized")])
    }

    /// Whoever read what is quantized reads the quantizers.
    var nodes: [Node] {
        let renamed = Dictionary(quantizers.values.map { ($0.inputs[0], $0.outputs[0]) }) { first, _ in first }
        return old.enumerated().flatMap { place, node in
            var node = node
            node.inputs = node.inputs.map { renamed[$0] ?? $0 }
            return [node] + (quantizers[place].map { [$0] } ?? [])
        }
    }
}
