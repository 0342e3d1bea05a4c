/// Where the keys go: the name of a view, and what it is on the screen.
public struct Place: Hashable, Sendable, CaseIterable {
    /// How a view stands on the screen.
    enum Form: Hashable, Sendable {
        /// One of the panes; its number is the key that gives it the keys.
        case pane(number: Int)
        /// In the place of all panes.
        case screen
        /// Before them.
        case box
        /// At the foot.
        case line
    }

    /// What a letter is there.
    enum Letters: Hashable, Sendable {
        case commands
        /// Typed text, unless it is a command's.
        case text
        /// The answer to a question.
        case answer
    }

    /// Tells it from all others: `maskMap`.
    public let name: String
    /// The words in messages, help and documents.
    public let title: String
    let form: Form
    let letters: Letters

    init(_ name: String, title: String? = nil, _ form: Form, letters: Letters = .commands) {
        (self.name, self.title, self.form, self.letters) = (name, title ?? name, form, letters)
    }

    public static func == (left: Place, right: Place) -> Bool { left.name == right.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// The number of a pane.
    var number: Int? { if case .pane(let number) = form { number } else { nil } }

    public static let allCases: [Place] = ScreenViews.all.map { $0.place }

    static let panes = Set(allCases.filter { $0.number != nil })
    /// Where knobs turn: the panes, the byte ladder that follows them, and the table of settings.
    static let shaping = panes.union([.ladder, .settings])
    /// Lists that are searched by typing.
    static let searchLists: Set<Place> = [.help, .palette]
    /// Where keys are typed text unless they are commands.
    static let typing = Set(allCases.filter { $0.letters == .text })
    /// Where a letter may be a command.
    static let commanding = Set(allCases.filter { $0.letters == .commands })
    static let everywhere = Set(allCases)
}

extension Place: CustomStringConvertible {
    public var description: String { name }
}

extension Explorer {
    /// Where the keys go now.
    public var place: Place { stack.top.place }
}
