import OrderedCollections
import Tensors

/// Puts a module in the place of one convolution without groups; what is read and made stays, with stride, padding and dilation.
///
/// The parameters of the module are all 0 as yet; weights and bias that were there go. The 1 × 1 of a branch reads what the centre of the window
/// read: its padding is less by the way to the centre, and where nothing is left of it the input is cropped. A Fire module's stride is that of its
/// expanding layers. Cost: O(nodes + parameters).
public struct ReplaceLayer: NetworkEdit {
    /// The layer's weight parameter.
    public var weight: String
    public var module: LayerModule

    /// Why a layer can't be replaced.
    public enum Failure: Error, Hashable, Sendable {
        /// There is no layer of that name, or no graph.
        case unknown
        case noConvolution
        /// Its channels are read in groups.
        case groups
        /// Its window is one place already.
        case isPoint
        /// A number is out of range.
        case numbers(atMost: Int)
        /// A number of a Fire module is out of range: these are the largest.
        case fire(squeeze: Int, ones: Int)
        /// Another node reads the weights too.
        case shared
        /// This name is taken.
        case name(String)
    }

    public func apply(to network: inout Network, _ index: GraphIndex) throws(Failure) {
        guard let layer = network.layer(of: weight) else { throw .unknown }
        if let obstacle = network.moduleObstacle(of: layer, module) { throw obstacle }
        guard let place = layer.node, case .convolution(let settings) = network.nodes[place].operation else { throw .noConvolution }
        var maker = ModuleMaker(network, layer, network.nodes[place], settings)
        maker.make(module)
        network.nodes.replaceSubrange(place...place, with: maker.nodes)
        let stays = { (name: String) in name != weight && (name != layer.bias || index.readCount(of: name) > 1) }
        network.parameters = network.parameters.filter { stays($0.key) }
        network.folded.remove(weight)
        for (part, shape) in module.parts(of: layer) where shape[0] > 0 {
            let names = LayerModule.parameters(of: part)
            network.add(names.weight, .weight, shape)
            if module.hasBias(part, layer) { network.add(names.bias, .bias, [shape[0]]) }
        }
    }
}

extension NetworkEdit where Self == ReplaceLayer {
    public static func replaceLayer(_ weight: String, _ module: LayerModule) -> Self { Self(weight: weight, module: module) }
}

extension LayerModule {
    /// The parameters of a part.
    public static func parameters(of part: String) -> (weight: String, bias: String) { (part + ".weight", part + ".bias") }
}

extension Network {
    /// Why a layer can't be replaced by a module, or nil. Cost: O(1) once the graph is known.
    public func moduleObstacle(of layer: Layer, _ module: LayerModule) -> ReplaceLayer.Failure? {
        if let obstacle = module.obstacle(in: layer) { return obstacle }
        guard let node = layer.node.map({ nodes[$0] }), case .convolution(let settings) = node.operation else { return .noConvolution }
        guard settings.groups == 1 else { return .groups }
        guard index.readCount(of: layer.weight) == 1 else { return .shared }
        let names = module.parts(of: layer).map { LayerModule.parameters(of: $0.name) }.flatMap { [$0.weight, $0.bias] }
        let taken = names.first { parameters[$0] != nil || index.maker(of: $0) != nil || index.readCount(of: $0) > 0 }
        return taken.map { .name($0) }
    }

    fileprivate mutating func add(_ name: String, _ role: Parameter.Role, _ shape: [Int]) {
        parameters[name] = Parameter(name: name, role: role, values: Tensor(shape: Shape(shape)) { _ in })
    }
}

/// The nodes of a module, with names that nothing else has.
private struct ModuleMaker {
    private(set) var nodes: [Node] = []
    private var nodeNames: TakenNames
    private var valueNames: TakenNames
    private let layer: Layer
    private let node: Node
    private let settings: Convolution

    init(_ network: Network, _ layer: Layer, _ node: Node, _ settings: Convolution) {
        (nodeNames, valueNames) = (TakenNames(nodesOf: network), TakenNames(valuesOf: network))
        (self.layer, self.node, self.settings) = (layer, node, settings)
    }

    mutating func make(_ module: LayerModule) {
        let parts = module.parts(of: layer)
        switch module {
        case .pointwise: add(parts[0].name, reading: node.inputs[0], point, to: node.outputs[0], isCentre: true)
        case .separable:
            var window = settings
            window.groups = layer.shape[1]
            let value = valueNames.take(parts[0].name)
            add(parts[0].name, reading: node.inputs[0], window, to: value, hasBias: false)
            add(parts[1].name, reading: value, Self.point(axes: axes), to: node.outputs[0])
        case .fire(_, let ones):
            let (value, squeezed) = (valueNames.take(parts[0].name), valueNames.take(parts[0].name + ".relu"))
            add(parts[0].name, reading: node.inputs[0], Self.point(axes: axes), to: value)
            nodes.append(Node(name: nodeNames.take(parts[0].name + ".relu"), operation: .relu, inputs: [value], outputs: [squeezed]))
            guard ones > 0 else { return add(parts[2].name, reading: squeezed, settings, to: node.outputs[0]) }
            let outputs = [valueNames.take(parts[1].name), valueNames.take(parts[2].name)]
            add(parts[1].name, reading: squeezed, point, to: outputs[0], isCentre: true)
            add(parts[2].name, reading: squeezed, settings, to: outputs[1])
            nodes.append(Node(name: node.name, operation: .concatenation(axis: 1), inputs: outputs, outputs: node.outputs))
        }
    }

    private var axes: Int { settings.kernel.count }

    /// 1 × 1 with the stride of the layer.
    private var point: Convolution {
        var point = Self.point(axes: axes)
        point.strides = settings.strides
        return point
    }

    private static func point(axes: Int) -> Convolution {
        let ones = Array(repeating: 1, count: axes)
        return Convolution(kernel: ones, strides: ones, dilations: ones, pads: Array(repeating: 0, count: 2 * axes))
    }

    private mutating func add(
        _ part: String, reading value: String, _ window: Convolution, to output: String, isCentre: Bool = false, hasBias: Bool = true
    ) {
        var (window, value) = (window, value)
        if isCentre { (window.pads, value) = centred(value) }
        let names = LayerModule.parameters(of: part)
        nodes.append(
            Node(
                name: nodeNames.take(part), operation: .convolution(window),
                inputs: [value, names.weight] + (hasBias ? [names.bias] : []), outputs: [output]))
    }

    /// What the centre of the window reads: the padding that is left, and the value, cropped where the window had less than reaches to the centre.
    private mutating func centred(_ value: String) -> (pads: [Int], value: String) {
        let before = (0..<axes).map { settings.pads[$0] - settings.dilations[$0] * ((settings.kernel[$0] - 1) / 2) }
        let after = (0..<axes).map { settings.pads[axes + $0] - settings.dilations[$0] * (settings.kernel[$0] / 2) }
        let pads = (before + after).map { max(0, $0) }
        let cropped = (0..<axes).filter { before[$0] < 0 || after[$0] < 0 }
        guard !cropped.isEmpty else { return (pads, value) }
        let (name, result) = (nodeNames.take(layer.name + ".crop"), valueNames.take(layer.name + ".crop"))
        let slice = Slice(
            axes: cropped.map { $0 + 2 }, starts: cropped.map { max(0, -before[$0]) },
            ends: cropped.map { after[$0] < 0 ? after[$0] : Int(Int32.max) }, steps: cropped.map { _ in 1 })
        nodes.append(Node(name: name, operation: .slice(slice), inputs: [value], outputs: [result]))
        return (pads, result)
    }
}
