import CKernels
import COneDNN
import Networks
import Tensors

/// Something that is done to each number by itself, with at most one other number, a parameter.
enum ChainStep: Hashable {
    case unary(UnaryFunction)
    /// With a parameter of one number.
    case binary(BinaryFunction, Operand, isFirst: Bool)
    /// x · clip(x + shift), of which exporters make a hard swish.
    case gate(lower: Float, upper: Float, shift: Operand)

    /// The parameter that it reads.
    var operand: Operand? {
        switch self {
        case .unary: nil
        case .binary(_, let operand, _), .gate(_, _, let operand): operand
        }
    }

    /// By the reference kernels.
    func result(of x: ReferenceTensor, _ parameter: (Operand) -> ReferenceTensor) -> ReferenceTensor {
        switch self {
        case .unary(let function): return ReferenceKernels.unary(x, function)
        case .binary(let function, let operand, let isFirst):
            let other = parameter(operand)
            return isFirst
                ? ReferenceKernels.binary(other, x, function, to: x.shape) : ReferenceKernels.binary(x, other, function, to: x.shape)
        case .gate(let lower, let upper, let operand):
            let shifted = ReferenceKernels.binary(x, parameter(operand), .add, to: x.shape)
            let factor = ReferenceKernels.unary(shifted, .clip(lower: lower, upper: upper))
            return ReferenceKernels.binary(x, factor, .multiply, to: x.shape)
        }
    }

    /// As the kernel reads it, with the address of the parameter; nil where there is no kernel.
    fileprivate func kernel(_ operand: UnsafePointer<Float>?) -> pare_chain_step? {
        switch self {
        case .unary(let function):
            return function.kernel.map {
                pare_chain_step(
                    kind: PARE_CHAIN_FUNCTION, function: Int32($0.function.rawValue), alpha: $0.alpha, beta: $0.beta, operand: nil)
            }
        case .binary(let function, _, let isFirst):
            return pare_chain_step(
                kind: isFirst ? PARE_CHAIN_COMBINE_FIRST : PARE_CHAIN_COMBINE, function: Int32(function.combination.rawValue), alpha: 0,
                beta: 0, operand: operand)
        case .gate(let lower, let upper, _):
            return pare_chain_step(kind: PARE_CHAIN_GATE, function: 0, alpha: lower, beta: upper, operand: operand)
        }
    }
}

extension StageBuilder {
    /// All steps in one pass, in the order in which the values lie.
    mutating func buildChain(_ stage: PlannedStage) throws(KernelError) {
        let from = try denseSource(stage.operands[0])
        let memory = try destination(from.layout)
        try run(stage.chain, from, memory)
    }

    /// The steps behind a stage that makes its values otherwise, in place.
    mutating func addChain(_ stage: PlannedStage) throws(KernelError) {
        guard !stage.chain.isEmpty else { return }
        let (value, shape) = (stage.output, plan.values[stage.output].shape)
        let memory = try bind(value, at: index + 1, layouts[value])
        if choice.usesLanes(index) || memory.layout.byteCount == shape.count * 4 { return try run(stage.chain, memory, memory) }
        // What fills blocks up must stay 0.
        let rows = try reordered(memory, to: .strided(shape))
        try run(stage.chain, rows, rows)
        let (engine, from, to) = (engine.handle, rows.layout.handle, memory.layout.handle)
        let primitive = try add("reorder") { pare_reorder_create(&$0, engine, from, to) }
        try primitive.set(PARE_SOURCE, rows)
        try primitive.set(PARE_DESTINATION, memory)
    }

    private mutating func run(_ chain: [ChainStep], _ from: BoundMemory, _ to: BoundMemory) throws(KernelError) {
        var steps: [pare_chain_step] = []
        var numbers: [BoundMemory] = []
        for step in chain {
            let number = try step.operand.map { operand throws(KernelError) in try source(operand, plain: true) }
            if let number { numbers.append(number) }
            guard let kernel = step.kernel(number?.floats) else { continue }
            steps.append(kernel)
        }
        addRanges("chain", count: to.layout.byteCount / 4) { [numbers] first, last in
            withExtendedLifetime(numbers) {
                guard let x = from.floats, let y = to.floats else { return }
                steps.withUnsafeBufferPointer { pare_run_chain($0.baseAddress, $0.count, x + first, last - first, y + first) }
            }
        }
    }
}
