import Networks
import Tensors

extension Network {
    /// Mean and variance of the normalizations among `needed` nodes, in the order of the network: training moves them, they have no gradient.
    func statistics(of needed: [Int]) -> [String] {
        var names = Set<String>()
        for index in needed {
            if case .batchNormalization = nodes[index].operation { names.formUnion(nodes[index].inputs.dropFirst(3)) }
        }
        return parameters.keys.filter(names.contains)
    }

    /// The parameters among the inputs of `needed` nodes that training changes by their gradient, in the order of the network; constants that
    /// are neither weight, bias nor normalization stay.
    func trainedParameters(of needed: [Int]) -> [String] {
        let read = Set(needed.flatMap { nodes[$0].inputs }).subtracting(statistics(of: needed))
        return parameters.values.filter { $0.role != .other && read.contains($0.name) }.map(\.name)
    }

    /// Throws at the first of `needed` nodes that can't be trained.
    func checkTraining(of needed: [Int], _ shapes: [String: Shape]) throws(KernelError) {
        for node in needed.map({ nodes[$0] }) {
            if case .unsupported(let operation) = node.operation {
                throw .unsupported(node: node.name, operation: operation.name, reason: operation.reason)
            }
            guard node.operation.isTrainable else {
                throw .unsupported(node: node.name, operation: node.operation.name, reason: "Pare has no gradient of it")
            }
            guard let shape = shapes[node.inputs[0]], shape.isTrainable(node.operation) else {
                let found = shapes[node.inputs[0]].map { "[\($0)]" } ?? "an unknown shape"
                throw .unsupported(
                    node: node.name, operation: node.operation.name,
                    reason: "Pare has its gradient over [N, C, H, W] and [N, C, L] only, and it reads \(found)")
            }
            guard case .batchNormalization = node.operation else { continue }
            guard node.inputs.dropFirst(3).allSatisfy({ parameters[$0] != nil }) else {
                throw .unsupported(node: node.name, operation: node.operation.name, reason: "its statistics are computed")
            }
            guard shape.count > shape[1] else {
                throw .shape(node: node.name, expected: "more than one value a channel", actual: "[\(shape)]")
            }
        }
    }
}

extension Network {
    /// Why the network can't be trained, as far as its graph tells; nil where nothing stands in the way. Cost: O(nodes).
    public var trainingRefusal: KernelError? {
        do throws(KernelError) {
            let plan = try StagePlanner.plan(self, batchSize: batch(2), keepsDropout: true)
            try checkTraining(of: plan.stages.flatMap(\.nodes).sorted(), (try? shapes(batch: batch(2))) ?? [:])
            return nil
        } catch { return error }
    }
}

extension Operation {
    /// Whether a training can pass its gradient on.
    public var isTrainable: Bool {
        switch self {
        case .unary(let function): function.hasDerivative
        case .resize(let resize): resize.mode == .nearest && resize.coordinates != .cropped
        case .reduction(let reduction): [.mean, .sum, .maximum, .minimum].contains(reduction.function)
        case .convolution, .gemm, .matrixMultiplication, .add, .maxPool, .averagePool, .globalAveragePool, .flatten, .reshape,
            .squeeze, .unsqueeze, .softmax, .identity, .dropout, .batchNormalization, .concatenation, .activation, .transpose,
            .slice, .gather, .expand, .tile, .pad, .depthToSpace, .spaceToDepth, .globalMaxPool, .logSoftmax, .layerNormalization,
            .recurrence, .recurrencePart:
            true
        default: false
        }
    }
}

extension Shape {
    /// Windows have gradients over one axis and over images, products over matrices and stacks of them.
    fileprivate func isTrainable(_ operation: Operation) -> Bool {
        switch operation {
        case .convolution, .maxPool, .averagePool, .globalAveragePool, .globalMaxPool: rank == 3 || rank == 4
        case .matrixMultiplication: rank >= 2
        default: true
        }
    }
}
