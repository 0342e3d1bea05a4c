import Compression

extension PlanFile {
    /// The plan as text: entries in their order, keys always in the same one, defaults left out; reading it gives an equal plan.
    ///
    /// - Throws: `PlanFileError` for a value out of range, two entries of one name, or a name too long for a key.
    public static func text(of plan: CompressionPlan) throws(PlanFileError) -> String {
        try (["version: \(version)"] + lines(of: plan)).joined(separator: "\n") + "\n"
    }

    /// The lines after the version.
    static func lines(of plan: CompressionPlan) throws(PlanFileError) -> [String] {
        do { try plan.validate() } catch { throw PlanFileError(problem: .invalid(error)) }
        var lines = ["temperature: \(plan.temperature)"]
        if plan.lossWeights != LossWeights() {
            let weights = plan.lossWeights
            lines.append("lossWeights: {distillation: \(weights.distillation), student: \(weights.student)}")
        }
        lines.append(plan.layers.isEmpty ? "layers: {}" : "layers:")
        var seen: Set<String> = []
        for entry in plan.layers {
            guard seen.insert(entry.pattern).inserted else { throw PlanFileError(problem: .duplicateKey(entry.pattern)) }
            lines.append("  \(try Document.scalar(entry.pattern)): {\(fields(entry.plan).joined(separator: ", "))}")
        }
        return lines
    }

    private static func fields(_ plan: LayerPlan) -> [String] {
        var fields: [String] = []
        let pruning = plan.pruning
        if pruning.amount != 0 || pruning.criterion == .level { fields.append("\(pruning.criterion.rawValue): \(pruning.amount)") }
        if pruning.scope != .layer { fields.append("scope: \(pruning.scope.rawValue)") }
        if pruning.deviation != .all { fields.append("deviation: \(pruning.deviation.rawValue)") }
        if let weights = field(plan.weights) { fields.append(weights) }
        if plan.biases != .float32 { fields.append("biases: \(plan.biases.rawValue)") }
        if plan.bypass { fields.append("bypass: true") }
        if let indexBits = plan.indexBits { fields.append("indexBits: \(indexBits)") }
        if let coder = plan.coder { fields.append("coder: \(coder.name)") }
        switch plan.activations {
        case nil: break
        case .sign: fields.append("activations: sign")
        case .clipped(let bits, let clip): fields.append("activations: {bits: \(bits), clip: \(clip.rawValue)}")
        }
        return fields
    }

    private static func field(_ weights: WeightRepresentation) -> String? {
        switch weights {
        case .float32: nil
        case .float16, .bfloat16, .ternary: "weights: \(weights.name)"
        case .dorefa(let bits): "dorefa: {bits: \(bits)}"
        case .normalFloat(let group): "nf4: {group: \(group)}"
        case .lattice(let lattice): "\(lattice.name): {\(fields(lattice).joined(separator: ", "))}"
        case .binary(let scale): "binary: {scale: \(scale.rawValue)}"
        case .linear(let linear): "linear: {\(fields(linear).joined(separator: ", "))}"
        case .shared(let shared): "shared: {\(fields(shared).joined(separator: ", "))}"
        }
    }

    private static func fields(_ lattice: LatticeQuantization) -> [String] {
        var fields = ["step: \(lattice.step)", "lambda: \(lattice.lambda)"]
        if lattice.rate != .contexts { fields.append("rate: \(lattice.rate.rawValue)") }
        if let seed = lattice.dither, seed != 1 { fields.append("seed: \(seed)") }
        return fields
    }

    private static func fields(_ linear: LinearQuantization) -> [String] {
        var fields = ["bits: \(linear.bits)"]
        if !linear.isSymmetric { fields.append("symmetric: false") }
        if linear.isPerChannel { fields.append("perChannel: true") }
        if let group = linear.group { fields.append("group: \(group)") }
        switch linear.clip {
        case .meanSquaredError: break
        case .maximum: fields.append("clip: max")
        case .percentile(let percent): fields.append("clip: {percentile: \(percent)}")
        }
        return fields
    }

    private static func fields(_ shared: WeightSharing) -> [String] {
        var fields = ["bits: \(shared.bits)", "start: \(shared.start.rawValue)"]
        if shared.method != .lloyd { fields.append("method: \(shared.method.rawValue)") }
        switch shared.span {
        case nil: break
        case .channel: fields.append("perChannel: true")
        case .group(let group): fields.append("group: \(group)")
        }
        if shared.seed != 1 { fields.append("seed: \(shared.seed)") }
        return fields
    }
}
