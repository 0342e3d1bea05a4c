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
            "set-allowed-loss", "How far accuracy may fall",
            "In points, of R² as it is; the line below the layers then says within, over, or not yet known.",
            keys: [.character("=")], in: Place.panes, .views, unless: { $0.figureBudgetObstacle }
        ) { explorer, _ in explorer.promptForBudget() }.hinted(23, "may fall"),
        Command(
            "pin-figures", "Pin the figures",
            "What the plan comes to now: accuracy and size then say what changed since, behind a •; again: no longer.",
            keys: [.character("@")], in: Place.panes, .views, unless: { $0.pinObstacle }
        ) { explorer, _ in explorer.togglePin() },
        Command(
            "show-mask", "Show the mask map", "Which weights of the layer stay, with dead rows and columns counted.",
            keys: [.character("m")], in: Place.panes, .views, unless: noLayer
        ) { explorer, _ in explorer.open(MaskMapView.self) }.hinted(18, "mask"),
        Command(
            "show-ladder", "Show the byte ladder", "The layer's bytes by every way of writing, from float32 down to arithmetic coding.",
            keys: [.character("F")], in: Place.panes, .views, unless: noLayer
        ) { explorer, _ in explorer.open(LadderView.self) }.hinted(18, "bytes"),
        Command(
            "toggle-activations", "Weights or activations",
            "The histogram of the weights, or of what the layer hands on, with its clip and levels.",
            keys: [.character("A")], in: Place.panes, .views, unless: { noLayer($0) ?? $0.activationsObstacle }
        ) { explorer, _ in explorer.toggleActivations() },
        Command(
            "toggle-log-counts", "Logarithmic counts", "Switches the histogram between linear and logarithmic counts.",
            keys: [.character("o")], in: Place.panes, .views, unless: noLayer
        ) { explorer, _ in explorer.stack[HistogramView.self].options.isLogarithmic.toggle() }.hinted(19, "log"),
        Command(
            "zoom-in", "Zoom in", "Halves the range of the histogram around 0; from all weights to ±4 σ first.",
            keys: [.character("z")], in: Place.panes, .views,
            unless: { $0.histogram.zoom < HistogramOptions.zooms.upperBound ? noLayer($0) : "no closer; Z zooms out" }
        ) { explorer, _ in explorer.stack[HistogramView.self].options.zoom += 1 }.hinted(20, "zoom"),
        Command(
            "zoom-out", "Zoom out", "Doubles the range of the histogram, from ±4 σ to all weights.",
            keys: [.character("Z")], in: Place.panes, .views,
            unless: { $0.canZoomOut ? nil : "all weights are in sight" }
        ) { explorer, _ in explorer.stack[HistogramView.self].options.zoom -= 1 },
        Command(
            "choose-overlay", "Choose the overlay", "Draws the original, or a snapshot, over the histogram: each in turn, then none.",
            keys: [.character("v")], in: Place.panes, .views, unless: noLayer
        ) { explorer, _ in explorer.chooseNextReference() },
        Command(
            "choose-theme", "Choose a theme", "Shows each theme at once while you go through the list.",
            keys: [.character("t")], in: Place.panes, .views, unless: { $0.around.themes.isEmpty ? "no themes were found" : nil }
        ) { explorer, _ in explorer.open(ThemesView.self) }.hinted(21, "theme"),
        Command(
            "change-graphs", "Change the graphs", "Draws lines with Braille dots or with blocks, where fonts lack one.",
            keys: [.function(3)], in: Place.panes, .views,
            unless: { $0.glyphs.graph == .ascii ? "this terminal shows ASCII only" : nil }
        ) { explorer, _ in
            explorer.around.toggleGraph()
            explorer.say("graphs are drawn with \(explorer.glyphs.graph == .braille ? "Braille dots" : "blocks")")
        },
    ]
}
