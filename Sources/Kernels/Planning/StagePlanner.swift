import Networks
import Tensors

/// Cuts a network into stages.
struct StagePlanner {
    private let network: Network
    let shapes: [String: Shape]
    let multiplyAdds: [Int]
    let layers: [Int: String]
    var output: String
    /// Who makes and reads values among the nodes that become stages.
    var index: GraphIndex
    var operands: [String: Operand] = [:]
    /// By value, how many names that somebody reads it has.
    private var aliases: [Int: Int] = [:]
    var plan: StagePlan
    /// Nodes without work of their own that stand before the first stage.
    var waiting: [Int] = []

    /// Whether a Dropout is a stage of its own, and only Relu is joined to what it follows: for training.
    let keepsDropout: Bool
    /// The network's nodes, but for those that were joined to one.
    var nodes: [Node]
    /// Nodes that are done by another.
    var skipped: Set<Int> = []
    /// Products that are x · clip(x + a parameter), by node.
    var gates: [Int: Gate] = [:]

    /// Plans `network` for batches of `batchSize`; for training `keepsDropout` makes a Dropout a stage of its own.
    static func plan(_ network: Network, batchSize: Int, keepsDropout: Bool = false) throws(KernelError) -> StagePlan {
        var planner = try StagePlanner(network, batchSize: batchSize, keepsDropout: keepsDropout)
        try planner.addStages()
        return planner.finished()
    }

    private init(_ network: Network, batchSize: Int, keepsDropout: Bool) throws(KernelError) {
        self.network = network
        self.keepsDropout = keepsDropout
        nodes = network.nodes
        if let node = network.blockingNodes.first, case .unsupported(let operation) = node.operation {
            throw .unsupported(node: node.name, operation: operation.name, reason: operation.reason)
        }
        (shapes, multiplyAdds) = try Self.infer(network, batchSize)
        layers = network.layers.reduce(into: [:]) { layers, layer in
            if let node = layer.node { layers[node] = layer.weight }
        }
        output = network.logits(shapes, ofPositions: keepsDropout).value
        index = network.index
        let input = shapes[network.input] ?? []
        let value = PlannedValue(shape: input, producer: -1, lastReader: -1)
        operands = [network.input: .value(0, shape: input)]
        for parameter in network.parameters.values { operands[parameter.name] = .parameter(parameter.name, shape: parameter.shape) }
        plan = StagePlan(values: [value], stages: [], output: .value(0, shape: input), batchSize: batchSize)
    }

    private static func infer(_ network: Network, _ batch: Int) throws(KernelError) -> ([String: Shape], [Int]) {
        do throws(ShapeError) {
            let shapes = try network.shapes(batch: batch)
            return (shapes, network.multiplyAdds(shapes, batch: batch))
        } catch {
            throw KernelError.shape(node: error.node, expected: error.expected, actual: error.actual)
        }
    }

    private mutating func addStages() throws(KernelError) {
        let needed = network.nodesNeeded(for: output)
        if !keepsDropout {
            joinSwishes(needed)
            joinGates(needed)
        }
        index = GraphIndex(nodes, at: needed.filter { !skipped.contains($0) }, outputs: [output])
        for index in needed {
            if skipped.contains(index) {
                waiting.append(index)
            } else if !addAlias(index) && !fuseFunction(index) && !fusePooling(index) && !fuseBias(index) && !chain(index) {
                try addStage(index)
            }
        }
    }

    /// A node that only gives a value another name or shape.
    private mutating func addAlias(_ index: Int) -> Bool {
        let node = nodes[index]
        if case .dropout = node.operation, keepsDropout { return false }
        guard node.operation.isView, let operand = operands[node.inputs[0]], let name = node.outputs.first else { return false }
        self.name(name, operand.reshaped(shapes[name] ?? operand.shape))
        cover(index, by: operand)
        return true
    }

    private mutating func cover(_ index: Int, by operand: Operand) {
        guard case .value(let value, _) = operand, plan.values[value].producer >= 0 else { return waiting.append(index) }
        plan.stages[plan.values[value].producer].nodes.append(index)
    }

    /// A Relu, or when not training another function, that alone reads what a stage makes.
    private mutating func fuseFunction(_ index: Int) -> Bool {
        let node = nodes[index]
        guard case .unary(let function) = node.operation, let stage = soleProducer(of: node.inputs[0]),
            plan.stages[stage].fused == nil, plan.stages[stage].chain.isEmpty
        else { return false }
        if function == .relu {
            plan.stages[stage].withRelu = true
        } else {
            guard !keepsDropout, !plan.stages[stage].withRelu, plan.stages[stage].pooling == nil, plan.stages[stage].takesFunctions,
                function.steps != nil
            else { return false }
            plan.stages[stage].fused = function
        }
        rename(stage, node, index)
        return true
    }

