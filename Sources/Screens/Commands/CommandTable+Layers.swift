import Frames

extension CommandTable {
    static let layers: [Command] = [
        go("select-previous", "Go one up", "The layer, row or example before.", [.up, .character("k")]) { $0.move(by: -1) },
        go("select-next", "Go one down", "The next layer, row or example.", [.down, .character("j")]) { $0.move(by: 1) }
            .hinted(11, keys: "↑↓") { $0.stack.top.rowWord },
        go("select-page-up", "Go a page up", "Ten rows up.", [.pageUp, .control("b")]) { $0.move(by: -Explorer.page) },
        go("select-page-down", "Go a page down", "Ten rows down.", [.pageDown, .control("f")]) { $0.move(by: Explorer.page) },
        go("select-first", "Go to the first", "The first layer, row or example.", [.home, .character("g")]) { $0.moveToEnd(first: true) },
        go("select-last", "Go to the last", "The last layer, row or example.", [.end, .character("G")]) { $0.moveToEnd(first: false) },
        Command(
            "select-previous-layer", "Select the layer before", "From every pane.",
            keys: [.shiftUp, .character("K")], in: Place.panes.union([.maskMap, .ladder, .sensitivity]), .layers, unless: noLayer
        ) { explorer, _ in explorer.moveSelection(by: -1) }.repeated,
        Command(
            "select-next-layer", "Select the next layer", "From every pane.",
            keys: [.shiftDown, .character("J")], in: Place.panes.union([.maskMap, .ladder, .sensitivity]), .layers, unless: noLayer
        ) { explorer, _ in explorer.moveSelection(by: 1) }.repeated,
        Command(
            "filter-layers", "Filter the layers", "Lists only layers whose name contains what you type; Esc lists all again.",
            keys: [.character("/")], in: Place.panes, .layers, unless: noLayer
        ) { explorer, _ in explorer.ask(TextPrompt(.filter, text: explorer.filter)) }
        .hinted(14, "filter"),
        Command(
            "sort-layers", "Sort the layers",
            "As in the file, then by weights, kept, dB, bytes, and milliseconds where they were timed; selects the first. A click on a head does one.",
            keys: [.character("O")], in: Place.panes, .layers, unless: noLayer
        ) { explorer, _ in explorer.sortLayers() },
        Command(
            "select-worst", "Go to the largest error", "Selects the layer that lost most of itself: the least dB.",
            keys: [.character("!")], in: Place.panes, .layers, unless: noLayer
        ) { explorer, _ in explorer.selectWorst() },
        Command(
            "mark-layer", "Mark the layer",
            "Or the layers of the folded group; again: not. While a marked layer is selected, knobs turn all marked.",
            keys: [.character(",")], in: Place.panes, .layers, unless: noLayer
        ) { explorer, _ in explorer.toggleMark() }.hinted(30, "mark"),
        Command(
            "mark-listed", "Mark the listed layers",
            "All layers, or those that the filter leaves; again: none of them. Esc takes every mark away.",
            keys: [.character("*")], in: Place.panes, .layers, unless: noLayer
        ) { explorer, _ in explorer.toggleListedMarks() },
        Command(
            "mark-alike", "Mark the layers of this kind", "Convolutions with the same window, dense layers, recurrent ones; again: not.",
            keys: [.character(";")], in: Place.panes, .layers, unless: noLayer
        ) { explorer, _ in explorer.toggleKindMarks() },
        Command(
            "begin-count", "Count before a key",
            "Then digits, then a move or a turn, which is done so often: ' 1 0 j goes ten down, ' 5 → turns five steps.",
            keys: [.character("'")], in: Place.commanding, .layers
        ) { explorer, _ in
            explorer.around.count = 0
            explorer.say("digits, then a move or a turn")
        },
        Command(
            "fold-group", "Fold or open the group", "Hides the layers of the group around the selected one, or shows them again.",
            keys: [.character("-")], in: Place.panes, .layers, unless: noGroup
        ) { explorer, _ in explorer.toggleGroup() },
        Command(
            "fold-groups", "Fold or open all groups", "Hides the layers of every group, or shows all.",
            keys: [.character("_")], in: Place.panes, .layers, unless: noGroup
        ) { explorer, _ in explorer.toggleAllGroups() },
        Command(
            "select-next-match", "Select the next match", "The next layer with the text that was last searched for.",
            keys: [.character("n")], in: Place.panes, .layers, unless: noSearch
        ) { explorer, _ in explorer.selectMatch(forward: true) }.repeated,
        Command(
            "select-previous-match", "Select the previous match", "The layer before with that text.",
            keys: [.character("N")], in: Place.panes, .layers, unless: noSearch
        ) { explorer, _ in explorer.selectMatch(forward: false) }.repeated,
    ]

    /// Moves through whatever has the keys.
    private static func go(
        _ name: String, _ title: String, _ help: String, _ keys: [Key], _ move: @escaping @Sendable (inout Explorer) -> Void
    ) -> Command {
        Command(name, title, help, keys: keys, in: Place.commanding, .layers) { explorer, _ in move(&explorer) }.repeated
    }

    private static let noGroup: @Sendable (Explorer) -> String? = { explorer in
        if !explorer.tree.isNested { return "the layers' names have no groups" }
        if explorer.order != .file { return "sorted layers have no groups; O sorts them as in the file" }
        return explorer.filter.isEmpty ? nil : "while a filter holds, groups are open"
    }

    private static let noSearch: @Sendable (Explorer) -> String? = {
        $0.search.isEmpty ? "nothing was searched for yet; / searches" : nil
    }

    static let panes: [Command] =
        ScreenViews.panes.map { view in
            let (pane, number) = (view.place, String(view.place.number ?? 0))
            return Command(
                "focus-\(pane.name)", "Focus the \(pane.name)",
                "Gives the keys to pane \(number); one that has no room is shown alone.",
                keys: [.character(Character(number))], in: Place.panes, .layers,
                unless: { pane == .training && $0.training == nil ? "nothing was trained yet; r begins" : nil }
            ) { explorer, _ in explorer.focus(on: pane) }
        } + [
            Command(
                "maximise-pane", "Maximise the pane", "Shows the focused pane alone, and back.",
                keys: [.character("+")], in: Place.panes, .layers
            ) { explorer, _ in explorer.stack.isMaximised.toggle() }.hinted(15, "maximise")
        ]
}
