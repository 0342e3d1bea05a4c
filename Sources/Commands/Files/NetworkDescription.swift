import Foundation
import Networks
import Reports
import Tensors

/// What `pare info` says of a network that is no container; a figure that can't be had is left out.
struct NetworkDescription: Encodable {
    struct Value: Encodable {
        var name: String
        /// Of one example, without the batch axis.
        var shape: [Int]?
    }

    struct FurtherInput: Encodable {
        var name: String
        var type: String?
        /// All sizes as the file states them; empty of one number.
        var shape: String
        var value: String
        /// Whether nobody gave the value.
        var assumed: Bool
    }

    struct UnusedPart: Encodable {
        var node: String
        var reason: String
        var parameters: Int
    }

    struct OperatorCount: Encodable {
        var name: String
        var count: Int
    }

    struct LayerRow: Encodable {
        var name: String
        var weight: String
        var shape: [Int]
        var weights: Int
        /// How the file stores them.
        var type: String
        /// For one example.
        var multiplyAdds: Int?
    }

    /// A node that can't be run.
    struct Obstacle: Encodable {
        var node: String
        var `operator`: String
        var reason: String
    }

    var file: String
    var bytes: Int?
    var name: String
    var parameters: Int
    /// 4 · parameters.
    var float32Bytes: Int
    /// Bytes of the parameters as the file has them: 2 of a float of 16 bits, integers with their scales, else 4.
    var storedBytes: Int
    /// Parameters that are no layer's weights or bias.
    var parametersOutsideLayers: Int
    /// Both absent where the file has no graph.
    var input: Value?
    var output: Value?
    /// The inputs that differ by example, where they are several; ``input`` is the first.
    var inputs: [Value]?
    /// Inputs that are the same in every example; absent where there are none.
    var furtherInputs: [FurtherInput]?
    /// Branches that don't run, with weights that nothing else reads; absent where there are none.
    var notRun: [UnusedPart]?
    /// All outputs, where there are several; the first is used where no other is chosen.
    var outputs: [Value]?
    var classes: [String]?
    /// By falling count.
    var operators: [OperatorCount]
    var multiplyAdds: Int?
    var layers: [LayerRow]
    /// Empty where accuracy can be measured, and where there is no graph.
    var obstacles: [Obstacle]

    var hasGraph: Bool { input != nil }

    init(_ network: Network, card: ModelCard?, file: String) {
        self.file = file
        bytes = network.source?.byteCount
        name = network.name
        parameters = network.parameterCount
        (float32Bytes, storedBytes) = (network.denseByteCount, network.storedByteCount)
        classes = card?.classes
        operators = Self.counts(network)
        let found = network.layers
        let named = Set(found.flatMap { [$0.weight] + ($0.bias.map { [$0] } ?? []) }).union(network.givenNames)
        parametersOutsideLayers = network.parameters.values.reduce(0) { named.contains($1.name) ? $0 : $0 + $1.count }
        let (shapes, obstacles) = Self.shapes(network)
        self.obstacles = obstacles
        let products = shapes.map { network.multiplyAdds($0, batch: 1) }
        multiplyAdds = products?.reduce(0, +)
        layers = found.map { Self.row($0, network, products) }
        let further = network.fixedInputFacts.map {
            FurtherInput(name: $0.name, type: $0.type, shape: $0.shape, value: $0.value ?? "0", assumed: $0.value == nil)
        }
        furtherInputs = further.isEmpty ? nil : further
        let unused = network.unusedPartFacts.map { UnusedPart(node: $0.node, reason: $0.reason, parameters: $0.parameters) }
        notRun = unused.isEmpty ? nil : unused
        guard !network.isWeightsOnly else { return }
        inputs = network.packed?.parts.map { Value(name: $0.name, shape: $0.shape.dimensions) }
        input = inputs?.first ?? Value(name: network.input, shape: network.inputShape.dimensions)
        let made = network.outputs.map { output in
            Value(name: output.name, shape: shapes?[output.name].map { Array($0.dimensions.dropFirst()) })
        }
        (output, outputs) = (made.first, made.count > 1 ? made : nil)
    }

    private static func counts(_ network: Network) -> [OperatorCount] {
        let counts = Dictionary(grouping: network.nodes, by: \.operation.name).mapValues(\.count)
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { OperatorCount(name: $0.key, count: $0.value) }
    }

    private static func row(_ layer: Layer, _ network: Network, _ products: [Int]?) -> LayerRow {
        LayerRow(
            name: layer.name, weight: layer.weight, shape: layer.shape.dimensions, weights: layer.count,
            type: network.parameters[layer.weight]?.values.elementType.rawValue ?? "",
            multiplyAdds: products.flatMap { products in layer.node.map { products[$0] } })
    }

    /// The shape of each value, or what keeps the network from being run.
    private static func shapes(_ network: Network) -> ([String: Shape]?, [Obstacle]) {
        guard !network.isWeightsOnly else { return (nil, []) }
        let unsupported = network.unsupportedNodes.compactMap { node -> Obstacle? in
            guard case .unsupported(let operation) = node.operation else { return nil }
            let name = operation.domain.isEmpty ? operation.name : "\(operation.domain).\(operation.name)"
            return Obstacle(node: node.name, operator: name, reason: operation.reason)
        }
        guard unsupported.isEmpty else { return (nil, unsupported) }
        do { return (try network.shapes(batch: 1), []) } catch {
            let reason = "it needs \(error.expected) and is given \(error.actual)"
            return (nil, [Obstacle(node: error.node, operator: error.operation, reason: reason)])
        }
    }
}
