import Networks

/// A representation of weights as the rest of the program sees it: what it is called and what its values are.
public protocol WeightForm: Sendable {
    /// What plan files and knobs know of it.
    var settings: FormSettings { get }
    /// Bits that one stored value takes before entropy coding.
    var bits: Int { get }
    /// What values the weights share.
    var table: ValueTable { get }
    /// Whether weights that pruning keeps become 0, so that zeros can't be told from the threshold alone.
    var makesZeros: Bool { get }
    /// Whether 0 is none of its codes, so that one is needed for it where zeros are stored among the others.
    var lacksZero: Bool { get }
    /// Whether a clip may cut one end of its range only.
    var cutsOneEnd: Bool { get }
    /// What there is to say of a layer's shared values, the most important first.
    func facts(of summary: LayerSummary) -> [CodeFact]
    /// Why a layer can't have it; nil where it can.
    func obstacle(in layer: Layer) -> String?
}

/// What values weights share under a representation.
public enum ValueTable: Sendable {
    /// None: each weight has its own.
    case none
    /// Centroids of k-means, one codebook for the layer.
    case centroids
    /// The same with a codebook for each channel or group.
    case cells
    /// The codes of a uniform grid.
    case grid
    /// Levels of a lattice.
    case levels
    /// The few values of a sign, a table or tanh.
    case values
}

extension WeightForm {
    /// The word used in plans, tables and reports: `linear`.
    public var name: String { settings.name }
    public var makesZeros: Bool { false }
    public var lacksZero: Bool { false }
    public var cutsOneEnd: Bool { false }
    public func obstacle(in layer: Layer) -> String? { nil }
}

extension WeightRepresentation {
    /// What the representation is, does and is called: the only place that tells one from another.
    public var form: any WeightForm { codedForm }

    /// The word used in plans, tables and reports: `float32`, `linear`, `shared`…
    public var name: String { form.name }

    /// Bits that one stored value takes before entropy coding; ternary counts 2, a lattice those of its levels within ±4 σ.
    public var bits: Int { form.bits }

    /// The row of the table of representations.
    var codedForm: any CodedForm {
        switch self {
        case .float32: FloatForm(format: .float32)
        case .float16: FloatForm(format: .float16)
        case .bfloat16: FloatForm(format: .bfloat16)
        case .linear(let linear): linear
        case .shared(let sharing): sharing
        case .ternary: TernaryForm()
        case .binary(let scale): scale
        case .dorefa(let bits): DorefaForm(bits: bits)
        case .normalFloat(let group): NormalFloatForm(group: group)
        case .lattice(let lattice): lattice
        case .factors(let rank): rank
        }
    }
}
