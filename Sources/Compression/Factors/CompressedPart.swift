import Networks
import Tensors

/// A factor as its plan made it.
struct CompressedPart: Sendable {
    /// As a layer of its own.
    let layer: CompressedLayer
    /// Of the factor as it was found.
    let distribution: WeightDistribution

    init(_ layer: CompressedLayer, _ distribution: WeightDistribution) { (self.layer, self.distribution) = (layer, distribution) }

    /// Applies the plan of a factor, by the same compressor as that of a layer; nil when cancelled.
    ///
    /// - Parameters:
    ///   - whole: The layer that is the product, and its plan.
    ///   - values: The factor as it was found.
    init?(_ part: FactorPart, of whole: (layer: Layer, plan: LayerPlan), values: Tensor, search: CodeSearch, blocks: WeightBlocks) {
        let (layer, plan) = (whole.layer.layer(of: part), whole.plan.plan(of: part.side))
        guard !blocks.isCancelled(), let distribution = try? WeightDistribution(values) else { return nil }
        // Zeros of a factor are no mask that it came with.
        let given = GivenStructure(zeros: 0, count: values.count, values: [], grid: nil)
        let made = try? LayerCompressor.compress(
            layer: layer, weights: values, bias: nil, distribution: distribution, plan: plan, rule: PruningRule(plan, distribution),
            given: given, findsOptimum: search.findsOptimum, isCancelled: blocks.isCancelled)
        guard var made = made.flatMap(\.self) else { return nil }
        // Floats of a factor are all written, as they always were.
        if plan == .unchanged { made.summary.bytes = .floats(values.count) }
        self.init(made, distribution)
    }
}

extension LayerBytes {
    /// So many numbers as float32.
    static func floats(_ count: Int) -> LayerBytes {
        LayerBytes(dense: 4 * count, sparse: 4 * count, huffman: 4 * count, fillers: 0, indexBits: 0, valueBits: 32)
    }
}

extension CompressedLayer {
    /// The factors that it is the product of, as layers of their own, from right to left; empty of other layers, and of those that early versions made.
    public var parts: [CompressedLayer] {
        guard case .factors(let factors) = form, let summaries = summary.parts, summaries.count == factors.parts.count else { return [] }
        return zip(factors.factorization.parts(of: factors.weights), summaries).enumerated().map { place, part in
            var made = CompressedLayer(
                layer: layer.layer(of: part.0), weights: factors.parts[place], form: factors.forms[place], bias: nil, summary: part.1)
            if partSurvivors.count == summaries.count { made.survivors = partSurvivors[place] }
            return made
        }
    }

    /// The sorted numbers of a factor as it was found; nil where they are not known.
    public func distribution(of side: FactorPart.Side) -> WeightDistribution? {
        guard case .factors(let factors) = form, partDistributions.count == factors.parts.count else { return nil }
        let place = factors.factorization.parts(of: factors.weights).firstIndex { $0.side == side }
        return place.map { partDistributions[$0] }
    }

    /// The same with the factors of a state that was read: as they are stored, sorted, and figures where an early version kept none.
    ///
    /// Cost: O(n) of the factors.
    public func lookingAtParts(isCancelled: @escaping () -> Bool = { false }) -> CompressedLayer {
        guard case .factors(let factors) = form, partDistributions.isEmpty else { return self }
        var plan = summary.plan
        plan.parts = nil
        let found = zip(factors.factorization.parts(of: factors.weights), factors.parts).compactMap { part, values in
            CompressedPart(
                part, of: (layer, plan), values: values, search: CodeSearch(), blocks: WeightBlocks(isCancelled: isCancelled))
        }
        guard found.count == factors.parts.count else { return self }
        var result = self
        result.partDistributions = found.map(\.distribution)
        if summary.parts == nil { result.summary.parts = found.map(\.layer.summary) }
        return result
    }

    /// Takes in what became of its factors: their figures, and what they sum to.
    mutating func take(_ parts: [CompressedPart]) {
        guard !parts.isEmpty else { return }
        take(parts.map(\.layer.summary))
        partDistributions = parts.map(\.distribution)
        partSurvivors = parts.map(\.layer.survivors)
    }

    /// The same of their figures alone.
    mutating func take(_ parts: [LayerSummary]) {
        summary.parts = parts
        summary.bytes.sparse = parts.reduce(0) { $0 + $1.bytes.sparse }
        summary.bytes.huffman = parts.reduce(0) { $0 + $1.bytes.huffman }
        summary.bytes.fillers = parts.reduce(0) { $0 + $1.bytes.fillers }
        let isEstimated = parts.contains { $0.fileEstimate != nil }
        summary.fileEstimate = isEstimated ? parts.reduce(0) { $0 + $1.estimatedBytes } : nil
    }
}

extension LayerSummary {
    /// The figures of a factor; nil where there are none.
    public func part(_ side: FactorPart.Side) -> LayerSummary? { parts?.first { $0.name.hasSuffix(".\(side.rawValue)") } }

    /// The numbers that a file holds in the place of the weights, and how many of them are 0: those of the factors where these have plans.
    public var held: (count: Int, zeros: Int) {
        guard plan.partsInForce != nil, let parts, !parts.isEmpty else { return (weights, zeros) }
        return (parts.reduce(0) { $0 + $1.weights }, parts.reduce(0) { $0 + $1.zeros })
    }
}
