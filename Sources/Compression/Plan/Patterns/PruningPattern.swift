/// A shape that pruning keeps to: so many of each few neighbours, or whole blocks.
public enum PruningPattern: Hashable, Sendable {
    /// Of each `of` consecutive inputs at one kernel position of one output the `kept` largest magnitudes stay; of a shorter rest ⌈kept · length / of⌉
    /// (Mishra and others 2021). Of equal magnitudes the first ones go.
    case some(kept: Int, of: Int)
    /// So many consecutive outputs at one input and kernel position stay or go together; what is left over at the end is a shorter block.
    case blocks(Int)

    /// The M of N:M.
    public static let spans = [2, 4, 8, 16, 32]
    /// Weights of a block.
    public static let blockSizes = [4, 8, 16]

    /// Weights that are looked at together.
    public var span: Int {
        switch self {
        case .some(_, let span): span
        case .blocks(let size): size
        }
    }

    /// Whether the pattern itself says how many weights go, so that no amount is asked for.
    public var setsAmount: Bool { if case .some = self { true } else { false } }

    /// Weights that stay of `length` neighbours; all of a block.
    public func kept(of length: Int) -> Int {
        switch self {
        case .some(let kept, let span): (kept * length + span - 1) / span
        case .blocks: length
        }
    }
}

extension PruningPattern: RawRepresentable, Codable {
    /// `2:4`, `blocks 4`: as plans and the screen have it.
    public var rawValue: String {
        switch self {
        case .some(let kept, let span): "\(kept):\(span)"
        case .blocks(let size): "\(Self.blockWord)\(size)"
        }
    }

    private static let blockWord = "blocks "

    public init?(rawValue: String) {
        if rawValue.hasPrefix(Self.blockWord) {
            guard let size = Self.blockSizes.first(where: { rawValue == "\(Self.blockWord)\($0)" }) else { return nil }
            self = .blocks(size)
            return
        }
        let parts = rawValue.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let kept = parts[0], let span = parts[1], Self.spans.contains(span), (1..<span).contains(kept) else {
            return nil
        }
        self = .some(kept: kept, of: span)
        // `+1:02` and the like are other words for it.
        if self.rawValue != rawValue { return nil }
    }
}
