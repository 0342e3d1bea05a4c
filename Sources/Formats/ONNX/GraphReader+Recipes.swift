import Networks
import OrderedCollections
import Tensors

/// Constants that the graph computes and its file doesn't hold: grids of places, tables of sines, the part of a table that an input's size asks for.
/// They are no trained values. Counted and written is what they are made of, with the nodes that make them.
extension GraphReader {
    /// Remembers which node a constant was computed by, where it reads constants alone.
    mutating func noteRecipe(_ proto: ONNXNodeProto) {
        guard isNetwork, !["Constant", "Identity", "Shape", "Size"].contains(proto.opType), version == versions[""] ?? 1,
            proto.input.allSatisfy({ $0.isEmpty || constants[$0] != nil })
        else { return }
        for output in proto.output where constants[output] != nil && !isStored(output, by: proto) { recipes[output] = proto }
    }

    /// Whether a node only makes floats of what they are stored as: of 16 bits, of integers, of places in a codebook.
    private func isStored(_ output: String, by proto: ONNXNodeProto) -> Bool {
        if widened.contains(output) || origins[output] != nil || proto.opType == "DequantizeLinear" { return true }
        guard proto.opType == "Gather", let table = proto.input.first.flatMap(constant), let made = constants[output] else { return false }
        return table.shape.rank == 1 && table.elementType.isFraction && made.count >= table.count
    }

    /// What a constant is made of.
    private struct Recipe {
        /// In an order in which they run.
        var nodes: [ONNXNodeProto] = []
        var leaves: OrderedSet<String> = []
    }

    /// Gives constants that the graph computes to ``KeptGraph/expanded``, and what they are made of to `parameters`: those with more values than what
    /// they are made of (``isGrown(_:from:)``), and those that take a part of a table which nothing else reads whole.
    ///
    /// Cost: O(nodes that compute constants) for each such parameter.
    mutating func leaveOutExpanded(of parameters: inout OrderedDictionary<String, Parameter>) throws(FormatError) {
        var recipes: [String: Recipe] = [:]
        var taken: [String: Int] = [:]
        for parameter in parameters.values where mayBeExpanded(parameter) {
            guard let recipe = recipe(of: parameter.name, parameters) else { continue }
            recipes[parameter.name] = recipe
            for leaf in recipe.leaves where isPlain(parameter) { taken[leaf, default: 0] += parameter.count }
        }
        var made: Set<String> = []
        for parameter in Array(parameters.values) {
            guard let recipe = recipes[parameter.name] else { continue }
            let tables = recipe.leaves.filter { constants[$0].map { Self.isTrained($0) && $0.count > 1 } ?? false }
            let isGrown = isGrown(parameter, from: recipe.leaves)
            let isPart = isPlain(parameter) && tables.contains { taken[$0, default: 0] < constants[$0]?.count ?? 0 }
            guard isGrown || isPart, let messages = try messages(of: recipe) else { continue }
            for (message, node) in zip(messages, recipe.nodes) where made.insert(node.output.first ?? "").inserted {
                kept.computed.append(message)
            }
            kept.expanded[parameter.name] = parameter.shape
            parameters[parameter.name]?.role = .other
            for leaf in recipe.leaves where parameters[leaf] == nil {
                guard let tensor = constant(leaf), Self.isTrained(tensor) else { continue }
                var parameter = Parameter(name: leaf, role: .other, values: tensor)
                parameter.origin = origins[leaf]
                parameters[leaf] = parameter
            }
        }
    }

    /// Whether no layer has it as its weights or bias: embeddings of places are added, as biases are.
    private func isPlain(_ parameter: Parameter) -> Bool { parameter.role == .other || parameter.role == .bias && parameter.shape.rank > 1 }

    /// Whether it has more values than the floats that it is made of: masks and indices of any size make no trained values. Weights have twice as many as all
    /// of it, indices of a codebook too: those with zeros put beside them stay a layer.
    private func isGrown(_ parameter: Parameter, from leaves: OrderedSet<String>) -> Bool {
        let tensors = leaves.compactMap { constants[$0] }
        if parameter.role == .weight { return parameter.count >= 2 * tensors.reduce(0) { $0 + $1.count } }
        return isPlain(parameter) && parameter.count > tensors.filter(Self.isTrained).reduce(0) { $0 + $1.count }
    }

    /// Whether its values may be other than those that the file holds in another order or type.
    private func mayBeExpanded(_ parameter: Parameter) -> Bool {
        parameter.count > 1 && parameter.origin == nil && recipes[parameter.name] != nil && !derived.contains(parameter.name)
    }

    /// The nodes that make a constant, back to what the file holds; nil where something of it can't be written as it came, or is changed by a plan.
    private func recipe(of name: String, _ parameters: OrderedDictionary<String, Parameter>) -> Recipe? {
        var (recipe, known) = (Recipe(), Set<String>())
        var waiting = [(name: name, isOpened: false)]
        while let (name, isOpened) = waiting.popLast() {
            let name = aliases[name] ?? name
            // What is taken of a shape that tells the number of examples is a number like any other.
            guard let node = recipes[name], !node.input.contains(where: batchConstants.contains) else {
                guard !name.isEmpty, !isOpened else { continue }
                guard isLeaf(name, parameters) else { return nil }
                recipe.leaves.append(name)
                continue
            }
            if isOpened {
                recipe.nodes.append(node)
            } else if known.insert(node.output.first ?? "").inserted {
                guard canBeWritten(node) else { return nil }
                waiting.append((name, true))
                waiting += node.input.reversed().map { ($0, false) }
            }
        }
        return recipe
    }

    private func isLeaf(_ name: String, _ parameters: OrderedDictionary<String, Parameter>) -> Bool {
        guard let tensor = constants[name], !batchConstants.contains(name), !derived.contains(name) else { return false }
        if let parameter = parameters[name] { return parameter.role == .other || !tensor.elementType.isFraction }
        return Self.isTrained(tensor) || isSmall(tensor)
    }

    /// Whether a node has a form in every operator set that is written.
    private func canBeWritten(_ node: ONNXNodeProto) -> Bool {
        let before = versions[""] ?? 1
        guard before < GraphWriter.newestVersion else { return true }
        var raising = NodeRaising(before: before, now: GraphWriter.newestVersion, names: [])
        return raising.nodes([node]) != nil
    }

    private mutating func messages(of recipe: Recipe) throws(FormatError) -> [KeptGraph.Message]? {
        var messages: [KeptGraph.Message] = []
        for node in recipe.nodes {
            var node = node
            node.input = node.input.map { aliases[$0] ?? $0 }
            guard let bytes = try message(of: node) else { return nil }
            messages.append(KeptGraph.Message(inputs: node.input, outputs: node.output, bytes: bytes))
        }
        return messages
    }
}
