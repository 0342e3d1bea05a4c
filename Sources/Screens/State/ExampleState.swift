/// Which example the lens shows.
public struct ExampleState: Hashable, Sendable {
    /// Which examples next and previous step through.
    public enum Subset: Hashable, Sendable, CaseIterable {
        case all
        /// Examples whose prediction the plan changed.
        case flipped

        /// The word on the screen.
        public var name: String { self == .all ? "all" : "flipped" }
    }

    /// Index into the split.
    public var index = 0
    public var subset = Subset.all
}
