import CKernels
import Networks
import Tensors

extension StageBuilder {
    /// A function of two or more operands with broadcasting, in the order in which the first that has the result's shape lies.
    mutating func buildCombination(_ stage: PlannedStage, _ function: pare_combination, isMean: Bool = false) throws(KernelError) {
        let shape = plan.values[stage.output].shape
        guard stage.operands.count > 1, shape.count > 0 else { return try buildPlain(stage) }
        let sources = try combinedSources(stage.operands, shape)
        let width = function == PARE_COMBINE_CHOOSE ? 3 : 2
        var walks: [pare_walk] = []
        for start in stride(from: 0, to: sources.operands.count - width + 1, by: 1) {
            let first = start == 0 ? sources.operands[0].walked : .alike
            let rest = sources.operands[start + 1..<start + width].map(\.walked)
            guard let walk = pare_walk(sources.order.axes(shape), rank: shape.rank, [first] + rest) else { return try buildPlain(stage) }
            walks.append(walk)
        }
        let memory = try destination(sources.order.layout(shape))
        for (start, walk) in walks.enumerated() {
            let first = start == 0 ? sources.operands[0].memory : memory
            addCombination(function, walk, [first] + sources.operands[start + 1..<start + width].map(\.memory), to: memory, shape.count)
        }
        if isMean, let walk = pare_walk(sources.order.axes(shape), rank: shape.rank, [.alike, .rows([])]) {
            let divisor = try temporary(.strided([1]))
            divisor.floats?.pointee = Float(stage.operands.count)
            addCombination(PARE_COMBINE_DIVIDE, walk, [memory, divisor], to: memory, shape.count)
        }
        try addActivation(to: memory, stage)
    }

    private mutating func addCombination(
        _ function: pare_combination, _ walk: pare_walk, _ sources: [BoundMemory], to memory: BoundMemory, _ count: Int
    ) {
        addRanges("combine", count: count) { first, last in
            guard let a = sources[0].floats, let b = sources[1].floats, let c = sources[sources.count - 1].floats, let to = memory.floats
            else { return }
            withUnsafePointer(to: walk) { pare_combine(function, $0, a, b, c, to, first, last) }
        }
    }

    /// The operands, and the order of the result.
    private mutating func combinedSources(
        _ operands: [Operand], _ shape: Shape
    ) throws(KernelError) -> (operands: [(memory: BoundMemory, walked: WalkedOperand)], order: ImageOrder) {
        var order = ImageOrder.rows
        let lead = operands.firstIndex { if case .value(_, shape) = $0 { shape.rank == 4 } else { false } }
        var led: BoundMemory?
        if let lead { (led, order) = try orderedSource(operands[lead]) }
        var sources: [(memory: BoundMemory, walked: WalkedOperand)] = []
        for (place, operand) in operands.enumerated() {
            if place == lead, let led {
                sources.append((led, .alike))
            } else if case .value(_, shape) = operand {
                sources.append((try reordered(try source(operand), to: order.layout(shape)), .alike))
            } else {
                sources.append((try source(operand, plain: true), .rows(operand.shape)))
            }
        }
        return (sources, order)
    }
}

extension BinaryFunction {
    /// The kernel of it.
    var combination: pare_combination {
        switch self {
        case .add: PARE_COMBINE_ADD
        case .subtract: PARE_COMBINE_SUBTRACT
        case .multiply: PARE_COMBINE_MULTIPLY
        case .divide: PARE_COMBINE_DIVIDE
        case .power: PARE_COMBINE_POWER
        case .quotient: PARE_COMBINE_QUOTIENT
        case .modulo: PARE_COMBINE_MODULO
        case .remainder: PARE_COMBINE_REMAINDER
        case .leaky: PARE_COMBINE_LEAKY
        case .equal: PARE_COMBINE_EQUAL
        case .greater: PARE_COMBINE_GREATER
        case .greaterOrEqual: PARE_COMBINE_GREATER_OR_EQUAL
        case .less: PARE_COMBINE_LESS
        case .lessOrEqual: PARE_COMBINE_LESS_OR_EQUAL
        case .and: PARE_COMBINE_AND
        case .or: PARE_COMBINE_OR
        case .xor: PARE_COMBINE_XOR
        }
    }
}

extension VariadicFunction {
    /// The kernel of it, two operands after another.
    var combination: pare_combination {
        switch self {
        case .sum, .mean: PARE_COMBINE_ADD
        case .maximum: PARE_COMBINE_LARGER
        case .minimum: PARE_COMBINE_SMALLER
        }
    }
}
