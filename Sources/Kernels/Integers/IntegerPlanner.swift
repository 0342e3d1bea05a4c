import Networks
import Tensors

/// Levels 0…2^bits − 1 from 0 to a clip, a parameter.
struct LevelGrid: Hashable {
    var clip: String
    var bits: Int

    /// The largest level.
    var largest: Int { (1 << bits) - 1 }
}

/// Which stages work on whole numbers, by index.
struct IntegerChoice: Hashable {
    /// Layers that sum integers.
    var layers: Set<Int> = []
    /// Stages that leave levels of 8 bits: quantizers and maxima between them and those layers, and layers and sums that such a quantizer alone reads.
    var levels: Set<Int> = []

    /// How a stage is computed, where it is otherwise than in float32.
    func arithmetic(of stage: Int) -> StageArithmetic? {
        layers.contains(stage) ? .integers : levels.contains(stage) ? .levels : nil
    }
}

/// Finds the layers that could be computed by integers, and chooses among them.
///
/// A layer could be where a quantizer without a sign made what it reads, a window maximum or another shape between them. Then
/// y = Σ level · multiple · (clip / largest level · step) + bias, the sum in 32 bits.
struct IntegerPlanner {
    /// A layer and what it reads.
    struct Candidate {
        var stage: Int
        var grid: LevelGrid
        /// The quantizer and the maxima behind it.
        var makers: [Int]
        /// Products of one sum.
        var depth: Int
        /// Input channels of one sum.
        var channels: Int
        var isProduct: Bool
    }

    /// Weights as multiples of steps.
    enum Weights: Hashable {
        case multiples(lowest: Int, highest: Int)
        /// They are none of the steps that were named, or there are too many.
        case none
    }

    private let plan: StagePlan
    /// By weight.
    let candidates: [String: Candidate]
    /// By weight, of layers that are no candidates.
    private let obstacles: [String: LayerArithmetic.Obstacle]

    init(_ plan: StagePlan) {
        self.plan = plan
        var (candidates, obstacles): ([String: Candidate], [String: LayerArithmetic.Obstacle]) = ([:], [:])
        for (index, stage) in plan.stages.enumerated() {
            guard let weight = stage.weight else { continue }
            guard let depth = stage.integerDepth, stage.operands[1].name == weight, case .value(let value, let shape) = stage.operands[0]
            else {
                obstacles[weight] = .form
                continue
            }
            let made = plan.values[value].shape
            guard let (grid, makers) = plan.grid(behind: value), shape == made || (made.rank == 4 && shape.rank == 2) else {
                obstacles[weight] = .input
                continue
            }
            candidates[weight] = Candidate(
                stage: index, grid: grid, makers: makers, depth: depth.products, channels: depth.channels, isProduct: depth.isProduct)
        }
        (self.candidates, self.obstacles) = (candidates, obstacles)
    }

    /// Whether something is said of the weights: they are a layer's.
    func isLayer(_ weight: String) -> Bool { candidates[weight] != nil || obstacles[weight] != nil }

    /// A parameter as multiples of its steps. Cost: O(weights).
    func multiples(_ values: Tensor, _ steps: [Float], _ weight: String) -> Weights {
        guard let candidate = candidates[weight] else { return .none }
        let form = IntegerWeights.Form(shape: values.shape, hasColumns: plan.stages[candidate.stage].hasColumns)
        return IntegerWeights.multiples(values, steps, form).map { .multiples(lowest: $0.range.lowerBound, highest: $0.range.upperBound) }
            ?? .none
    }

    /// The stages that use integers, and what is to be said of each layer whose weights have steps.
    ///
    /// - Parameters:
    ///   - weights: Those with steps, by name.
    ///   - listed: Those that lists of what is left of them are faster for.
    ///   - clips: Values of parameters that are clips, by name.
    func choice(
        _ arithmetic: Arithmetic, weights: [String: Weights], listed: Set<String> = [], clips: (String) -> Float?
    ) -> (choice: IntegerChoice, layers: [LayerArithmetic]) {
        var (choice, layers) = (IntegerChoice(), [LayerArithmetic]())
        for (weight, form) in weights.sorted(by: { $0.key < $1.key }) {
            let obstacle = obstacle(of: weight, form, arithmetic, clips) ?? (listed.contains(weight) ? .lists : nil)
            layers.append(LayerArithmetic(weight: weight, obstacle: obstacle))
            guard obstacle == nil, let candidate = candidates[weight] else { continue }
            choice.layers.insert(candidate.stage)
            choice.levels.formUnion(candidate.makers)
        }
        choice.levels.formUnion(joined(choice))
        return (choice, layers)
    }

