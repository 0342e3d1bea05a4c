import Networks
import Tensors

/// Factors that are trained instead of the weights, by the gradient of each part (``FactorProduct/backward(_:into:)``).
///
/// Each is a layer of its own, with the mask, codes and scales that its plan gives it; the product is that of what they are evaluated as. What the rank left
/// out of the float weights stays beside them, so that another plan starts from the whole.
struct FactorWeights: TrainedRepresentation {
    private let factorization: Factorization
    private let weights: WeightGeometry
    /// From right to left.
    private let parts: [TrainedLayer]
    /// What the parts are evaluated as.
    private let effective: [FloatMemory]
    /// Float weights − product of the float parts, as it was when the factors were found.
    private let rest: FloatMemory
    private let gradients: [FloatMemory]

    var vectors: [TrainableVector] { parts.reversed().flatMap(\.vectors) }
    var movesShadow: Bool { false }
    var hasLevels: Bool { false }

    /// The nearest product of the kept weights; their projection where the plan asks for that and the outputs are known.
    init(_ lowRank: LowRank, _ context: TrainedContext, _ options: TrainedOptions) {
        let (weights, masked) = (context.layout.geometry, context.masked())
        let factorization = lowRank.factorization(of: weights)
        defer { withExtendedLifetime(masked) {} }
        let found = NearestFactors(
            UnsafeBufferPointer(masked.floats), factorization, of: weights, outputs: lowRank.weighting == .outputs ? context.outputs : nil,
            outputsAreColumns: context.layout.isTransposed, blocks: WeightBlocks { false })
        let shapes = factorization.parts(of: weights)
        let values = found?.factors.parts.map(\.floats) ?? shapes.map { Array(repeating: 0, count: $0.shape.count) }
        let parts = zip(shapes, values).map { TrainedLayer($0, of: context, values: $1, options) }
        self.init(factorization, parts, rest: nil, context)
    }

    /// Those of a state as they are.
    init(_ state: CompressedLayer, _ factors: Factors, _ context: TrainedContext, _ options: TrainedOptions) {
        let shapes = factors.factorization.parts(of: factors.weights)
        let (known, made) = (state.trainedParts, state.parts)
        let parts = shapes.indices.map { place in
            let trained = known?.count == shapes.count ? known?[place] : nil
            let part = TrainedLayer(shapes[place], of: context, values: factors.parts[place].floats, trained: trained, options)
            if made.indices.contains(place) { part.takeCodebook(of: made[place]) }
            return part
        }
        self.init(factors.factorization, parts, rest: nil, context)
    }

    /// Goes on from what was kept.
    init(_ lowRank: LowRank, _ kept: KeptBuffers, _ context: TrainedContext, _ options: TrainedOptions) throws(BufferError) {
        let factorization = lowRank.factorization(of: context.layout.geometry)
        var parts: [TrainedLayer] = []
        for part in factorization.parts(of: context.layout.geometry) {
            parts.append(try TrainedLayer(part, of: context, kept, options))
        }
        self.init(factorization, parts, rest: try kept.floats("rest", count: context.shadow.count), context)
    }

    private init(_ factorization: Factorization, _ parts: [TrainedLayer], rest: [Float]?, _ context: TrainedContext) {
        (self.factorization, weights, self.parts) = (factorization, context.layout.geometry, parts)
        gradients = parts.map { FloatMemory(repeatElement(0, count: $0.layer.count)) }
        effective = parts.map { FloatMemory(repeatElement(0, count: $0.layer.count)) }
        self.rest = FloatMemory(rest ?? Array(context.shadow))
        evaluate()
        guard rest == nil else { return }
        let product = FloatMemory(context.shadow)
        defer { withExtendedLifetime(product) {} }
        multiplyFloats(into: product.floats)
        for index in product.floats.indices { self.rest.floats[index] -= product.floats[index] }
    }

    private func evaluate() { for (part, values) in zip(parts, effective) { part.writeEffective(into: values.floats) } }

    private func product(of parts: [FloatMemory]) -> FactorProduct {
        FactorProduct(factorization: factorization, weights: weights, parts: parts.map { UnsafeBufferPointer($0.floats) })
    }

    /// Writes the product of the parts' float values.
    private func multiplyFloats(into values: UnsafeMutableBufferPointer<Float>) {
        let floats = parts.map { FloatMemory($0.floats.floats) }
        defer { withExtendedLifetime(floats) {} }
        _ = product(of: floats).multiply(into: values)
    }

    func renew(_ context: TrainedContext) { for part in parts { part.renew() } }

