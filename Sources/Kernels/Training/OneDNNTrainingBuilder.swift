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
            isNeeded[stage.output] = (stage.operands + [stage.bias].compactMap { $0 }).contains { operand in
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
        switch stage.operation {
        case .convolution(let settings): return try convolution(stage, settings)
        case .gemm(let settings): return try gemm(stage, settings)
        case .matrixMultiplication: return try matrixProduct(stage)
        case .add: return try sum(stage)
        case .relu: return ReluStep(try value(stage, 0), to: output(stage), workers)
        case .unary(let function) where function.hasDerivative:
            return FunctionStep(function, try value(stage, 0), to: output(stage), withRelu: stage.withRelu, workers)
        case .maxPool(let settings): return try maximum(stage, settings)
        case .averagePool(let settings): return try mean(stage, settings)
        case .globalAveragePool: return try globalMean(stage)
        case .batchNormalization(let epsilon): return try normalization(stage, epsilon)
        case .concatenation(let axis): return try concatenation(stage, axis)
        case .dropout(let ratio):
            let (node, value) = (node(of: stage), try value(stage, 0))
            return DropoutStep(value, to: output(stage), withRelu: stage.withRelu, node: node, ratio: ratio, workers)
        case .activation(let quantizer): return try activation(stage, quantizer)
        case .softmax(let axis): return try softmax(stage, axis, isLogarithm: false)
        case .logSoftmax(let axis): return try softmax(stage, axis, isLogarithm: true)
        case .reduction(let reduction): return try self.reduction(stage, reduction)
        case .layerNormalization(let axis, let epsilon): return try layerNormalization(stage, axis, epsilon)
        case .recurrence(let recurrence): return try self.recurrence(stage, recurrence)
        case .globalMaxPool:
            let images = stage.operands[0].shape
            return try maximum(stage, Pooling(kernel: Array(images.dimensions.suffix(2))))
        default:
            guard let step = try movement(stage) else { throw refusal(stage, "it has no kernel for training") }
            return step
        }
    }

    func refusal(_ stage: PlannedStage, _ reason: String) -> KernelError {
        .unsupported(node: stage.name, operation: stage.operation.name, reason: reason)
    }

    /// The index of the node whose operation the stage runs.
    private func node(of stage: PlannedStage) -> Int {
        stage.nodes.first { network.nodes[$0].operation == stage.operation } ?? stage.nodes[0]
    }

    func output(_ stage: PlannedStage) -> TrainedTensor { values[stage.output] }

    /// A computed operand.
    mutating func value(_ stage: PlannedStage, _ index: Int) throws(KernelError) -> TrainedOperand {
        guard case .value(let value, let shape) = stage.operands[index] else { throw refusal(stage, "it reads a constant") }
        let isFirst = written.insert(.value(value, shape: [])).inserted
        return TrainedOperand(tensor: values[value], shape: shape, accumulates: !isFirst)
    }

    /// A parameter with a gradient.
    mutating func parameter(_ stage: PlannedStage, _ operand: Operand) throws(KernelError) -> TrainedOperand {
        guard case .parameter(let name, let shape) = operand, let tensor = parameters[name], tensor.gradientStart != nil else {
            throw refusal(stage, "its weights are computed or constant")
        }
        let isFirst = written.insert(.parameter(name, shape: [])).inserted
        return TrainedOperand(tensor: tensor, shape: shape, accumulates: !isFirst)
    }

    /// Mean or variance of a normalization.
    func statistic(_ operand: Operand) -> TrainedTensor? {
        guard case .parameter(let name, _) = operand else { return nil }
        return parameters[name]
    }
}
