/// Which example the lens shows.
public struct ExampleState: Hashable, Sendable {
    /// Which examples next and previous step through.
    public enum Subset: Hashable, Sendable, CaseIterable {
        case all
        /// Examples whose prediction the plan changed.
        case flipped

        /// The word on the screen.
        public var name: String {
            switch self {
            case .all: "all"
            case .flipped: "flipped"
            }
        }
    }

    /// Index into the split.
    public var index: Int
    public var subset: Subset

    public init(index: Int = 0, subset: Subset = .all) {
        self.index = index
        self.subset = subset
    }
}
