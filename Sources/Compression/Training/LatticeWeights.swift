import CKernels
import Tensors

/// Weights on a lattice: at each step of training the level that error and price choose, straight through backward.
///
/// Prices hold for an epoch. With fixed assignments they are those of the start, and what was 0 there stays 0, as if pruned; otherwise they
/// are found again from the levels after each epoch, and what is 0 takes gradients and may come back. `fisher` weighs the squared error of a
/// weight by its share of the Fisher information (the mean of squared gradients, Choi, El-Khamy and Lee 2017). Δ is the plan's, or learned
/// (Esser 2019): ∂ŵ/∂Δ = k − w/Δ, summed and divided by √n of the kept weights. A rate term of the loss is ``LatticeRate``.
struct LatticeWeights: TrainedRepresentation {
    let lattice: LatticeQuantization
    let assignment: SharedAssignment
    let choice: LatticeChoice
    let rate: LatticeRate
    let learnsStep: Bool
    /// Δ, [1].
    let steps: TrainableVector
    private let stepGradient = FloatMemory([0])
    /// Σ of squared gradients since the last choice of prices.
    private let information: FloatMemory?
    /// The information of the epoch before over its mean, a tenth at least; nil before there is any.
    private var importance: FloatMemory?
    private let scratch: FloatMemory

    var vectors: [TrainableVector] { learnsStep ? [steps] : [] }

    /// Levels and prices as a plan finds them; with `start` it goes on with levels, and with the step that they have.
    init(
        _ lattice: LatticeQuantization, _ options: TrainedOptions, context: TrainedContext, start: (levels: [Int32], step: Double?)? = nil
    ) {
        self.lattice = lattice
        assignment = options.assignment
        learnsStep = options.learnsClips
        choice = LatticeChoice(lattice, layout: context.layout, deviation: context.deviation)
        rate = LatticeRate(lattice, layout: context.layout)
        if let step = start?.step, step > 0 { choice.take(step: Float(step)) }
        steps = TrainableVector(name: context.name + "/step", values: [choice.step], decays: false)
        let count = context.shadow.count
        scratch = FloatMemory(repeatElement(0, count: count))
        information = assignment == .fisher ? FloatMemory(repeatElement(0, count: count)) : nil
        if let start {
            choice.take(start.levels)
            choice.findPrices()
        } else {
            context.copyKept(into: scratch.floats)
            for _ in 0..<LatticeCoder.rounds where lattice.lambda > 0 {
                choice.choose(scratch.floats, 0..<count)
                choice.findPrices()
            }
            choice.choose(scratch.floats, 0..<count)
        }
        if assignment == .fixed { choice.keepZeros() }
    }

    mutating func renew(_ context: TrainedContext) {
        guard assignment != .fixed else { return }
        if let information {
            importance = LatticeWeights.importance(information)
            information.floats.update(repeating: 0)
        }
        guard lattice.lambda > 0 else { return }
        context.copyKept(into: scratch.floats)
        choice.choose(scratch.floats, 0..<scratch.floats.count, importance: importance)
        choice.findPrices()
    }

    private static func importance(_ information: FloatMemory) -> FloatMemory? {
        let mean = information.floats.reduce(0.0) { $0 + Double($1) } / Double(max(1, information.floats.count))
        guard mean > 0, mean.isFinite else { return nil }
        return FloatMemory(information.floats.map { max(Float(Double($0) / mean), 0.1) })
    }

    func write(_ context: TrainedContext, into effective: UnsafeMutableBufferPointer<Float>) {
        followStep()
        context.copyKept(into: scratch.floats)
        choice.choose(scratch.floats, 0..<effective.count, importance: importance, into: effective)
    }

