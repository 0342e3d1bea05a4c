import Frames

/// Something the user can do: the one source of keys, footer, help, palette and `Docs/Keys.md`.
public struct Command: Sendable, Identifiable {
    /// The chapters of the help.
    public enum Chapter: String, CaseIterable, Sendable {
        case knobs = "Knobs"
        case layers = "Layers and panes"
        case training = "Training"
        case undo = "Undo and snapshots"
        case views = "Views"
        case files = "Files"
        case program = "Program"
        case lists = "Lists and prompts"
    }

    /// How the footer shows a command: rank 0 first.
    struct Hint: Sendable {
        var rank: Int
        /// In place of the keys: `←→` for two commands.
        var keys: String?
        /// Whether it has a place there now.
        var isShown: @Sendable (Explorer) -> Bool = { _ in true }
        var label: @Sendable (Explorer) -> String
    }

    /// `verb-object`, as it is typed in the palette and written in a file of keys.
    public let name: String
    public let title: String
    /// One sentence.
    public let help: String
    public let keys: [Key]
    public let places: Set<Place>
    public let chapter: Chapter
    var hint: Hint?
    /// Whether a count before it has a meaning.
    var takesCount = false
    /// Why it can't be done now, or nil.
    let obstacle: @Sendable (Explorer) -> String?
    let action: @Sendable (inout Explorer, Int64) -> Void

    public var id: String { name }

    init(
        _ name: String, _ title: String, _ help: String, keys: [Key], in places: Set<Place>, _ chapter: Chapter,
        unless obstacle: @escaping @Sendable (Explorer) -> String? = { _ in nil },
        action: @escaping @Sendable (inout Explorer, Int64) -> Void
    ) {
        self.name = name
        self.title = title
        self.help = help
        self.keys = keys
        self.places = places
        self.chapter = chapter
        self.obstacle = obstacle
        self.action = action
    }

    /// The command with a place in the footer.
    func hinted(_ rank: Int, _ label: String, keys: String? = nil) -> Command {
        hinted(rank, keys: keys) { _ in label }
    }

    /// The command as one that a count before it does so often.
    var repeated: Command {
        var copy = self
        copy.takesCount = true
        return copy
    }

    func hinted(
        _ rank: Int, keys: String? = nil, if isShown: @escaping @Sendable (Explorer) -> Bool = { _ in true },
        label: @escaping @Sendable (Explorer) -> String
    ) -> Command {
        var copy = self
        copy.hint = Hint(rank: rank, keys: keys, isShown: isShown, label: label)
        return copy
    }
}