    /// A MaxPool that alone reads what a convolution makes: its images then never leave the cache.
    private mutating func fusePooling(_ index: Int) -> Bool {
        let node = nodes[index]
        guard case .maxPool(let settings) = node.operation, let stage = soleProducer(of: node.inputs[0]),
            case .convolution = plan.stages[stage].operation, plan.stages[stage].pooling == nil, settings.kernel.count == 2,
            let shape = node.outputs.first.flatMap({ shapes[$0] })
        else { return false }
        let value = plan.stages[stage].output
        plan.stages[stage].pooling = (settings, plan.values[value].shape)
        plan.values[value].shape = shape
        rename(stage, node, index)
        return true
    }

    /// An Add of a parameter [M] to a MatMul [.., M] whose result only it reads.
    private mutating func fuseBias(_ index: Int) -> Bool {
        let node = nodes[index]
        guard node.operation == .add, node.inputs.count == 2 else { return false }
        for (product, bias) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
            guard let stage = soleProducer(of: product), plan.stages[stage].operation == .matrixMultiplication,
                plan.stages[stage].bias == nil, plan.stages[stage].activation == nil,
                !keepsDropout || plan.stages[stage].multipliesRows,
                case .parameter(_, let shape)? = operands[bias], let columns = shapes[product]?.dimensions.last,
                shape.dimensions.last == columns, shape.count == columns, shape.rank <= (shapes[product]?.rank ?? 0)
            else { continue }
            plan.stages[stage].bias = operands[bias]?.reshaped([columns])
            rename(stage, node, index)
            return true
        }
        return false
    }

    /// The stage that made the value `name`, when nothing but the next node reads it and it stands as it was made.
    func soleProducer(of name: String) -> Int? {
        guard index.readCount(of: name) == 1, name != output, case .value(let value, let shape)? = operands[name] else { return nil }
        let planned = plan.values[value]
        guard planned.producer >= 0, shape == planned.shape else { return nil }
        let last = plan.stages[planned.producer].nodes.last.map { nodes[$0] }
        return last?.outputs.first == name && aliases[value] == 1 ? planned.producer : nil
    }

    /// Gives what a node made its name.
    mutating func name(_ name: String, _ operand: Operand) {
        operands[name] = operand
        if case .value(let value, _) = operand, index.readCount(of: name) > 0 { aliases[value, default: 0] += 1 }
    }

    mutating func rename(_ stage: Int, _ node: Node, _ index: Int) {
        plan.stages[stage].nodes.append(index)
        plan.stages[stage].multiplyAdds += multiplyAdds[index]
        let value = plan.stages[stage].output
        if let name = node.outputs.first { self.name(name, .value(value, shape: plan.values[value].shape)) }
    }

    private mutating func addStage(_ index: Int) throws(KernelError) {
        let node = nodes[index]
        guard let name = node.outputs.first, let shape = shapes[name] else { return }
        let read = node.inputs.compactMap { $0.isEmpty ? nil : operands[$0] }
        guard node.operation.isExpand || read.contains(where: { if case .value = $0 { true } else { false } }) else {
            throw .unsupported(node: node.name, operation: node.operation.name, reason: "it reads constants only")
        }
        let raised = RaisedWindow(node.operation, read, shape)
        let value = plan.values.count
        plan.values.append(PlannedValue(shape: raised.output, producer: plan.stages.count, lastReader: -1))
        plan.stages.append(
            PlannedStage(
                name: node.name, operation: raised.operation, nodes: waiting + [index], operands: raised.operands, output: value,
                weight: layers[index], multiplyAdds: multiplyAdds[index]))
        waiting = []
        self.name(name, .value(value, shape: shape))
    }

    private func finished() -> StagePlan {
        var plan = plan
        for (index, stage) in plan.stages.enumerated() {
            for case .value(let value, _) in stage.operands { plan.values[value].lastReader = index }
        }
        plan.output = operands[output] ?? plan.output
        if case .value(let value, _) = plan.output { plan.values[value].lastReader = plan.stages.count }
        return plan
    }
}

extension PlannedStage {
    /// Whether it multiplies rows with one matrix of weights.
    fileprivate var multipliesRows: Bool {
        guard operands.count == 2, case .parameter(_, let shape) = operands[1] else { return false }
        return shape.rank == 2 && operands[0].shape.rank >= 2
    }

    /// Whether its kernel applies a function to what it makes.
    fileprivate var takesFunctions: Bool {
        switch operation {
        case .convolution, .gemm, .matrixMultiplication, .binary: true
        default: false
        }
    }
}
