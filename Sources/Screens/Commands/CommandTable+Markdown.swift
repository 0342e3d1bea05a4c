import Frames

extension CommandTable {
    /// `Docs/Keys.md`: every command with its keys and where they mean it; regenerate the file with `PARE_WRITE_DOCS=1 swift test --filter KeysDocument`.
    public static var markdown: String {
        var lines = [
            "# Keys", "",
            "Made from the table of commands (`Sources/Screens/Commands`) by "
                + "`PARE_WRITE_DOCS=1 swift test --filter KeysDocument`; do not edit it by hand.", "",
            "`^` is Control, `S-` is Shift. Every command can also be found by its name: `:` opens the palette, `?` the help.", "",
        ]
        for chapter in Command.Chapter.allCases {
            lines += ["## \(chapter.rawValue)", "", "| keys | name | where | what it does |", "|---|---|---|---|"]
            lines += all.filter { $0.chapter == chapter }.map(row) + [""]
        }
        lines += ["## Mouse", "", "| gesture | what it does |", "|---|---|"]
        lines += mouse.map { "| \($0.gesture) | \($0.meaning) |" } + [""]
        lines += ["## Numbers", "", "| number | what it means |", "|---|---|"]
        lines += Glossary.all.map { "| \($0.word) | \(escaped($0.meaning)) |" }
        return lines.joined(separator: "\n") + "\n"
    }

    static let mouse: [(gesture: String, meaning: String)] = [
        ("click a pane", "gives it the keys"),
        ("click a layer", "selects it"),
        ("click a knob below the panes", "makes the arrow keys turn it"),
        ("click a key in the footer", "does what the key does"),
        ("wheel", "scrolls the list under it; turns the ratio over the weights, and the knob under it below the panes"),
        ("drag on the weights", "moves the threshold"),
        ("click in a list, again to run", "chooses an entry of the palette or the help"),
    ]

    private static func row(_ command: Command) -> String {
        let keys = command.keys.map { "`\($0.label)`" }.joined(separator: " ")
        return "| \(escaped(keys)) | `\(command.name)` | \(places(command.places)) | \(escaped(command.help)) |"
    }

    private static func places(_ places: Set<Place>) -> String {
        if places == Place.everywhere { return "everywhere" }
        if places == Place.commanding || places == Place.commanding.union([.confirmation]) { return "everywhere but in typed text" }
        var rest = places
        var words: [String] = []
        if Place.panes.isSubset(of: rest) {
            rest.subtract(Place.panes)
            words.append("panes")
        }
        return (words + rest.map(\.title).sorted()).joined(separator: ", ")
    }

    private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
