import Networks
import OrderedCollections
import Tensors

extension GraphReader {
    /// The parameters in the order of their first use, then floats that no node reads; each with the role that its use gives it.
    ///
    /// Integers that supported operations do not compute with are settings of the graph (axes, shapes), not trained values, and left out.
    mutating func takeParameters(of nodes: [Node]) throws(FormatError) -> OrderedDictionary<String, Parameter> {
        var parameters = parameters(of: nodes)
        try leaveOutExpanded(of: &parameters)
        for value in graph.input where fixed.contains(value.name) && parameters[value.name] == nil {
            guard let tensor = constant(value.name), tensor.count > 0 else { continue }
            parameters[value.name] = Parameter(name: value.name, role: .other, values: tensor)
        }
        for (part, reads) in unused {
            var part = part
            for name in reads where parameters[name] == nil && !part.parameters.contains(name) && !consumed.contains(name) {
                guard let tensor = constant(name), tensor.count > 0, Self.isTrained(tensor) else { continue }
                part.parameters.append(name)
            }
            part.parameters.removeAll { parameters[$0] != nil }
            for name in part.parameters {
                guard let tensor = constant(name) else { continue }
                parameters[name] = Parameter(name: name, role: .other, values: tensor)
            }
            if !part.parameters.isEmpty { kept.unused.append(part) }
        }
        return parameters
    }

    func parameters(of nodes: [Node]) -> OrderedDictionary<String, Parameter> {
        var parameters = OrderedDictionary<String, Parameter>()
        for node in nodes {
            for (position, name) in node.inputs.enumerated() {
                guard let tensor = constant(name), tensor.count > 0 else { continue }
                let role = node.operation.role(ofInput: position)
                guard role == .weight || role == .bias || node.isSupported || Self.isTrained(tensor) else { continue }
                if parameters[name] == nil || role == .weight {
                    var parameter = Parameter(name: name, role: role, values: tensor)
                    parameter.origin = origins[name]
                    parameters[name] = parameter
                }
            }
        }
        addUnread(to: &parameters)
        return parameters
    }

    // A branch of an If may read what no node of the graph does.
    private func addUnread(to parameters: inout OrderedDictionary<String, Parameter>) {
        for name in initializerNames where parameters[name] == nil && !readValues.contains(name) {
            guard let tensor = constant(name), tensor.count > 0, Self.isTrained(tensor) else { continue }
            parameters[name] = Parameter(name: name, role: .other, values: tensor)
        }
    }

    static func isTrained(_ tensor: Tensor) -> Bool {
        switch tensor.elementType {
        case .float32, .float64, .float16, .bfloat16: true
        case .int8, .uint8: tensor.shape.rank >= 2
        default: false
        }
    }
}
