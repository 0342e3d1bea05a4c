import Frames

/// A list that typing narrows: the palette and the help.
public struct SearchList: Hashable, Sendable {
    public var field: TextField
    public var selection: Int

    public init(placeholder: String, query: String = "", selection: Int = 0) {
        field = TextField(query, placeholder: placeholder)
        self.selection = selection
    }
}
