import Networks
import Tensors

extension Network {
    /// How the gradient goes through the nodes `needed` for `output`. Throws at the first of them that can't be trained.
    func checkedFlow(of needed: [Int], to output: String, _ shapes: [String: Shape]) throws(KernelError) -> GradientFlow {
        let flow = GradientFlow(self, needed, to: output)
        for node in needed.map({ nodes[$0] }) {
            if case .unsupported(let operation) = node.operation {
                throw .unsupported(node: node.name, operation: operation.name, reason: operation.reason)
            }
            if case .batchNormalization = node.operation { try checkStatistics(node, shapes) }
            if case .layerNormalization = node.operation { try checkScale(node, shapes) }
        }
        for node in flow.nodes.map({ nodes[$0] }) {
            guard node.operation.isTrainable else {
                throw .unsupported(
                    node: node.name, operation: node.operation.name, reason: "Pare has no gradient of \(node.operation.untrainedWords)")
            }
            guard let shape = shapes[node.inputs[0]], shape.isTrainable(node.operation) else {
                let found = shapes[node.inputs[0]].map { "[\($0)]" } ?? "an unknown shape"
                throw .unsupported(
                    node: node.name, operation: node.operation.name,
                    reason: "Pare has its gradient over \(node.operation.trainedShapes) only, and it reads \(found)")
            }
        }
        if flow.trained.isEmpty, let name = parameters.values.first(where: { $0.role == .weight })?.name,
            let last = needed.last.map({ nodes[$0] })
        {
            throw .unsupported(node: last.name, operation: last.operation.name, reason: "no gradient goes from it back to '\(name)'")
        }
        return flow
    }

    private func checkStatistics(_ node: Node, _ shapes: [String: Shape]) throws(KernelError) {
        guard node.inputs.dropFirst(3).allSatisfy({ parameters[$0] != nil }) else {
            throw .unsupported(node: node.name, operation: node.operation.name, reason: "its statistics are computed")
        }
        guard let shape = shapes[node.inputs[0]], shape.count > shape[1] else {
            throw .shape(
                node: node.name, expected: "more than one value a channel", actual: "[\(shapes[node.inputs[0]] ?? [])]")
        }
    }
}

extension Network {
    private func checkScale(_ node: Node, _ shapes: [String: Shape]) throws(KernelError) {
        let found = node.inputs.filter { !$0.isEmpty }.compactMap { shapes[$0] }
        guard found.count > 1 else { return }
        let count = NormalizedRows(node.operation, found).parameterCount
        if let parameter = found.dropFirst().first(where: { $0.count != count }) {
            throw .unsupported(
                node: node.name, operation: node.operation.name,
                reason: "its scale [\(parameter)] has not one number for each of \(count) values")
        }
    }
}

extension Network {
    /// Why the network can't be trained, as far as its graph tells; nil where nothing stands in the way. Cost: O(nodes).
    public var trainingRefusal: KernelError? {
        do throws(KernelError) {
            let plan = try StagePlanner.plan(self, batchSize: batch(2), keepsDropout: true)
            _ = try flow(of: plan, batchSize: batch(2))
            return nil
        } catch { return error }
    }

    /// Whether every node passes a gradient on to its first input, whatever is trained; shapes are those of all values.
    public func passesGradients(_ shapes: [String: Shape]) -> Bool {
        nodes.allSatisfy { node in node.operation.isTrainable && shapes[node.inputs[0]]?.isTrainable(node.operation) == true }
    }

    /// How the gradient goes through the stages of a plan.
    func flow(of plan: StagePlan, batchSize: Int) throws(KernelError) -> GradientFlow {
        let shapes = (try? shapes(batch: batchSize)) ?? [:]
        return try checkedFlow(
            of: plan.stages.flatMap(\.nodes).sorted(), to: logits(shapes, ofPositions: true).value, shapes)
    }
}

extension Operation {
    /// Whether a training can pass its gradient on.
    public var isTrainable: Bool {
        switch self {
        case .unary(let function): function.hasDerivative
        case .binary(let function): function.hasDerivative
        case .resize(let resize): resize.mode == .nearest && resize.coordinates != .cropped
        case .cast(let type): type.isFloat
        case .placement(let placement): placement.hasGradient
        case .dynamicQuantization(let settings): settings.result == .values
        case .convolution, .transposedConvolution, .gemm, .matrixMultiplication, .variadic, .select, .maxPool, .averagePool,
            .globalAveragePool, .reduction, .flatten, .reshape, .squeeze, .unsqueeze, .softmax, .identity, .dropout, .batchNormalization,
            .concatenation, .activation, .transpose, .slice, .gather, .expand, .tile, .pad, .depthToSpace, .spaceToDepth, .globalMaxPool,
            .logSoftmax, .layerNormalization, .groupNormalization, .instanceNormalization, .quantizeLinear, .dequantizeLinear, .lookup,
            .recurrencePart, .responseNormalization:
            true
        case .recurrence(let recurrence): recurrence.form == nil
        case .extremePlace, .signal, .unsupported: false
        }
    }

    /// What of it has no gradient.
    fileprivate var untrainedWords: String {
        if case .recurrence(let recurrence) = self, let form = recurrence.form { "it with \(form.words(recurrence.cell))" } else { "it" }
    }

    /// What the first input of a window is like.
    fileprivate var trainedShapes: String {
        switch self {
        case .maxPool, .averagePool, .globalAveragePool, .globalMaxPool, .convolution, .transposedConvolution:
            "[N, C, L], [N, C, H, W] and [N, C, D, H, W]"
        default: "other shapes"
        }
    }
}

extension Shape {
    /// Windows have gradients over one to three axes.
    fileprivate func isTrainable(_ operation: Operation) -> Bool {
        switch operation {
        case .convolution, .transposedConvolution, .maxPool, .averagePool, .globalAveragePool, .globalMaxPool: (3...5).contains(rank)
        default: true
        }
    }
}
