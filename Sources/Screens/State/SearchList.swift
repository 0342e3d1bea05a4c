/// A list that typing narrows: the palette and the help.
public struct SearchList: Hashable, Sendable {
    public var query: String
    public var selection: Int

    public init(query: String = "", selection: Int = 0) {
        self.query = query
        self.selection = selection
    }
}
