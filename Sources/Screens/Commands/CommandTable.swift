import Frames

/// All commands, in the order of the help.
public enum CommandTable {
    public static let all: [Command] =
        knobs + layers + panes + training + undo + views + ScreenViews.commands + files + program + lists

    /// The command with this name; nil where there is none.
    public static func command(named name: String) -> Command? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    static let noLayer: @Sendable (Explorer) -> String? = { $0.selectedLayer == nil ? "this network has no layer with weights" : nil }
}

extension Explorer {
    /// The keys of a command: the user's, or those of the table.
    public func keys(of command: Command) -> [Key] { bindings[command.name] ?? command.keys }

    /// The command that a key means here.
    func command(for key: Key, in place: Place) -> Command? {
        CommandTable.all.first { $0.places.contains(place) && keys(of: $0).contains(key) }
    }

    /// Runs a command, or says why it can't be run.
    mutating func run(_ command: Command, time: Int64) {
        if let obstacle = command.obstacle(self) { return say(obstacle, .warning) }
        command.action(&self, time)
    }
}
