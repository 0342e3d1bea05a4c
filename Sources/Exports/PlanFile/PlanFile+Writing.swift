import Compression

extension PlanFile {
    /// The plan as text: entries in their order, keys always in the same one, defaults left out; reading it gives an equal plan.
    ///
    /// - Throws: `PlanFileError` for a value out of range, two entries of one name, or a name too long for a key.
    public static func text(of plan: CompressionPlan) throws(PlanFileError) -> String {
        do { try plan.validate() } catch { throw PlanFileError(problem: .invalid(error)) }
        var lines = ["version: \(version)", "temperature: \(plan.temperature)"]
        if plan.lossWeights != LossWeights() {
            let weights = plan.lossWeights
            lines.append("lossWeights: {distillation: \(weights.distillation), student: \(weights.student)}")
        }
        lines.append(plan.layers.isEmpty ? "layers: {}" : "layers:")
        var seen: Set<String> = []
        for entry in plan.layers {
            guard seen.insert(entry.pattern).inserted else { throw PlanFileError(problem: .duplicateKey(entry.pattern)) }
            lines.append("  \(try key(entry.pattern)): {\(fields(entry.plan).joined(separator: ", "))}")
        }
        return lines.joined(separator: "\n") + "\n"
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
        return fields
    }

    private static func field(_ weights: WeightRepresentation) -> String? {
        switch weights {
        case .float32: nil
        case .float16, .bfloat16, .ternary: "weights: \(weights.name)"
        case .dorefa(let bits): "dorefa: {bits: \(bits)}"
        case .binary(let scale): "binary: {scale: \(scale.rawValue)}"
        case .linear(let linear): "linear: {\(fields(linear).joined(separator: ", "))}"
        case .shared(let shared): "shared: {\(fields(shared).joined(separator: ", "))}"
        }
    }

    private static func fields(_ linear: LinearQuantization) -> [String] {
        var fields = ["bits: \(linear.bits)"]
        if !linear.isSymmetric { fields.append("symmetric: false") }
        if linear.isPerChannel { fields.append("perChannel: true") }
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
        if shared.seed != 1 { fields.append("seed: \(shared.seed)") }
        return fields
    }

    /// A name as a YAML key: plain, else in single quotes, else in double quotes with escapes.
    private static func key(_ name: String) throws(PlanFileError) -> String {
        let scalars = Array(name.unicodeScalars)
        let words: Set = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        if let first = scalars.first, first.isWordStart, scalars.allSatisfy(\.isPlain), !words.contains(name.lowercased()) {
            return try short(name)
        }
        let isSafe = scalars.indices.allSatisfy { scalars[$0].isQuotable && !PlanGuard.isIndicator(at: $0, in: ["'"] + scalars, 1) }
        if isSafe { return try short("'\(name)'") }
        let escaped = scalars.map { $0.isQuotable && !"*&?\"\\".unicodeScalars.contains($0) ? String($0) : $0.escaped }
        return try short("\"\(escaped.joined())\"")
    }

    /// libyaml reads keys of at most 1,024 bytes on one line.
    private static func short(_ key: String) throws(PlanFileError) -> String {
        guard key.utf8.count <= 1_000 else { throw PlanFileError(problem: .nameTooLong(count: key.count)) }
        return key
    }
}

extension PlanGuard {
    /// Looks at `index` of a text that stands `offset` further in `scalars`.
    fileprivate static func isIndicator(at index: Int, in scalars: [Unicode.Scalar], _ offset: Int) -> Bool {
        isIndicator(at: index + offset, in: scalars)
    }
}

extension Unicode.Scalar {
    fileprivate var isWordStart: Bool { properties.isAlphabetic && isASCII || self == "_" }

    fileprivate var isPlain: Bool { isWordStart || ("0"..."9").contains(self) || "./-_".unicodeScalars.contains(self) }

    /// Printable ASCII without the apostrophe.
    fileprivate var isQuotable: Bool { (" "..."~").contains(self) && self != "'" }

    fileprivate var escaped: String { "\\U" + String(repeating: "0", count: 8 - hexadecimal.count) + hexadecimal }

    private var hexadecimal: String { String(value, radix: 16, uppercase: true) }
}
