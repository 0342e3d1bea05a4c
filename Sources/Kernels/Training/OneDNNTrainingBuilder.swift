import Networks
import Tensors

/// Makes the steps of a plan: from the last to the first, so that it is known who leaves the first gradient of a value and who adds to it.
struct TrainingBuilder {
    private(set) var values: [TrainedTensor] = []
    private(set) var parameters: [String: TrainedTensor] = [:]
    let plan: StagePlan
    let workers = TrainingWorkers()
    let network: Network
    /// Values and parameters that have a gradient by now.
    private var written: Set<Operand> = []
    /// Parameters that stay as they are.
    private var constants: [String: TrainedTensor] = [:]

    init(_ plan: StagePlan, _ network: Network, trained: [String], statistics: [String]) {
        self.plan = plan
        self.network = network
        let trained = Set(trained)
        for name in trained.union(statistics) {
            guard let parameter = network.parameters[name] else { continue }
            let tensor = TrainedTensor(parameter.shape, needsGradient: trained.contains(name))
            parameter.values.withFloats { _ = tensor.floats.update(fromContentsOf: $0) }
            parameters[name] = tensor
        }
        addValues()
    }

    /// A value needs a gradient where something trained comes before it.
    private mutating func addValues() {
        var isNeeded = [Bool](repeating: false, count: plan.values.count)
        for stage in plan.stages {
            let operands = stage.operands.enumerated().filter { stage.operation.passesGradient(toInput: $0.offset) }.map(\.element)
            isNeeded[stage.output] = (operands + [stage.bias].compactMap { $0 }).contains { operand in
                switch operand {
                case .value(let value, _): isNeeded[value]
                case .parameter(let name, _): parameters[name]?.gradientStart != nil
                }
            }
        }
        // Whoever trains writes the gradient of the logits even where nothing is trained.
        if case .value(let output, _) = plan.output { isNeeded[output] = true }
        values = plan.values.indices.map { TrainedTensor(plan.values[$0].shape, needsGradient: isNeeded[$0]) }
    }

    mutating func build() throws(KernelError) -> [any TrainingStep] {
        var steps: [any TrainingStep] = []
        for stage in plan.stages.reversed() { steps.append(try step(stage)) }
        return steps.reversed()
    }

    private mutating func step(_ stage: PlannedStage) throws(KernelError) -> any TrainingStep {
        let isOverImages = stage.operands[0].shape.rank == 4
        switch stage.operation {
        case .convolution(let settings): return try convolution(stage, settings)
        case .transposedConvolution(let settings): return try transposedConvolution(stage, settings)
        case .gemm(let settings): return try gemm(stage, settings)
        case .matrixMultiplication: return try matrixProduct(stage)
        case .relu: return ReluStep(try operand(stage, 0), to: output(stage), workers)
        case .unary(let function) where function.hasDerivative:
            return FunctionStep(function, try operand(stage, 0), to: output(stage), withRelu: stage.withRelu, workers)
        case .binary(let function): return try binary(stage, function)
        case .variadic(let function): return try variadic(stage, function)
        case .select: return try select(stage)
        case .maxPool(let settings) where isOverImages: return try maximum(stage, settings)
        case .averagePool(let settings) where isOverImages: return try mean(stage, settings)
        case .globalAveragePool where isOverImages: return try globalMean(stage)
        case .maxPool(let settings): return try volumes(stage, settings, isMaximum: true)
        case .averagePool(let settings): return try volumes(stage, settings, isMaximum: false)
        case .globalAveragePool: return try volumes(stage, nil, isMaximum: false)
        case .responseNormalization(let settings): return try responses(stage, settings)
        case .batchNormalization(let epsilon): return try normalization(stage, epsilon)
        case .concatenation(let axis): return try concatenation(stage, axis)
        case .dropout(let ratio):
            let (node, value) = (node(of: stage), try operand(stage, 0))
            return DropoutStep(value, to: output(stage), withRelu: stage.withRelu, node: node, ratio: ratio, workers)
        case .activation(let quantizer): return try activation(stage, quantizer)
        case .softmax(let axis): return try softmax(stage, axis, isLogarithm: false)
        case .logSoftmax(let axis): return try softmax(stage, axis, isLogarithm: true)
        case .reduction(let reduction): return try self.reduction(stage, reduction)
        case .layerNormalization, .groupNormalization, .instanceNormalization: return try rowNormalization(stage)
        case .recurrence(let recurrence): return try self.recurrence(stage, recurrence)
        case .lookup: return try lookup(stage)
        case .placement(let placement): return try self.placement(stage, placement)
        case .quantizeLinear(let code): return try quantization(stage, code)
        case .dequantizeLinear(let code): return try dequantization(stage, code)
        case .cast(let type) where type.isFloat: return try straight(stage)
        case .dynamicQuantization(let settings) where settings.result == .values: return try straight(stage)
        case .globalMaxPool where isOverImages:
            return try maximum(stage, Pooling(allOf: stage.operands[0].shape))
        case .globalMaxPool: return try volumes(stage, nil, isMaximum: true)
        default:
            if let step = try movement(stage) { return step }
            return try forwardAlone(stage)
        }
    }

    /// What no gradient passes, by the plain kernels.
    private mutating func forwardAlone(_ stage: PlannedStage) throws(KernelError) -> any TrainingStep {
        guard output(stage).gradientStart == nil else { throw refusal(stage, "it has no kernel for training") }
        return try straight(stage)
    }

    func refusal(_ stage: PlannedStage, _ reason: String) -> KernelError {
        .unsupported(node: stage.name, operation: stage.operation.name, reason: reason)
    }

    /// The index of the node whose operation the stage runs.
    private func node(of stage: PlannedStage) -> Int {
        stage.nodes.first { network.nodes[$0].operation == stage.operation } ?? stage.nodes[0]
    }

    func output(_ stage: PlannedStage) -> TrainedTensor { values[stage.output] }

    /// What a stage reads, computed, trained or constant; the steps of a stage leave gradients in the order in which they ask for operands.
    mutating func operand(_ stage: PlannedStage, _ index: Int) throws(KernelError) -> TrainedOperand {
        try operand(stage, stage.operands[index], passes: stage.operation.passesGradient(toInput: index))
    }

    mutating func operand(_ stage: PlannedStage, _ operand: Operand, passes: Bool = true) throws(KernelError) -> TrainedOperand {
        let tensor = try tensor(stage, operand)
        guard passes, tensor.gradientStart != nil else {
            return TrainedOperand(tensor: tensor, shape: operand.shape, accumulates: false, passes: false)
        }
        let isFirst = written.insert(operand.reshaped([])).inserted
        return TrainedOperand(tensor: tensor, shape: operand.shape, accumulates: !isFirst)
    }

    private mutating func tensor(_ stage: PlannedStage, _ operand: Operand) throws(KernelError) -> TrainedTensor {
        switch operand {
        case .value(let value, _): return values[value]
        case .parameter(let name, _):
            if let known = parameters[name] ?? constants[name] { return known }
            guard let parameter = network.parameters[name] else { throw refusal(stage, "'\(name)' is missing") }
            let tensor = TrainedTensor(parameter.shape, needsGradient: false)
            parameter.values.withFloats { _ = tensor.floats.update(fromContentsOf: $0) }
            constants[name] = tensor
            return tensor
        }
    }

    /// Mean or variance of a normalization.
    func statistic(_ operand: Operand) -> TrainedTensor? {
        guard case .parameter(let name, _) = operand else { return nil }
        return parameters[name]
    }
}
