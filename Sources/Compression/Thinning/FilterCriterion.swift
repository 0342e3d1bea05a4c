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

    /// What is ranked by, in words.
    public var title: String {
        switch self {
        case .l1: "L1 norm"
        case .l2: "L2 norm"
        case .fpgm: "distance to the others (FPGM)"
        case .gamma: "scale of the normalization |γ|"
        case .random: "random"
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

    /// The multiple nearest to a number that are kept of so many: at least one multiple, or one where there is none, and not all.
    public func kept(_ count: Double, of total: Int) -> Int {
        let multiple = multiple(of: total)
        let nearest = Int((count / Double(multiple)).rounded()) * multiple
        let largest = (total - 1) / multiple * multiple
        return max(1, min(max(nearest, min(multiple, largest)), max(largest, 1)))
    }
}
