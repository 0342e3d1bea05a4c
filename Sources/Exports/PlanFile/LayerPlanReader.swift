import Compression
import Networks

/// Reads the entry of one name or glob.
struct LayerPlanReader {
    static let representationKeys = ["weights", "binary", "linear", "shared", "dorefa", "nf4", "entropy", "universal"]
    static let keys =
        ["ratio", "level", "scope", "deviation"] + representationKeys + ["biases", "bypass", "indexBits", "activations", "coder"]

    let entry: String

    func plan(_ mapping: DocumentMapping) throws(PlanFileError) -> LayerPlan {
        try mapping.check(known: LayerPlanReader.keys)
        var plan = LayerPlan(pruning: try pruning(mapping), weights: try weights(mapping))
        if let node = mapping["biases"] { plan.biases = try node.word(BiasRepresentation.self) }
        if let node = mapping["bypass"] { plan.bypass = try node.boolean() }
        if let node = mapping["indexBits"] { plan.indexBits = try node.wholeNumber(.indexBits, entry: entry) }
        if let node = mapping["coder"] { plan.coder = try coder(node) }
        if let node = mapping["activations"] { plan.activations = try activations(node) }
        return plan
    }

    /// `smallest`, or the name of a way of writing.
    private func coder(_ node: DocumentNode) throws(PlanFileError) -> WeightCoding? {
        let word = try node.text()
        if word == "smallest" { return nil }
        guard let coding = WeightCoding(name: word) else {
            throw node.unknown(word, among: ["smallest"] + WeightCoding.allCases.map(\.name))
        }
        return coding
    }

    /// `sign`, or bits with the origin of their clip.
    private func activations(_ node: DocumentNode) throws(PlanFileError) -> ActivationQuantization {
        guard node.node.mapping != nil else {
            guard try node.text() == "sign" else { throw node.unknown(try node.text(), among: ["sign", "{bits: 4, clip: calibrated}"]) }
            return .sign
        }
        let mapping = try DocumentMapping(node)
        try mapping.check(known: ["bits", "clip"])
        let bits = try mapping.required("bits").wholeNumber(.activationBits, entry: entry)
        return .clipped(bits: bits, clip: try mapping["clip"]?.word(ActivationQuantization.Clip.self) ?? .calibrated)
    }

    private func pruning(_ mapping: DocumentMapping) throws(PlanFileError) -> Pruning {
        var pruning = Pruning()
        if let (name, node) = try mapping.only(of: ["ratio", "level"]) {
            let isRatio = name == "ratio"
            pruning.criterion = isRatio ? .ratio : .level
            pruning.amount = try node.number(isRatio ? .ratio : .level, entry: entry)
        }
        if let node = mapping["scope"] { pruning.scope = try node.word(Pruning.Scope.self) }
        if let node = mapping["deviation"] { pruning.deviation = try node.word(Pruning.Deviation.self) }
        return pruning
    }

    private func weights(_ mapping: DocumentMapping) throws(PlanFileError) -> WeightRepresentation {
        guard let (name, node) = try mapping.only(of: LayerPlanReader.representationKeys) else { return .float32 }
        switch name {
        case "nf4":
            let mapping = try DocumentMapping(node)
            try mapping.check(known: ["group"])
            return .normalFloat(group: try mapping["group"].map { node throws(PlanFileError) in try group(node) } ?? 64)
        case "linear": return .linear(try linear(DocumentMapping(node)))
        case "shared": return .shared(try shared(DocumentMapping(node)))
        case "entropy", "universal": return .lattice(try lattice(DocumentMapping(node), isUniversal: name == "universal"))
        case "binary": return .binary(try scale(DocumentMapping(node)))
        case "dorefa":
            let mapping = try DocumentMapping(node)
            try mapping.check(known: ["bits"])
            return .dorefa(bits: try mapping.required("bits").wholeNumber(.dorefaBits, entry: entry))
        default: return try named(node)
        }
    }

    private func named(_ node: DocumentNode) throws(PlanFileError) -> WeightRepresentation {
        let choices: [(String, WeightRepresentation)] = [
            ("float32", .float32), ("float16", .float16), ("bfloat16", .bfloat16), ("ternary", .ternary),
            ("binary", .binary(.channel)),
        ]
        let word = try node.text()
        guard let choice = choices.first(where: { $0.0 == word }) else {
            throw node.unknown(word, among: choices.map(\.0))
        }
        return choice.1
    }

    private func scale(_ mapping: DocumentMapping) throws(PlanFileError) -> BinaryScale {
        try mapping.check(known: ["scale"])
        return try mapping["scale"]?.word(BinaryScale.self) ?? .channel
    }

    private func lattice(_ mapping: DocumentMapping, isUniversal: Bool) throws(PlanFileError) -> LatticeQuantization {
        try mapping.check(known: ["step", "lambda", "rate"] + (isUniversal ? ["seed"] : []))
        var lattice = LatticeQuantization(step: try mapping.required("step").number(.latticeStep, entry: entry))
        if let node = mapping["lambda"] { lattice.lambda = try node.number(.latticeLambda, entry: entry) }
        if let node = mapping["rate"] { lattice.rate = try node.word(LatticeQuantization.Rate.self) }
        if isUniversal { lattice.dither = UInt32(try mapping["seed"]?.wholeNumber(.ditherSeed, entry: entry) ?? 1) }
        return lattice
    }

    private func linear(_ mapping: DocumentMapping) throws(PlanFileError) -> LinearQuantization {
        try mapping.check(known: ["bits", "symmetric", "perChannel", "group", "clip"])
        var linear = LinearQuantization(bits: try mapping.required("bits").wholeNumber(.linearBits, entry: entry))
        if let node = mapping["symmetric"] { linear.isSymmetric = try node.boolean() }
        if let node = mapping["perChannel"] { linear.isPerChannel = try node.boolean() }
        if let node = mapping["group"] { linear.group = try group(node) }
        if let node = mapping["clip"] { linear.clip = try clip(node) }
        return linear
    }

    private func group(_ node: DocumentNode) throws(PlanFileError) -> Int {
        let group = try node.wholeNumber(.group, entry: entry)
        guard WeightGroups.sizes.contains(group) else { throw node.unknown(String(group), among: WeightGroups.sizes.map(String.init)) }
        return group
    }

    private func clip(_ node: DocumentNode) throws(PlanFileError) -> LinearQuantization.Clip {
        if node.node.mapping != nil {
            let mapping = try DocumentMapping(node)
            try mapping.check(known: ["percentile"])
            return .percentile(try mapping.required("percentile").number(.percentile, entry: entry))
        }
        switch try node.text() {
        case "mse": return .meanSquaredError
        case "max": return .maximum
        case let word: throw node.unknown(word, among: ["mse", "max", "{percentile: 99.9}"])
        }
    }

    private func shared(_ mapping: DocumentMapping) throws(PlanFileError) -> WeightSharing {
        try mapping.check(known: ["bits", "start", "method", "seed", "perChannel", "group"])
        var shared = WeightSharing(bits: try mapping.required("bits").wholeNumber(.sharedBits, entry: entry))
        if let node = mapping["start"] { shared.start = try node.word(WeightSharing.Start.self) }
        if let node = mapping["method"] { shared.method = try node.word(WeightSharing.Method.self) }
        if let node = mapping["seed"] { shared.seed = try node.seed() }
        if let node = mapping["perChannel"], try node.boolean() { shared.span = .channel }
        if let node = mapping["group"] { shared.span = .group(try group(node)) }
        return shared
    }
}