    private func obstacle(
        of weight: String, _ form: Weights, _ arithmetic: Arithmetic, _ clips: (String) -> Float?
    ) -> LayerArithmetic.Obstacle? {
        guard let candidate = candidates[weight] else { return obstacles[weight] ?? .form }
        guard case .multiples(let lowest, let highest) = form else { return .steps }
        if let obstacle = candidate.obstacle(lowest, highest) { return obstacle }
        guard let clip = clips(candidate.grid.clip), clip > 0, clip.isFinite else { return .clip }
        switch arithmetic {
        case .simulated: return .notAsked
        case .integer: return nil
        // Fewer channels leave most of a vector of bytes empty.
        case .auto: return candidate.channels >= 4 ? nil : .slower
        }
    }

    /// The chosen layers, and sums, whose result nothing but a quantizer reads that leaves levels: they leave the levels themselves.
    private func joined(_ choice: IntegerChoice) -> [Int] {
        var readers: [Int: [Int]] = [:]
        for (index, stage) in plan.stages.enumerated() {
            for case .value(let value, _) in stage.operands { readers[value, default: []].append(index) }
        }
        if case .value(let value, _) = plan.output { readers[value, default: []].append(plan.stages.count) }
        return plan.stages.indices.filter { index in
            let stage = plan.stages[index]
            guard choice.layers.contains(index) || isSum(stage), stage.pooling == nil, stage.chain.isEmpty,
                stage.activation == nil || stage.activation == .relu, let only = readers[stage.output],
                only.count == 1, choice.levels.contains(only[0]), case .activation = plan.stages[only[0]].operation
            else { return false }
            return true
        }
    }

    /// Whether it adds two computed values of one shape.
    private func isSum(_ stage: PlannedStage) -> Bool {
        guard stage.operation == .add || stage.operation == .variadic(.sum), stage.operands.count == 2 else { return false }
        return stage.operands.allSatisfy { operand in
            if case .value(_, let shape) = operand { shape == plan.values[stage.output].shape } else { false }
        }
    }

    /// The weights that a stage of the choice reads.
    func weight(at stage: Int) -> String? { plan.stages[stage].weight }
}

extension IntegerPlanner.Candidate {
    /// Why weights of so many steps would not give the integer sum on this processor.
    fileprivate func obstacle(_ lowest: Int, _ highest: Int) -> LayerArithmetic.Obstacle? {
        guard lowest >= -128, highest <= 127 else { return .range(lowest: lowest, highest: highest) }
        let largest = max(-lowest, highest)
        guard largest * grid.largest * depth <= Int(Int32.max) else { return .sums }
        if KernelLibrary.sumsBytes(products: isProduct) { return nil }
        return 2 * largest * grid.largest <= Int(Int16.max) ? nil : .pairs(weight: largest, input: grid.largest)
    }
}

extension StagePlan {
    /// The levels that a value was made by, and the stages that hand them on; nil where it may be other numbers.
    fileprivate func grid(behind value: Int) -> (LevelGrid, [Int])? {
        let maker = values[value].producer
        guard maker >= 0 else { return nil }
        let stage = stages[maker]
        guard stage.activation == nil || stage.activation == .relu, [2, 4].contains(values[value].shape.rank) else { return nil }
        switch stage.operation {
        case .activation(let quantizer):
            guard case .clipped(let bits) = quantizer.kind, bits <= 8, stage.operands.count == 2,
                case .parameter(let clip, _) = stage.operands[1]
            else { return nil }
            return (LevelGrid(clip: clip, bits: bits), [maker])
        case .maxPool(let settings) where settings.kernel.count == 2:
            guard case .value(let source, let shape) = stage.operands[0], shape == values[source].shape,
                let (grid, makers) = grid(behind: source)
            else { return nil }
            return (grid, makers + [maker])
        default: return nil
        }
    }
}

extension PlannedStage {
    /// Whether an output channel is a column of the weights.
    fileprivate var hasColumns: Bool {
        switch operation {
        case .gemm(let settings): !settings.transposeB
        case .matrixMultiplication: true
        default: false
        }
    }

    /// Products and input channels of one sum of a layer that has a form in integers; nil of others.
    fileprivate var integerDepth: (products: Int, channels: Int, isProduct: Bool)? {
        guard operands.count > 1, case .value = operands[0], case .parameter(_, let weights) = operands[1] else { return nil }
        switch operation {
        case .convolution(let settings) where settings.kernel.count == 2 && operands[0].shape.rank == 4:
            if operands.count > 2, case .value = operands[2] { return nil }
            return (weights.rowCount, weights[1], false)
        case .gemm(let settings) where !settings.transposeA && weights.rank == 2 && operands[0].shape.rank == 2:
            let units = settings.transposeB ? weights[0] : weights[1]
            guard (operands.count > 2 ? operands[2] : nil).isRow(of: units) else { return nil }
            return (weights.count / max(1, units), weights.count / max(1, units), true)
        case .matrixMultiplication where weights.rank == 2 && operands[0].shape.rank == 2:
            return (weights[0], weights[0], true)
        default: return nil
        }
    }
}
