import OrderedCollections
import Tensors

extension Network {
    /// Whether there is no graph, only named tensors: accuracy can't be measured, and everything about weights can.
    public var isWeightsOnly: Bool { nodes.isEmpty && outputs.isEmpty }

    /// A network of named tensors without a graph, in their order.
    ///
    /// Weights are tensors of two or more axes that hold fractions or 8-bit integers; a `….bias` is the bias of `….weight`. Integers of other
    /// sizes and booleans are positions and masks: they are kept and left alone, as are tensors without elements. Cost: O(tensors).
    public init(weights tensors: OrderedDictionary<String, Tensor>, name: String, source: Source? = nil) {
        var place = 0
        // With the table of names as it is: hashing them again is most of the work where there are many.
        let parameters = tensors.mapValues { values in
            defer { place += 1 }
            let name = tensors.keys[place]
            return Parameter(name: name, role: Self.role(of: name, values), values: values)
        }
        self.init(name: name, inputs: [], outputs: [], nodes: [], parameters: parameters, source: source)
    }

    private static func role(of name: String, _ values: Tensor) -> Parameter.Role {
        let isNumber = values.elementType.isFraction || [.int8, .uint8].contains(values.elementType)
        guard isNumber, values.count > 0 else { return .other }
        if values.shape.rank >= 2 { return .weight }
        if !values.elementType.isFraction { return .other }
        return name == "bias" || name.hasSuffix(".bias") ? .bias : .normalization
    }

    /// The layers of a network without a graph: one for each weight, [out, …], in the order of the file.
    var weightLayers: [Layer] {
        parameters.values.compactMap { parameter in
            guard parameter.role == .weight else { return nil }
            let name = LayerName.owner(of: parameter.name)
            let bias = name == parameter.name ? nil : parameters[name + ".bias"]
            let fits = bias?.role == .bias && bias?.count == parameter.shape[0]
            return Layer(
                name: name.escapingControls(), weight: parameter.name, bias: fits ? bias?.name : nil, shape: parameter.shape, node: nil,
                isConvolution: parameter.shape.rank > 2, isTransposed: false)
        }
    }
}