    func write(_ context: TrainedContext, into values: UnsafeMutableBufferPointer<Float>) {
        evaluate()
        _ = product(of: effective).multiply(into: values)
    }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        product(of: effective).backward(gradient, into: gradients.map(\.floats))
        for (part, slope) in zip(parts, gradients) { part.receive(slope.floats) }
    }

    func floats(_ context: TrainedContext, into values: UnsafeMutableBufferPointer<Float>) {
        multiplyFloats(into: values)
        for index in values.indices { values[index] += rest.floats[index] }
    }
}

extension FactorWeights {
    /// The same numbers under other plans of the parts.
    func adopting(_ context: TrainedContext, _ options: TrainedOptions) -> FactorWeights {
        let parts = zip(factorization.parts(of: weights), parts).map { part, old in
            context.plan.plan(of: part.side) == old.plan ? old : TrainedLayer(part, of: context, values: old.floats.floats, options)
        }
        return FactorWeights(factorization, parts, rest: Array(rest.floats), context)
    }

    private var areFloats: Bool { parts.allSatisfy { $0.plan == .unchanged } }

    /// What a state keeps of parts with plans; nil where all are floats.
    var kept: [TrainedPart]? { areFloats ? nil : parts.map { TrainedPart($0) } }

    /// What is kept of a part with a plan stands behind its side: `left/mask`.
    var settings: [String: Tensor] {
        parts.filter { $0.plan != .unchanged }.reduce(into: ["rest": rest.tensor]) { settings, part in
            let side = part.layer.part?.side.rawValue ?? ""
            for (name, tensor) in part.buffers where !name.hasPrefix("shadow/") { settings["\(side)/\(name)"] = tensor }
            settings["\(side)/figures"] = Tensor(doubles: [part.deviation, part.threshold])
        }
    }

    func coded(_ values: CodeBuffers, _ context: TrainedContext) -> CodedValues {
        let errors = errors(values.values)
        var (kept, all) = (0.0, 0.0)
        for (index, error) in errors.enumerated() {
            let square = Double(error) * Double(error)
            all += square
            if context.isKept(index) { kept += square }
        }
        let made = parts.compactMap(\.compressedPart)
        let isWhole = made.count == parts.count
        let floats = effective.map(\.tensor)
        let factors =
            isWhole
            ? Factors(factorization, of: weights, parts: made.map(\.layer)) : Factors(factorization, of: weights, parts: floats)
        var coded = FactorCoder.coded(factors, squaredError: kept)
        coded.parts = isWhole ? made : []
        coded.wholeSquaredError = all
        return coded
    }

    /// Float weights − what is evaluated.
    private func errors(_ effective: UnsafeMutableBufferPointer<Float>) -> [Float] {
        if areFloats { return Array(rest.floats) }
        let product = FloatMemory(effective)
        defer { withExtendedLifetime(product) {} }
        multiplyFloats(into: product.floats)
        return effective.indices.map { product.floats[$0] + rest.floats[$0] - effective[$0] }
    }
}

extension TrainedLayer {
    /// A factor as it was kept; throws where a buffer that its plan needs is missing.
    fileprivate convenience init(
        _ part: FactorPart, of context: TrainedContext, _ kept: KeptBuffers, _ options: TrainedOptions
    ) throws(BufferError) {
        let (side, plan) = (part.side.rawValue, context.plan.plan(of: part.side))
        guard plan != .unchanged else {
            self.init(part, of: context, values: try kept.floats(side, count: part.shape.count), options)
            return
        }
        var own: [String: Tensor] = [:]
        for (name, tensor) in kept.tensors where name.hasPrefix("\(side)/") { own[String(name.dropFirst(side.count + 1))] = tensor }
        let buffers = KeptBuffers(tensors: own)
        let figures = try buffers.doubles("figures", count: 2)
        let floats = try buffers.floats("shadow", count: part.shape.count)
        var trained = TrainedPart(floats: floats, deviation: figures[0], threshold: figures[1])
        trained.mask = try own["mask"] == nil ? nil : buffers.bytes("mask", count: part.shape.count, below: 2)
        self.init(part, of: context, values: trained.floats, trained: trained, options)
        try restore(own, plan: plan, threshold: trained.threshold, movesPruned: false)
    }
}

extension Tensor {
    /// The bits of numbers as bytes.
    fileprivate init(doubles: [Double]) {
        let bytes = doubles.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) } }
        self = ByteMemory(bytes).tensor
    }
}

extension KeptBuffers {
    /// From their bits.
    fileprivate func doubles(_ name: String, count: Int) throws(BufferError) -> [Double] {
        let bytes = try bytes(name, count: 8 * count, below: 256)
        return (0..<count).map { place in
            Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[8 * place + $1]) << (8 * UInt64($1)) })
        }
    }
}
