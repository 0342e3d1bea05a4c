import Networks

/// By what the channels of a layer are ranked of which some are removed: those of the least importance go.
public enum FilterCriterion: String, CaseIterable, Codable, Hashable, Sendable {
    /// Σ |w| over a filter (Li and others, 2017).
    case l1
    /// √Σ w² over a filter.
    case l2
    /// Σ_j ‖F_i − F_j‖₂ over the filters of the layer: what others can stand for goes first, and not what is small (He and others, 2019).
    case fpgm
    /// |γ| of the normalization behind (Liu and others, 2017): of meaning where a training drew γ to zero.
    case gamma
    /// As a seed has it: what any other criterion has to be better than.
    case random
    /// Mean over batches of (Σ w · ∂L/∂w)² over the filter and its bias, normalizations folded in (Molchanov and others, 2019).
    case taylor
    /// Mean over examples of |mean over places of a · ∂L/∂a|, of a layer divided by the L2 norm of all its channels (Molchanov and others, 2016).
    ///
    /// The sum of a · ∂L/∂a over the places of an example is that of w · ∂L/∂w over the filter and its bias (Euler), and the same before and behind a ReLU.
    case activationTaylor = "taylor-activations"
    /// Mean |a| over places and examples, behind the activation where there is one.
    case mean
    /// 1 − the mean over examples of the share of zeros behind the activation: what is zero more often goes first (Hu and others, 2016).
    case apoz
    /// ½ Σ E[(∂ log p(y) / ∂w)²] · w² over the filter and its bias, the labels y drawn by a seed from the network's own softmax.
    case fisher
    /// What the layers that read a channel lose with it when they are fitted again to the others, as a part of their outputs' variance: channels that
    /// others can stand for go first (``ChannelElimination``).
    case reconstruction

    /// What is ranked by, in words.
    public var title: String {
        switch self {
        case .l1: "L1 norm"
        case .l2: "L2 norm"
        case .fpgm: "distance to the others (FPGM)"
        case .gamma: "scale of the normalization |γ|"
        case .random: "random"
        case .taylor: "Taylor of the weights, on labels"
        case .activationTaylor: "Taylor of the activations, on labels"
        case .mean: "mean activation"
        case .apoz: "zeros behind the activation (APoZ)"
        case .fisher: "diagonal Fisher, labels drawn from its own softmax"
        case .reconstruction: "what readers lose after a new fit"
        }
    }

    /// What of examples a criterion needs.
    public enum Need: Hashable, Sendable {
        case nothing
        case inputs
        case labels
    }

    public var need: Need {
        switch self {
        case .l1, .l2, .fpgm, .gamma, .random: .nothing
        case .mean, .apoz, .fisher, .reconstruction: .inputs
        case .taylor, .activationTaylor: .labels
        }
    }

    /// Whether it needs gradients.
    public var isOfGradients: Bool { [.taylor, .activationTaylor, .fisher].contains(self) }

    /// Whether a shared order goes by what a channel loses for each multiply-add or parameter that it saves, where an aim is in these.
    var isByPrice: Bool { self == .reconstruction }

    /// Whether scores of different layers are one measure: parts of the loss, shares, or normalized already.
    public var isComparable: Bool {
        switch self {
        case .l1, .l2, .fpgm, .gamma, .mean: false
        case .random, .taylor, .activationTaylor, .apoz, .fisher, .reconstruction: true
        }
    }
}

/// How many channels are kept where a share is asked for: kernels work through them in blocks, and one more than a multiple costs a whole block.
public enum FilterRounding: Hashable, Sendable {
    /// To 16 where there are 64 or more, to 8 from 32 on, else free.
    case automatic
    case multiple(Int)

    /// What the number of kept ones is a multiple of.
    public func multiple(of total: Int) -> Int {
        switch self {
        case .automatic: total >= 64 ? 16 : total >= 32 ? 8 : 1
        case .multiple(let multiple): max(1, multiple)
        }
    }

    /// The multiple nearest to a number that are kept of so many: at least one multiple, and not all but where no multiple is less.
    public func kept(_ count: Double, of total: Int) -> Int {
        let multiple = multiple(of: total)
        let largest = (total - 1) / multiple * multiple
        return largest > 0 ? min(nearest(count, of: total), largest) : total
    }

    /// The same where all may stay.
    public func nearest(_ count: Double, of total: Int) -> Int {
        let multiple = multiple(of: total)
        return max(1, min(total, max(Int((count / Double(multiple)).rounded()) * multiple, min(multiple, total))))
    }
}