    private func followStep() {
        guard learnsStep else { return }
        choice.take(step: steps.values[0])
        steps.values[0] = choice.step
    }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        if let information { pare_add_squares(gradient.baseAddress, gradient.count, information.floats.baseAddress) }
        if assignment == .fixed, let prices = choice.otherPrices {
            for index in gradient.indices where prices[index] == .infinity { gradient[index] = 0 }
        }
        if learnsStep { learn(gradient) }
    }

    /// Of the weights as they were written last.
    private func learn(_ gradient: UnsafeMutableBufferPointer<Float>) {
        guard let weights = scratch.floats.baseAddress, let slopes = gradient.baseAddress else { return }
        var kept = 0
        let sum = pare_lattice_step_gradient(weights, slopes, choice.levels, gradient.count, choice.step, &kept)
        stepGradient.floats[0] = Float(sum / Double(max(1, kept)).squareRoot())
        steps.gradient = stepGradient.floats
    }

    /// Finds the prices of a rate term by the levels that the weights have now. Cost: a choice, and six passes of counting.
    func priceBits(_ context: TrainedContext) {
        followStep()
        context.copyKept(into: scratch.floats)
        choice.choose(scratch.floats, 0..<scratch.floats.count, importance: importance)
        rate.find(choice.levels, grid: choice.grid, fixed: assignment == .fixed ? choice.otherPrices : nil)
    }

    /// Adds the gradient of strength · R to that of the float weights, and of a learned step; the answer is R in bits. Cost: O(n).
    func addRate(_ strength: Double, _ context: TrainedContext, into gradient: UnsafeMutableBufferPointer<Float>) -> Double {
        if rate.prices == nil { priceBits(context) }
        context.copyKept(into: scratch.floats)
        let slopes = rate.add(strength, scratch.floats, grid: choice.grid, to: gradient.baseAddress)
        if learnsStep { stepGradient.floats[0] += Float(strength * slopes.of_step / Double(max(1, slopes.count)).squareRoot()) }
        return rate.base + slopes.bits
    }

    func coded(_ effective: CodeBuffers, _ context: TrainedContext) -> CodedValues {
        context.copyKept(into: scratch.floats)
        var tally = CodeTally(codes: 2 * LatticeQuantization.largestLevel + 1)
        choice.replace(
            CodeBuffers(values: scratch.floats, levels: effective.levels), 0..<effective.values.count, into: &tally)
        return LatticeCoder.coded(tally, choice)
    }
}

extension LatticeWeights {
    var settings: [String: Tensor] {
        var kept: [String: Tensor] = [:]
        if let prices = choice.otherPrices { kept["otherPrices"] = Tensor(shape: [prices.count], floats: prices) }
        if let prices = choice.levelPrices { kept["levelPrices"] = Tensor(shape: [prices.count], floats: prices) }
        if let information { kept["information"] = information.tensor }
        if let importance { kept["importance"] = importance.tensor }
        return kept.merging(rate.settings) { first, _ in first }
    }

    /// Goes on from what ``settings`` kept.
    init(
        _ lattice: LatticeQuantization, _ options: TrainedOptions, context: TrainedContext, kept: KeptBuffers
    ) throws(BufferError) {
        self.init(lattice, options, context: context)
        // Checkpoints of versions that did not learn it have none.
        if learnsStep, kept.tensors["step"] != nil { steps.values[0] = try kept.floats("step", count: 1)[0] }
        try rate.restore(kept, count: context.shadow.count)
        let count = context.shadow.count
        func has(_ name: String) -> Bool { kept.tensors[name] != nil }
        if has("otherPrices") || choice.otherPrices != nil { choice.otherPrices = try kept.floats("otherPrices", count: count) }
        if has("levelPrices") || choice.levelPrices != nil {
            choice.levelPrices = try kept.floats("levelPrices", count: Int(PARE_LATTICE_PRICES))
        }
        if let information { _ = information.floats.update(from: try kept.floats("information", count: count)) }
        if has("importance") { importance = FloatMemory(try kept.floats("importance", count: count)) }
    }
}
