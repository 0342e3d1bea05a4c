import Networks

/// Penalties and zeros of whole groups of weights, over the float weights that are kept.
extension TrainedLayer {
    /// What keeps norms of groups from being penalized, in words; nil where nothing does.
    public func obstacle(to term: StructureTerm, kind: StructurePenalty.Kind) -> String? {
        guard let groups = StructureGroups(term.structure, of: layer) else { return "it has no \(term.structure.rawValue)" }
        if kind == .variance, groups.count < 2 { return "one group has no variance" }
        return representation.movesShadow ? nil : "its float weights stand still under its plan; choose another assignment, or no rank"
    }

    /// Adds the gradient of a term to that of the float weights, and returns the term. Cost: O(n).
    public func addPenalty(_ kind: StructurePenalty.Kind, _ term: StructureTerm) -> Double {
        guard representation.movesShadow, let groups = StructureGroups(term.structure, of: layer), groups.count > 0,
            let slope = shadow.gradient.baseAddress
        else { return 0 }
        let norms = norms(groups)
        let (penalty, factors) =
            switch kind {
            case .lasso: (norms.reduce(0, +), norms.map { $0 > 0 ? 1 / $0 : 0 })
            case .variance: Self.variance(norms)
            }
        let values = shadow.values
        for index in values.indices where isKept(index) {
            slope[index] += Float(term.value * factors[groups.group(of: index)] * Double(values[index]))
        }
        return term.value * penalty
    }

    /// 1 / var of some norms, and of each its slope divided by the norm: −2 (n − mean) / ((G − 1) var² n). Nothing where all are alike.
    private static func variance(_ norms: [Double]) -> (Double, [Double]) {
        let mean = norms.reduce(0, +) / Double(max(1, norms.count))
        let variance = norms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, norms.count - 1))
        guard variance > 1e-12 else { return (0, norms.map { _ in 0 }) }
        let scale = -2 / (Double(norms.count - 1) * variance * variance)
        return (1 / variance, norms.map { $0 > 0 ? scale * ($0 - mean) / $0 : 0 })
    }

    private func norms(_ groups: StructureGroups) -> [Double] {
        var sums = [Double](repeating: 0, count: groups.count)
        for index in shadow.values.indices where isKept(index) {
            let value = Double(shadow.values[index])
            sums[groups.group(of: index)] += value * value
        }
        return sums.map { $0.squareRoot() }
    }

    /// Makes groups zero whose measure is at most the term's value; kept ones are masked, and stay zero. Cost: O(n).
    public func clear(_ term: StructureTerm, by measure: GroupMeasure, keeps: Bool) {
        guard let groups = StructureGroups(term.structure, of: layer), groups.count > 0 else { return }
        let values = floats.floats
        var (sums, largest) = ([Double](repeating: 0, count: groups.count), [Double](repeating: 0, count: groups.count))
        for (index, value) in values.enumerated() where isKept(index) {
            let group = groups.group(of: index)
            sums[group] += Double(value.magnitude)
            largest[group] = max(largest[group], Double(value.magnitude))
        }
        let size = Double(max(1, layer.count / groups.count))
        let isSmall = (0..<groups.count).map { (measure == .mean ? sums[$0] / size : largest[$0]) <= term.value }
        guard isSmall.contains(true) else { return }
        var mask = keptMask ?? [UInt8](repeating: 1, count: values.count)
        for index in values.indices where isSmall[groups.group(of: index)] {
            if representation.movesShadow { shadow.values[index] = 0 }
            mask[index] = 0
        }
        if keeps { take(mask, threshold: 0, as: nil) }
    }
}
