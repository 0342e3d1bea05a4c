import Networks
import Tensors

/// x · clip(x + shift), written as three nodes.
struct Gate {
    var value: String
    var step: ChainStep
}

/// Functions of each number by itself, joined to one another.
extension StagePlanner {
    /// x · sigmoid(x), which exporters write as two nodes, becomes one function where nothing else reads the sigmoid.
    mutating func joinSwishes(_ needed: [Int]) {
        for place in needed where nodes[place].operation == .binary(.multiply) && nodes[place].inputs.count == 2 {
            let inputs = nodes[place].inputs
            for (value, factor) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] {
                guard let maker = index.maker(of: factor), nodes[maker].operation == .unary(.sigmoid), nodes[maker].inputs == [value],
                    factor != output, index.readers(of: factor).count == 1
                else { continue }
                nodes[place].operation = .unary(.swish(alpha: 1))
                nodes[place].inputs = [value]
                skipped.insert(maker)
                break
            }
        }
    }

    /// x · clip(x + a parameter of one number), as exporters write a hard swish, becomes one step where nothing else reads what lies between.
    mutating func joinGates(_ needed: [Int]) {
        for place in needed where nodes[place].operation == .binary(.multiply) && nodes[place].inputs.count == 2 {
            let inputs = nodes[place].inputs
            for (value, factor) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] {
                guard let clip = index.maker(of: factor), case .unary(.clip(let lower, let upper)) = nodes[clip].operation,
                    let sum = index.maker(of: nodes[clip].inputs[0]), nodes[sum].operation == .add,
                    let shift = nodes[sum].inputs.first(where: { $0 != value }), nodes[sum].inputs.contains(value),
                    let operand = number(shift),
                    [factor, nodes[clip].inputs[0]].allSatisfy({ $0 != output && index.readers(of: $0).count == 1 }),
                    nodes[place].outputs.first.flatMap({ shapes[$0] }) == shapes[value]
                else { continue }
                gates[place] = Gate(value: value, step: .gate(lower: lower, upper: upper, shift: operand))
                nodes[place].inputs = [value]
                skipped.formUnion([clip, sum])
                break
            }
        }
    }

    /// The parameter of one number that has a name.
    private func number(_ name: String) -> Operand? {
        guard case .parameter(_, let shape)? = operands[name], shape.count == 1 else { return nil }
        return operands[name]
    }

    /// A function of each number by itself joins the stage that makes the numbers; one with a parameter that can't is a stage of its own.
    mutating func chain(_ index: Int) -> Bool {
        guard !keepsDropout, let (value, step) = chainStep(index), let name = nodes[index].outputs.first, let operand = operands[value],
            case .value = operand, shapes[name] == operand.shape
        else { return false }
        if let stage = soleProducer(of: value), plan.stages[stage].takesChains {
            plan.stages[stage].chain.append(step)
            rename(stage, nodes[index], index)
            return true
        }
        if case .unary = step { return false }
        let made = plan.values.count
        plan.values.append(PlannedValue(shape: operand.shape, producer: plan.stages.count, lastReader: -1))
        plan.stages.append(
            PlannedStage(
                name: nodes[index].name, operation: .identity, nodes: waiting + [index], operands: [operand], chain: [step], output: made,
                weight: nil, multiplyAdds: multiplyAdds[index]))
        waiting = []
        self.name(name, .value(made, shape: operand.shape))
        return true
    }

    private func chainStep(_ index: Int) -> (value: String, step: ChainStep)? {
        let node = nodes[index]
        if let gate = gates[index] { return (gate.value, gate.step) }
        switch node.operation {
        case .unary(let function) where function.isCheap: return (node.inputs[0], .unary(function))
        case .binary(let function) where node.inputs.count == 2:
            if let operand = number(node.inputs[1]) { return (node.inputs[0], .binary(function, operand, isFirst: false)) }
            return number(node.inputs[0]).map { (node.inputs[1], .binary(function, $0, isFirst: true)) }
        default: return nil
        }
    }
}

extension PlannedStage {
    /// Whether its values are numbers that further functions can be applied to in place.
    fileprivate var takesChains: Bool {
        guard pooling == nil else { return false }
        switch operation {
        case .identity, .unary, .binary, .variadic, .select, .reduction, .batchNormalization, .layerNormalization, .resize,
            .transposedConvolution:
            return true
        default: return false
        }
    }
}
