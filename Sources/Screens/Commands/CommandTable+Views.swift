import Frames

extension CommandTable {
    static let views: [Command] = [
        Command(
            "show-example", "Show the example", "One example with the softened outputs of both networks; again: back.",
            keys: [.character("x")], in: Place.panes,
            .views,
            unless: {
                $0.dataset != nil
                    ? nil
                    : $0.isDataExpected
                        ? "the data are still being loaded" : "no data were found, so there are no examples; --data names their folder"
            }
        ) { explorer, _ in explorer.toggleExample() }.hinted(17, "example"),
        Command(
            "show-mask", "Show the mask map", "Which weights of the layer stay, with dead rows and columns counted.",
            keys: [.character("m")], in: Place.panes, .views, unless: noLayer
        ) { explorer, _ in explorer.overlays.append(.maskMap(row: 0, column: 0)) }.hinted(18, "mask"),
        Command(
            "show-ladder", "Show the byte ladder", "The layer's bytes by every way of writing, from float32 down to arithmetic coding.",
            keys: [.character("F")], in: Place.panes, .views, unless: noLayer
        ) { explorer, _ in explorer.overlays.append(.ladder) }.hinted(18, "bytes"),
        Command(
            "toggle-activations", "Weights or activations",
            "The histogram of the weights, or of what the layer hands on, with its clip and levels.",
            keys: [.character("A")], in: Place.panes, .views, unless: { noLayer($0) ?? $0.activationsObstacle }
        ) { explorer, _ in explorer.toggleActivations() },
        Command(
            "toggle-log-counts", "Logarithmic counts", "Switches the histogram between linear and logarithmic counts.",
            keys: [.character("o")], in: Place.panes, .views, unless: noLayer
        ) { explorer, _ in explorer.histogram.isLogarithmic.toggle() }.hinted(19, "log"),
        Command(
            "zoom-in", "Zoom in", "Halves the range of the histogram around 0.",
            keys: [.character("z")], in: Place.panes, .views,
            unless: { $0.histogram.zoom < HistogramOptions.zooms.upperBound ? noLayer($0) : "no closer; Z zooms out" }
        ) { explorer, _ in explorer.histogram.zoom += 1 }.hinted(20, "zoom"),
        Command(
            "zoom-out", "Zoom out", "Doubles the range of the histogram, up to all weights.",
            keys: [.character("Z")], in: Place.panes, .views,
            unless: { $0.histogram.zoom > 0 ? nil : "all weights are in sight" }
        ) { explorer, _ in explorer.histogram.zoom -= 1 },
        Command(
            "choose-overlay", "Choose the overlay", "Draws the original, or a snapshot, over the histogram: each in turn, then none.",
            keys: [.character("v")], in: Place.panes, .views, unless: noLayer
        ) { explorer, _ in explorer.chooseNextReference() },
        Command(
            "choose-theme", "Choose a theme", "Shows each theme at once while you go through the list.",
            keys: [.character("t")], in: Place.panes, .views, unless: { $0.themes.isEmpty ? "no themes were found" : nil }
        ) { explorer, _ in
            let row = explorer.themes.firstIndex(of: explorer.theme) ?? 0
            explorer.overlays.append(.themes(selection: row, previous: explorer.theme))
        }.hinted(21, "theme"),
        Command(
            "change-graphs", "Change the graphs", "Draws lines with Braille dots or with blocks, where fonts lack one.",
            keys: [.function(3)], in: Place.panes, .views,
            unless: { $0.glyphs.graph == .ascii ? "this terminal shows ASCII only" : nil }
        ) { explorer, _ in
            explorer.glyphs.graph = explorer.glyphs.graph == .braille ? .block : .braille
            explorer.say("graphs are drawn with \(explorer.glyphs.graph == .braille ? "Braille dots" : "blocks")")
        },
    ]

    /// Commands of single views.
    static let inViews: [Command] = [
        Command(
            "toggle-flipped", "All or flipped examples", "Steps through all examples, or those whose prediction changed.",
            keys: [.character("f")], in: [.example], .views
        ) { explorer, _ in explorer.toggleSubset() }.hinted(6, "flipped only"),
        Command(
            "enter-example", "Go to an example by number", "The number counts from 0 in the split.",
            keys: [.character("#")], in: [.example], .views, unless: { $0.dataset == nil ? "no data were found" : nil }
        ) { explorer, _ in
            let placeholder = String(explorer.example.index)
            explorer.overlays.append(.prompt(TextPrompt(.exampleNumber, placeholder: placeholder)))
        }.hinted(7, "number"),
        Command(
            "scroll-left", "Scroll left", "Shows the columns to the left.",
            keys: [.left, .character("h")], in: [.maskMap], .views
        ) { explorer, _ in explorer.scrollMask(columns: -8) },
        Command(
            "scroll-right", "Scroll right", "Shows the columns to the right.",
            keys: [.right, .character("l")], in: [.maskMap], .views
        ) { explorer, _ in explorer.scrollMask(columns: 8) }.hinted(1, "scroll", keys: "←→"),
        Command(
            "choose-side", "Choose the other side", "The arrow keys then choose what stands on that side.",
            keys: [.tab, .backTab], in: [.compare], .views
        ) { explorer, _ in explorer.changeComparison { $0.choosesRight.toggle() } }.hinted(1, "other side"),
        Command(
            "choose-previous-side", "Choose the state before", "The original, the plan as it stands, or a snapshot.",
            keys: [.left, .character("h")], in: [.compare], .views
        ) { explorer, _ in explorer.chooseComparison(by: -1) },
        Command(
            "choose-next-side", "Choose the next state", "The original, the plan as it stands, or a snapshot.",
            keys: [.right, .character("l")], in: [.compare], .views
        ) { explorer, _ in explorer.chooseComparison(by: 1) }.hinted(0, "choose", keys: "←→"),
        Command(
            "open-session", "Open", "Opens the session; a snapshot of this session puts its plan into force.",
            keys: [.enter], in: [.sessions], .views, unless: { $0.sessionRow == nil ? "there is nothing to open yet" : nil }
        ) { $0.openSelectedSession(time: $1) }.hinted(0, "open"),
        Command(
            "create-session", "Create a session", "Asks for a name; the plan starts from the original.",
            keys: [.character("n")], in: [.sessions], .views
        ) { explorer, _ in explorer.overlays.append(.prompt(TextPrompt(.newSession))) }.hinted(1, "new"),
        Command(
            "keep-theme", "Keep the theme", "Keeps the theme that is shown.",
            keys: [.enter], in: [.themes], .views
        ) { explorer, _ in explorer.keepTheme() }.hinted(0, "keep"),
    ]
}
