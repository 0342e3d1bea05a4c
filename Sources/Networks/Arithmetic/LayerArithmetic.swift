/// Whether a layer with weights on a grid was computed by integers, and if not, why.
public struct LayerArithmetic: Codable, Hashable, Sendable {
    /// The weight parameter.
    public var weight: String
    /// Nil: by integers.
    public var obstacle: Obstacle?

    public init(weight: String, obstacle: Obstacle? = nil) {
        self.weight = weight
        self.obstacle = obstacle
    }

    /// Whether a plan makes levels of what the layer reads.
    public var readsLevels: Bool { obstacle != .input && obstacle != .form }

    /// Why a layer was computed by floats that stand for integers.
    public enum Obstacle: Codable, Hashable, Sendable {
        /// The plan leaves what it reads as floats, or makes signs of it.
        case input
        /// Its kernel has no form in integers: other axes, computed weights.
        case form
        /// It has several steps for one output, or weights that are no multiples of one.
        case steps
        /// Weights from `lowest` to `highest` steps do not fit 8 bits with a sign.
        case range(lowest: Int, highest: Int)
        /// Two products of a weight of `weight` steps and an input of `input` steps leave 16 bits, in which this processor adds pairs.
        case pairs(weight: Int, input: Int)
        /// Sums could leave 32 bits.
        case sums
        /// The clip of what it reads is no positive number.
        case clip
        /// Floats are faster here, and nobody asked for integers.
        case slower
        /// Lists of the weights that are no zeros are faster here, and nobody asked for integers.
        case lists
        /// Nobody asked for integers.
        case notAsked

        /// A clause for people, about the layer `name`.
        public func words(_ name: String) -> String {
            switch self {
            case .input: "what \(name) reads is not quantized"
            case .form: "\(name) has no form in integers"
            case .steps: "\(name) has several scales for one output"
            case .range(let lowest, let highest): "the codes of \(name) go from \(lowest) to \(highest), beyond 8 bits with a sign"
            case .pairs(let weight, let input):
                "no VNNI, and \(name) has codes up to \(weight) for inputs up to \(input): 2 · \(weight) · \(input) > 32,767"
            case .sums: "the sums of \(name) could leave 32 bits"
            case .clip: "the clip of what \(name) reads is no positive number"
            case .slower: "floats are faster for \(name) here"
            case .lists: "most weights of \(name) are zeros, and floats by lists of the others are faster"
            case .notAsked: "floats were asked for"
            }
        }
    }
}

extension [LayerArithmetic] {
    /// Nil where no layer reads levels, so that nothing is to be said.
    public var ofQuantizedInputs: [LayerArithmetic]? { contains(where: \.readsLevels) ? self : nil }
}
