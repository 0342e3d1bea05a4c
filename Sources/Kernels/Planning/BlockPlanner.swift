import Networks
import Tensors

/// Chooses for AVX2 the convolutions whose channels lie in blocks of 8 and not one after another (channels last), so that the modelled time of the
/// whole network is least: a minimum cut, where a value that is made one way and read the other costs a reorder.
///
/// Blocks never fill up with zeros here: only multiples of 8 are put into them. They are faster where images are large, for then channels last runs through
/// more memory than the cache has. What only goes over images takes them as they lie. The choice depends on shapes alone.
struct BlockPlanner {
    private enum Role {
        /// Reads and makes rows, or whatever it likes: no reorder can be saved.
        case other
        /// Takes images as they lie.
        case free
        /// Channels last only.
        case last
        /// Either way; channels last take so many nanoseconds of one thread more.
        case either(Int)
        /// Reads flattened images, which are to lie channels last.
        case product
    }

    private let plan: StagePlan
    private let rates: KernelRates
    private let roles: [Role]

    /// By stage; empty where no convolution gains.
    static func choice(_ plan: StagePlan) -> [Bool] {
        guard KernelLibrary.instructionSet == "AVX2", let rates = KernelRates.current else { return [] }
        let planner = BlockPlanner(plan, rates)
        guard planner.roles.contains(where: { if case .either(let gain) = $0 { gain > 0 } else { false } }) else { return [] }
        return planner.cut()
    }

    private init(_ plan: StagePlan, _ rates: KernelRates) {
        (self.plan, self.rates) = (plan, rates)
        roles = plan.stages.map { Self.role($0, plan, rates) }
    }

    private static func role(_ stage: PlannedStage, _ plan: StagePlan, _ rates: KernelRates) -> Role {
        let output = plan.values[stage.output].shape
        switch stage.operation {
        case .gemm, .matrixMultiplication: return .product
        case .convolution(let settings) where settings.kernel.count == 2: return convolution(stage, settings, plan, rates)
        case .maxPool, .averagePool, .globalAveragePool, .batchNormalization, .concatenation, .identity:
            return output.rank == 4 ? .free : .other
        case .unary(let function): return output.rank == 4 && function.steps != nil ? .free : .other
        case .binary(let function):
            return output.rank == 4 && function.primitive != nil && stage.operands.allSatisfy { $0.shape == output } ? .free : .other
        default: return .other
        }
    }

    private static func convolution(
        _ stage: PlannedStage, _ settings: Convolution, _ plan: StagePlan, _ rates: KernelRates
    ) -> Role {
        let (input, output) = (stage.operands[0].shape, stage.pooling?.images ?? plan.values[stage.output].shape)
        guard input.rank == 4, settings.groups == 1 || settings.isDepthwise(input, output) else { return .other }
        if let pooling = stage.pooling, let layer = try? ConvolutionLayer(stage, settings, output: output),
            layer.fitsPlanes(pooling.settings, plan.values[stage.output].shape)
        {
            return .other
        }
        guard input[1].isMultiple(of: 8), output[1].isMultiple(of: 8) else { return .last }
        if settings.groups > 1 { return .either(isBeyondCache(input) ? input.count * 600 / 1_000 : 0) }
        let products = output.count * input[1] * settings.kernel.reduce(1, *)
        return .either(products / 1_000 * rates.dense / 100 * percent(input))
    }

    /// Of a convolution's time, what blocks save: measured of oneDNN 2.6 on AVX2 (Zen 4, one thread), 3 × 3 and 1 × 1, see Docs/Decisions.md.
    private static func percent(_ input: Shape) -> Int {
        if input[1] < 64 { return 0 }
        if input.count * 4 < 2 << 20 { return 3 }
        return isBeyondCache(input) ? 15 : 5
    }

    /// Whether neither an image nor the batch stays in the caches of a core.
    private static func isBeyondCache(_ input: Shape) -> Bool { input.count * 4 >= 2 << 20 && input.rowCount * 4 >= 300_000 }

    private func cut() -> [Bool] {
        var cut = MinimumCut(count: roles.count)
        for (index, role) in roles.enumerated() {
            switch role {
            case .other, .free: cut.add(node: index, first: 0, second: 0)
            case .last, .product: cut.add(node: index, first: 0, second: MinimumCut.never)
            case .either(let more): cut.add(node: index, first: more, second: 0)
            }
            if case .other = role { continue }
            for case .value(let value, let shape) in plan.stages[index].operands {
                let maker = plan.values[value].producer
                guard maker >= 0, takesPart(maker), takesPart(index) || shape.rank == 2 else { continue }
                let cost = rates.reorder * shape.count / 1_000
                cut.add(maker, index, cost, cost)
            }
        }
        return zip(roles, cut.seconds()).map { role, isSecond in if case .either = role { isSecond } else { false } }
    }

    /// Whether what a stage makes lies one way or the other.
    private func takesPart(_ stage: Int) -> Bool {
        switch roles[stage] {
        case .other, .product: false
        case .free, .last, .either: true
        }
    }
}

extension Convolution {
    /// Whether every channel has a window of its own.
    func isDepthwise(_ input: Shape, _ output: Shape) -> Bool { groups > 1 && groups == input[1] && groups == output[1] }
}
