import Networks

/// The entries of a plan that name factors: `conv2.left`, `*.left`.
struct PartEntries {
    /// By weight and side.
    private var exact: [LayerPart: CompressionPlan.Entry] = [:]
    /// By side, those before whose ending a glob stands; the longest first once they were ranked.
    private var globs: [FactorPart.Side: [(glob: Glob, entry: CompressionPlan.Entry)]] = [:]

    /// Takes in an entry where it names factors of some layer; a glob that layers have the whole name for is theirs alone.
    ///
    /// - Returns: Whether it names factors.
    mutating func take(_ entry: CompressionPlan.Entry, _ layers: [Layer], _ names: LayerNames) throws(PlanError) -> Bool {
        guard let side = FactorPart.Side.allCases.first(where: { entry.pattern.hasSuffix(".\($0.rawValue)") }) else { return false }
        let before = String(entry.pattern.dropLast(side.rawValue.count + 1))
        if let layer = names.layer(named: before) {
            try entry.plan.validatePart(entry: entry.pattern)
            if let first = exact.updateValue(entry, forKey: LayerPart(whole: layer.weight, side: side)) {
                throw .duplicateEntry(first: first.pattern, second: entry.pattern)
            }
            return true
        }
        let (glob, whole) = (Glob(before), Glob(entry.pattern))
        guard glob.isGlob, layers.contains(where: glob.matches), !layers.contains(where: whole.matches) else { return false }
        try entry.plan.validatePart(entry: entry.pattern)
        globs[side, default: []].append((glob, entry))
        return true
    }

    mutating func rank() {
        for (side, list) in globs { globs[side] = CompressionPlan.longestFirst(list) }
    }

    /// The plan of a layer with those of its factors that entries name.
    func applied(to plan: LayerPlan, of layer: Layer) -> LayerPlan {
        guard !exact.isEmpty || !globs.isEmpty else { return plan }
        var plan = plan
        for side in FactorPart.Side.allCases {
            if let own = entry(of: side, layer) { plan[side] = own.plan }
        }
        return plan
    }

    /// What a factor follows beside what the entry of its layer says.
    func entry(of side: FactorPart.Side, _ layer: Layer) -> CompressionPlan.Entry? {
        exact[LayerPart(whole: layer.weight, side: side)] ?? globs[side]?.first { $0.glob.matches(layer) }?.entry
    }
}
