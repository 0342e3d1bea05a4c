import Frames

extension CommandTable {
    static let files: [Command] = [
        Command(
            "import-plan", "Import a plan", "Reads a YAML plan and puts it into force as one change.",
            keys: [.character("i")], in: Place.panes, .files
        ) { explorer, _ in explorer.ask(TextPrompt(.importPlan, placeholder: "plan.yaml")) },
        Command(
            "save-picture", "Save a picture", "Writes the screen as SVG.", keys: [.character("P")], in: Place.panes, .files
        ) { explorer, _ in explorer.ask(TextPrompt(.picture, placeholder: "screen.svg")) },
        Command(
            "time-layers", "Time the layers",
            "Milliseconds of each layer and of the network on this machine, in float32, for a batch that you choose; kept for the next time.",
            keys: [], in: Place.panes, .views, unless: { $0.timingObstacle }
        ) { explorer, _ in explorer.ask(TextPrompt(.timedBatch, placeholder: "1")) },
        Command(
            "switch-arithmetic", "Integers or floats for 8 bits",
            "How layers are measured whose weights and inputs have at most 8 bits: by integers where they are exact and not slower, wherever they are exact, or by floats.",
            keys: [], in: Place.panes, .views, unless: { AccuracyObstacle($0) == nil ? nil : "the accuracy can't be measured" }
        ) { explorer, _ in explorer.switchArithmetic() },
        Command(
            "copy-figures", "Copy the figures", "Puts the figures of the layer and the network on the clipboard, as text.",
            keys: [.character("y")], in: Place.panes, .files
        ) { explorer, _ in
            explorer.emit(.copy(explorer.figuresText))
            explorer.say("figures copied to the clipboard, where the terminal allows it", .success)
        },
    ]

    static let program: [Command] = [
        Command(
            "open-palette", "Open the command palette", "Finds a command by some letters of its name.",
            keys: [.character(":"), .control("p")], in: Place.commanding, .program
        ) { explorer, _ in explorer.open(PaletteView.self) }
        .hinted(9, "commands"),
        Command(
            "open-help", "Help", "All keys and numbers, those of this place first; type to search, Enter does it.",
            keys: [.character("?"), .function(1)], in: Place.commanding, .program
        ) { explorer, _ in explorer.open(HelpView.self) }
        .hinted(8, "help"),
        Command(
            "explain-numbers", "Explain the numbers", "What each number on the screen means.",
            keys: [.character("d")], in: Place.panes.union([.maskMap, .compare]), .program
        ) { explorer, _ in explorer.stack.show(HelpView(query: "number")) },
        Command(
            "show-messages", "Show the messages", "The last messages whole, newest first; again: back.",
            keys: [.character("M")], in: Place.commanding, .program
        ) { explorer, _ in
            if explorer.place == .messages { explorer.goBack() } else { explorer.open(MessagesView.self) }
        },
        Command(
            "toggle-mouse", "Mouse on or off", "Off gives the terminal's own selection of text back; Shift does so for one drag.",
            keys: [.function(2)], in: Place.everywhere, .program
        ) { explorer, _ in
            explorer.around.toggleMouse()
            explorer.emit(.mouse(explorer.around.isMouseOn))
            explorer.say("the mouse is \(explorer.around.isMouseOn ? "on" : "off")")
        },
        Command(
            "redraw-screen", "Redraw the screen", "Paints every cell again, after something else wrote on the terminal.",
            keys: [.control("l")], in: Place.everywhere, .program
        ) { explorer, _ in explorer.emit(.redraw) },
        Command(
            "suspend-program", "Suspend", "Stops Pare and gives the shell back; `fg` continues.",
            keys: [.control("z")], in: Place.everywhere, .program
        ) { explorer, _ in explorer.emit(.suspend) },
        Command(
            "go-back", "Back", "Leaves the innermost thing: a prompt, a view, a maximised pane, the filter, the marks. Never quits.",
            keys: [.escape], in: Place.everywhere, .program
        ) { explorer, _ in explorer.goBack() }
        .hinted(22) { $0.backWord },
        Command(
            "quit", "Quit",
            "Leaves Pare; every change is already in the session. Asks first where one could not be written, while it trains, which "
                + "keeps the last finished epoch, and while a change of the network is at work, which would be lost.",
            keys: [.character("q")], in: Place.commanding.union([.confirmation]), .program
        ) { explorer, _ in explorer.quit() }.hinted(23, "quit"),
        Command(
            "quit-at-once", "Quit from everywhere", "The same while text is typed; of what is under way it asks nothing.",
            keys: [.control("c")], in: Place.everywhere, .program
        ) { explorer, _ in explorer.quitAtOnce() },
    ]

    static let lists: [Command] = [
        list("list-previous", "Entry before", "In the palette and the help.", [.up, .backTab], by: -1),
        list("list-next", "Next entry", "In the palette and the help.", [.down, .tab], by: 1).hinted(1, "choose", keys: "↑↓"),
        list("list-page-up", "Page up", "Ten entries up.", [.pageUp], by: -Explorer.page),
        list("list-page-down", "Page down", "Ten entries down.", [.pageDown], by: Explorer.page),
        Command(
            "run-entry", "Run the entry", "Closes the list and does what the entry names.",
            keys: [.enter], in: Place.searchLists, .lists
        ) { $0.runSelectedEntry(time: $1) }.hinted(0, "run"),
        Command(
            "accept-text", "Accept", "Takes what was typed, or the suggestion where nothing was; → puts that in place, to be changed.",
            keys: [.enter], in: [.prompt], .lists
        ) { $0.acceptPrompt(time: $1) }.hinted(0, "accept"),
        Command(
            "confirm-question", "Yes", "Does what the question asks.",
            keys: [.character("y"), .character("Y")], in: [.confirmation], .lists
        ) { explorer, _ in explorer.confirm() }.hinted(0, "yes"),
        Command(
            "refuse-question", "No", "Leaves everything as it is.",
            keys: [.character("n"), .character("N")], in: [.confirmation], .lists
        ) { explorer, _ in explorer.goBack() }.hinted(1, "no"),
    ]

    private static func list(_ name: String, _ title: String, _ help: String, _ keys: [Key], by offset: Int) -> Command {
        Command(name, title, help, keys: keys, in: Place.searchLists, .lists) { explorer, _ in explorer.move(by: offset) }
    }
}
