import Networks

/// Terms of the loss that go by groups of weights: with them whole structures become small together.
public struct StructurePenalty: Codable, Hashable, Sendable {
    public enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
        /// λ · Σ_g ‖w_g‖₂ (group lasso; Yuan and Lin, 2006).
        case lasso
        /// λ / var_g ‖w_g‖₂, over n − 1: some groups become large and others small (Torfi and others, 2018).
        case variance
    }

    public var kind: Kind
    /// By weight parameter.
    public var terms: [String: [StructureTerm]]
    /// After each batch groups become zero of which this is at most λ; nil leaves them small.
    public var zeros: GroupMeasure?
    /// Whether what is zero after the last batch of the last epoch stays so.
    public var keepsZeros: Bool

    public init(kind: Kind, terms: [String: [StructureTerm]], zeros: GroupMeasure? = nil, keepsZeros: Bool = false) {
        (self.kind, self.terms, self.zeros, self.keepsZeros) = (kind, terms, zeros, keepsZeros)
    }
}

/// A number for the groups of one kind in the weights of a layer: the strength of a term, or a limit.
public struct StructureTerm: Codable, Hashable, Sendable {
    public var structure: WeightStructure
    public var value: Double

    public init(_ structure: WeightStructure, _ value: Double) { (self.structure, self.value) = (structure, value) }
}

/// Into which groups the weights of a layer are cut.
public enum WeightStructure: String, CaseIterable, Codable, Hashable, Sendable {
    /// Each weight by itself.
    case elements
    /// The window of a convolution from one input channel to one output.
    case kernels
    /// What makes an output channel or unit.
    case filters
    /// What reads an input channel.
    case inputs
    /// All weights.
    case layer
}

/// What of a group is held against a limit.
public enum GroupMeasure: String, CaseIterable, Codable, Hashable, Sendable {
    /// Mean |w|.
    case mean
    /// Largest |w|.
    case largest
}

/// The groups of one kind in a layer: weight i belongs to group (i / stride) mod count.
public struct StructureGroups: Sendable {
    public let stride: Int
    public let count: Int

    /// Nil where the layer has no such groups.
    public init?(_ structure: WeightStructure, of layer: Layer) {
        let shape = layer.shape
        switch structure {
        case .elements: (stride, count) = (1, layer.count)
        case .kernels:
            guard layer.isConvolution, shape.rank > 2 else { return nil }
            let window = shape.dimensions.dropFirst(2).reduce(1, *)
            (stride, count) = (window, layer.count / max(1, window))
        case .filters, .inputs:
            guard shape.rank > 1 else { return nil }
            let axis = layer.axis(structure == .filters ? .outputs : .inputs)
            (stride, count) = (shape.dimensions.dropFirst(axis + 1).reduce(1, *), shape[axis])
        case .layer: (stride, count) = (max(1, layer.count), 1)
        }
    }

    @inline(__always)
    func group(of index: Int) -> Int { index / stride % count }
}
