import CKernels
import Tensors

/// Weights on a lattice of fixed step: at each step of training the level that error and price choose, straight through backward.
///
/// Prices hold for an epoch. With fixed assignments they are those of the start, and what was 0 there stays 0, as if pruned; otherwise they
/// are found again from the levels after each epoch, and what is 0 takes gradients and may come back. `fisher` weighs the squared error of a
/// weight by its share of the Fisher information (the mean of squared gradients, Choi, El-Khamy and Lee 2017).
struct LatticeWeights: TrainedRepresentation {
    let lattice: LatticeQuantization
    let assignment: SharedAssignment
    let choice: LatticeChoice
    /// Σ of squared gradients since the last choice of prices.
    private let information: FloatMemory?
    /// The information of the epoch before over its mean, a tenth at least; nil before there is any.
    private var importance: FloatMemory?
    private let scratch: FloatMemory

    /// Levels and prices as a plan finds them.
    init(_ lattice: LatticeQuantization, assignment: SharedAssignment, context: TrainedContext) {
        self.init(lattice, assignment: assignment, context: context, start: nil)
    }

    /// Goes on with levels on the lattice instead of choosing again.
    init(_ lattice: LatticeQuantization, assignment: SharedAssignment, context: TrainedContext, start: [Int32]?) {
        self.lattice = lattice
        self.assignment = assignment
        choice = LatticeChoice(lattice, layout: context.layout, deviation: context.deviation)
        let count = context.shadow.count
        scratch = FloatMemory(repeatElement(0, count: count))
        information = assignment == .fisher ? FloatMemory(repeatElement(0, count: count)) : nil
        if let start {
            choice.take(start)
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
        context.copyKept(into: scratch.floats)
        choice.choose(scratch.floats, 0..<effective.count, importance: importance, into: effective)
    }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        if let information { pare_add_squares(gradient.baseAddress, gradient.count, information.floats.baseAddress) }
        guard assignment == .fixed, let prices = choice.otherPrices else { return }
        for index in gradient.indices where prices[index] == .infinity { gradient[index] = 0 }
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
        return kept
    }

    /// Goes on from what ``settings`` kept.
    init(
        _ lattice: LatticeQuantization, assignment: SharedAssignment, context: TrainedContext, kept: KeptBuffers
    ) throws(BufferError) {
        self.init(lattice, assignment: assignment, context: context)
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
