import Compression
import Networks
import Tensors

extension Applied {
    /// The same with +0 for each value −0, as files hold it. Cost: O(n).
    public var withoutNegativeZeros: Applied {
        var base = base
        let expanded = base.expandedNames
        for (name, parameter) in base.parameters where !expanded.contains(name) {
            base.parameters[name]?.values = parameter.values.withoutNegativeZeros
        }
        return Applied(base: base, layers: layers.map(\.withoutNegativeZeros), plan: plan, edits: edits, opened: opened)
    }

    /// How many values were −0 before anything was applied. Cost: O(n).
    var negativeZeroCount: Int { base.parameters.values.reduce(0) { $0 + $1.values.negativeZeroCount } }

    /// Ways of writing that the plan chooses, by weight.
    public var codings: [String: WeightCoding] { (try? plan.resolved(for: base.layers))?.codings ?? [:] }

    /// What a parameter was stored as when the network was opened.
    func storedType(of parameter: String) -> ElementType? { base.parameters[parameter]?.values.elementType }

    /// Bytes of the parameters as the network came, where that is less than as float32; nil of other networks.
    var cameByteCount: Int? { opened.stored < opened.float32 ? opened.stored : nil }

    /// The weights of each layer as levels, by the parameters that hold them; factors that stay floats are left out.
    var stored: [String: StoredWeights] {
        let parameters = layers.flatMap { layer in layer.weightParameters.map { ($0, self.stored($0)) } }
        return Dictionary(parameters) { first, _ in first }.compactMapValues(\.self)
    }

    /// Whether weights are exactly 0, or few values are shared, which a file of floats does not gain by.
    var hasZerosOrFewValues: Bool {
        layers.contains { layer in
            let isFloat = layer.summary.codebook.isEmpty && layer.summary.scales.isEmpty
            return !isFloat || layer.summary.sparsity >= GivenStructure.prunedShare
        }
    }
}
