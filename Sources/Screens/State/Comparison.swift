/// The two states that the comparison screen shows layer by layer.
public struct Comparison: Hashable, Sendable {
    /// One of the two.
    public enum Side: Hashable, Sendable {
        /// The network as it was opened, nothing done to it.
        case original
        /// The plan as it stands.
        case current
        /// A snapshot of this session, by its id.
        case snapshot(Int64)
    }

    public var left: Side
    public var right: Side
    /// Whether the arrow keys choose the right side.
    public var choosesRight: Bool
    /// The first layer row shown.
    public var scroll: Int

    public init(left: Side, right: Side, choosesRight: Bool = false, scroll: Int = 0) {
        self.left = left
        self.right = right
        self.choosesRight = choosesRight
        self.scroll = scroll
    }
}
