import Frames

extension Explorer {
    /// The place below a list, for which its commands are meant.
    var placeBelow: Place {
        stack.open.reversed().map { $0.view.place }.first { !Place.typing.contains($0) } ?? focus
    }

    /// The commands that fit what was typed, best first; in the order of the table while nothing is typed.
    public func paletteEntries(_ list: SearchList) -> [ListEntry] {
        let place = placeBelow
        return ranked(CommandTable.all.filter { $0.places.contains(place) }.map(entry), by: list.field.text)
    }

    /// The keys of the place first, then all others, then the numbers.
    public func helpEntries(_ list: SearchList) -> [ListEntry] {
        let place = placeBelow
        let here = CommandTable.all.filter { $0.places.contains(place) }
        let elsewhere = CommandTable.all.filter { !$0.places.contains(place) }
        let entries = here.map(entry) + elsewhere.map(entryElsewhere) + Glossary.all.map(\.entry)
        return ranked(entries, by: list.field.text)
    }

    private func ranked(_ entries: [ListEntry], by query: String) -> [ListEntry] {
        let query = query.trimmingBlanks
        guard !query.isEmpty else { return entries }
        let scored = entries.enumerated().compactMap { index, entry in
            entry.score(query).map { (entry: entry, score: $0, index: index) }
        }
        return scored.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.map(\.entry)
    }

    private func entry(_ command: Command) -> ListEntry {
        ListEntry(
            title: command.title, detail: command.help, keys: keyText(command), command: command.name,
            obstacle: command.obstacle(self), synonyms: CommandTable.synonyms(of: command.name))
    }

    private func entryElsewhere(_ command: Command) -> ListEntry {
        var entry = entry(command)
        let places = command.places.map(\.title).sorted().joined(separator: ", ")
        entry.obstacle = "only in: \(places)"
        return entry
    }

    /// The keys of a command, joined: `→ l`.
    func keyText(_ command: Command) -> String { keys(of: command).map(\.label).joined(separator: " ") }

    /// Closes the list and runs what is selected in it; a command that can't be run says why.
    mutating func runSelectedEntry(time: Int64) {
        guard let list = stack.top as? any SearchView else { return }
        let (entries, selection) = (list.entries(self), list.list.selection)
        guard entries.indices.contains(selection) else { return say("nothing fits; Esc goes back", .warning) }
        let entry = entries[selection]
        guard let command = entry.command.flatMap(CommandTable.command) else { return say(entry.detail) }
        stack.close()
        guard command.places.contains(place) else { return say("\(command.title): \(entry.obstacle ?? "not here")", .warning) }
        run(command, time: time)
    }
}
