import Tensors

extension Network {
    /// Throws where the network breaks one of the rules that all who read one rely on.
    ///
    /// - Names of nodes are unique; so are names of inputs, parameters and values together, but for an input that is the same for every example.
    /// - A node reads what stands before it: an input, a parameter or a value made there. An operator that Pare can't run may also read constants
    ///   that are no parameters. Left out are only inputs that the operation can do without.
    /// - A node that can be run makes one value, and each output is a value, an input or a parameter.
    /// - A parameter of another role than ``Parameter/Role/other`` is read by a node in that role; what a layer reads as weights is a weight.
    /// - ``folded`` names weights.
    /// - Shapes fit, as far as they are known.
    ///
    /// Without a graph there are parameters only. Cost: O(nodes + parameters).
    public func check() throws(NetworkFault) {
        var check = NetworkCheck(self)
        try check.run()
    }
}

/// One pass over a network, with what was found up to the node that is looked at.
private struct NetworkCheck {
    let network: Network
    /// What a node may read.
    private var known: Set<String> = []
    /// Names of values that some node makes.
    private var made: Set<String> = []
    private var names: Set<String> = []
    /// By parameter, what it is to its readers.
    private var uses: [String: Set<Parameter.Role>] = [:]
    private var shapes: [String: Shape] = [:]

    /// Examples in the batch that shapes are inferred with.
    private var batch: Int { network.batch(2) }

    init(_ network: Network) { self.network = network }

    mutating func run() throws(NetworkFault) {
        try checkInputs()
        try checkParameters()
        for node in network.nodes {
            try checkName(node)
            try checkInputs(node)
            try checkOutputs(node)
        }
        for output in network.outputs where !known.contains(output.name) { throw .output(output.name) }
        if !network.isWeightsOnly { try checkRoles() }
        for name in network.folded.sorted() where network.parameters[name]?.role != .weight { throw .folded(name) }
    }

    private mutating func checkInputs() throws(NetworkFault) {
        made = Set(network.nodes.lazy.flatMap(\.outputs))
        for input in network.inputs {
            guard known.insert(input.name).inserted else { throw .inputName(input.name) }
            let shape = input.exampleShape
            if shape.rank > 0, shape.dimensions.allSatisfy({ $0 > 0 }) { shapes[input.name] = Shape([batch] + shape.dimensions) }
        }
    }

    private mutating func checkParameters() throws(NetworkFault) {
        let fixed = Set(network.fixedInputs.map(\.name))
        for (name, parameter) in network.parameters {
            guard parameter.name == name, known.insert(name).inserted || fixed.contains(name) else {
                throw .parameterName(parameter.name, under: name)
            }
            shapes[name] = parameter.shape
        }
    }

    private mutating func checkName(_ node: Node) throws(NetworkFault) {
        guard names.insert(node.name).inserted else { throw .nodeName(node.name) }
    }

    private mutating func checkInputs(_ node: Node) throws(NetworkFault) {
        let (allowed, isSupported) = (node.operation.inputCounts, node.isSupported)
        guard allowed.contains(node.inputs.count) else { throw .inputCount(node.inputs.count, node: node.name, allowed: allowed) }
        for (position, name) in node.inputs.enumerated() {
            if name.isEmpty {
                guard position >= allowed.lowerBound else { throw .missingInput(position, node: node.name) }
            } else if !known.contains(name) {
                guard !isSupported, !made.contains(name) else { throw .unknownValue(name, node: node.name) }
            } else if network.parameters[name] != nil {
                uses[name, default: []].insert(node.operation.role(ofInput: position))
            }
        }
    }

    private mutating func checkOutputs(_ node: Node) throws(NetworkFault) {
        let outputs = node.outputs.filter { !$0.isEmpty }
        guard !node.isSupported || (outputs.count == 1 && node.outputs.count == 1) else {
            throw .outputCount(node.outputs.count, node: node.name)
        }
        for name in outputs {
            guard known.insert(name).inserted else { throw .valueName(name, node: node.name) }
        }
        do throws(ShapeError) {
            guard let shape = try node.outputShape(shapes, batch: batch), let name = node.outputs.first else { return }
            shapes[name] = shape
        } catch { throw .shape(error) }
    }

    private func checkRoles() throws(NetworkFault) {
        let expanded = network.kept.expanded
        for parameter in network.parameters.values {
            let (role, uses) = (parameter.role, uses[parameter.name] ?? [])
            let isWeight = uses.contains(.weight) && !(role == .other && expanded[parameter.name] != nil)
            guard role == .other || !uses.isEmpty else { throw .unreadParameter(parameter.name) }
            guard isWeight ? role == .weight : role == .other || uses.contains(role) else {
                throw .role(role, parameter: parameter.name, uses: uses)
            }
        }
    }
}
