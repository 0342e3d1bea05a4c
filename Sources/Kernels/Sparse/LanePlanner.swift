import Networks
import Tensors

/// Which stages work on images side by side, with lists of their weights, and which on whole numbers.
struct LaneChoice: Hashable {
    /// Images side by side: 8 or 16.
    var lanes: Int
    /// By stage; empty where none does.
    var stages: [Bool] = []
    /// Which stages work on whole numbers.
    var integers = IntegerChoice()

    /// Past the last stage none does.
    func usesLanes(_ stage: Int) -> Bool { stages.indices.contains(stage) && stages[stage] }
}

/// Chooses the stages that work on images side by side, so that the modelled time of the whole network is least: a minimum cut, where stages
/// cost what they cost one way or the other, and a value that is made one way and read the other costs the reorder.
///
/// The choice depends on shapes, on how many weights are no zeros, and on the instruction set.
struct LanePlanner {
    private enum Role {
        /// Only by oneDNN.
        case fixed
        /// Either way at the same cost.
        case free
        case convolution(SparseCost, weights: String)
        /// Reads rows or lanes, makes rows.
        case product(SparseCost, weights: String)

        var isFixed: Bool { if case .fixed = self { true } else { false } }
    }

    let lanes: Int
    private let plan: StagePlan
    private let rates: KernelRates
    private let roles: [Role]

    /// Nil where no stage could do it on this processor.
    init?(_ plan: StagePlan) {
        guard let rates = KernelRates.current, plan.batchSize >= rates.lanes / 2 else { return nil }
        (self.plan, self.rates) = (plan, rates)
        lanes = rates.lanes
        let first = plan.stages.firstIndex { $0.weight != nil } ?? plan.stages.count
        roles = plan.stages.enumerated().map { index, stage in index < first ? .fixed : Self.role(stage, plan, rates) }
        guard !weights.isEmpty else { return nil }
    }

    /// The stages that can be run by lists of their weights.
    var listable: [Bool] {
        roles.map { role in
            switch role {
            case .convolution, .product: true
            case .fixed, .free: false
            }
        }
    }

    /// The parameters whose zeros count.
    var weights: Set<String> {
        roles.reduce(into: []) { names, role in
            switch role {
            case .convolution(_, let name), .product(_, let name): names.insert(name)
            case .fixed, .free: break
            }
        }
    }

    private static func role(_ stage: PlannedStage, _ plan: StagePlan, _ rates: KernelRates) -> Role {
        let output = plan.values[stage.output].shape
        let isPlain = stage.activation == nil || stage.activation == .relu
        guard output.rank == 4 else { return isPlain ? product(stage, output, rates) : .fixed }
        let operands = stage.operands.filter { if case .value = $0 { true } else { false } }
        let areImages = operands.allSatisfy { $0.shape.rank == 4 && isMade($0, plan) }
        switch stage.operation {
        case .convolution(let settings) where settings.kernel.count == 2 && isPlain && areImages:
            guard case .parameter(let name, _) = stage.operands[1], operands.count == 1 else { return .fixed }
            let images = stage.pooling?.images ?? output
            return .convolution(SparseCost(settings, input: stage.operands[0].shape, output: images, rates), weights: name)
        case .maxPool(let settings) where settings.kernel.count == 2 && areImages: return .free
        case .unary(let function) where function.steps != nil && areImages: return .free
        case .identity where areImages: return .free
        case .binary(let function) where function.primitive != nil && areImages && operands.count == 2:
            return operands.allSatisfy { $0.shape == output } ? .free : .fixed
        default: return .fixed
        }
    }

    private static func isMade(_ operand: Operand, _ plan: StagePlan) -> Bool {
        guard case .value(let value, let shape) = operand else { return false }
        return plan.values[value].shape == shape
    }

    private static func product(_ stage: PlannedStage, _ output: Shape, _ rates: KernelRates) -> Role {
        guard output.rank == 2, stage.operands.count > 1, case .value(_, let shape) = stage.operands[0], shape.rank == 2,
            case .parameter(let name, let weights) = stage.operands[1], weights.rank == 2
        else { return .fixed }
        switch stage.operation {
        case .gemm(let settings):
            let bias = stage.operands.count > 2 ? stage.operands[2] : nil
            guard !settings.transposeA, bias.isRow(of: output[1]) else { return .fixed }
        case .matrixMultiplication where stage.bias == nil || stage.bias.isRow(of: output[1]): break
        default: return .fixed
        }
        return .product(SparseCost(images: output[0], depth: shape[1], units: output[1], rates), weights: name)
    }

    /// The cheapest way to run weights of which so many are no zeros, where some stages could work on whole numbers: those keep to that where `isKept`,
    /// else they do unless lists are faster; what stands between them does as they do. Cost: that of a small flow problem.
    func choice(nonzeros: [String: Int], beside whole: IntegerChoice = IntegerChoice(), isKept: Bool = true) -> LaneChoice {
        var cut = MinimumCut(count: roles.count + 1)
        // The last node stands for what is always in rows: the input, products and the logits.
        cut.add(node: roles.count, first: 0, second: MinimumCut.never)
        for (index, role) in roles.enumerated() {
            switch role {
            case .fixed: cut.add(node: index, first: 0, second: MinimumCut.never)
            case .free where whole.levels.contains(index): cut.add(node: index, first: 0, second: MinimumCut.never)
            case .convolution(let cost, _) where isKept && whole.layers.contains(index),
                .product(let cost, _) where isKept && whole.layers.contains(index):
                cut.add(node: index, first: cost.whole, second: MinimumCut.never)
            case .free: cut.add(node: index, first: 0, second: 0)
            case .convolution(let cost, let name), .product(let cost, let name):
                let count = nonzeros[name] ?? .max
                let first = whole.layers.contains(index) ? cost.whole : cost.dense
                cut.add(node: index, first: first, second: count == .max ? MinimumCut.never : cost.sparse(nonzeros: count))
            }
            addReads(of: index, role, to: &cut)
        }
        if case .value(let value, let shape) = plan.output { addRead(of: value, shape, by: roles.count, &cut) }
        let stages = cut.seconds().dropLast()
        return LaneChoice(lanes: lanes, stages: stages.contains(true) ? Array(stages) : [])
    }

    private func addReads(of stage: Int, _ role: Role, to cut: inout MinimumCut) {
        for case .value(let value, let shape) in plan.stages[stage].operands {
            if case .product = role, isRows(value) { continue }
            addRead(of: value, shape, by: stage, &cut)
        }
    }

    /// Whether a value is one that always lies in rows.
    private func isRows(_ value: Int) -> Bool { maker(value) == roles.count }

    private func maker(_ value: Int) -> Int {
        let stage = plan.values[value].producer
        guard stage >= 0 else { return roles.count }
        if case .product = roles[stage] { return roles.count }
        return stage
    }

    private func addRead(of value: Int, _ shape: Shape, by reader: Int, _ cut: inout MinimumCut) {
        let (maker, cost) = (maker(value), rates.reorder * shape.count / 1_000)
        if maker != reader { cut.add(maker, reader, cost, cost) }
    }
}
