import Frames

extension GridView {
    package static let commands: [Command] = [
        Command(
            "start-grid", "Train the missing cells", "One after another, whenever the kernels have nothing else to do.",
            keys: [.enter], in: [.grid], .training, unless: { $0.isGridRunning ? "the grid runs already" : $0.gridObstacle }
        ) { explorer, _ in explorer.startGrid() }.hinted(0, if: { !$0.isGridRunning }) { _ in "start" },
        Command(
            "stop-grid", "End the grid", "Finished cells are kept; Enter goes on with the others.",
            keys: [.character("E")], in: [.grid], .training, unless: { $0.isGridRunning ? nil : "no grid runs" }
        ) { explorer, _ in explorer.stopGrid() }.hinted(0, if: \.isGridRunning) { _ in "end" },
        Command(
            "enter-grid-temperatures", "Choose the temperatures", "Numbers from 0.5 to 50.",
            keys: [.character("T")], in: [.grid], .training, unless: whileGridRuns
        ) { explorer, _ in explorer.promptForGrid(.gridTemperatures) }.hinted(1, "temperatures"),
        Command(
            "enter-grid-bits", "Choose the bits", "Numbers from 1 to 8; those that the weights can have.",
            keys: [.character("b")], in: [.grid], .training, unless: whileGridRuns
        ) { explorer, _ in explorer.promptForGrid(.gridBits) }.hinted(2, "bits"),
        Command(
            "enter-grid-epochs", "Choose the epochs", "How long each cell is trained.",
            keys: [.character("n")], in: [.grid], .training, unless: whileGridRuns
        ) { explorer, _ in explorer.promptForGrid(.gridEpochs) }.hinted(3, "epochs"),
    ]

    private static let whileGridRuns: @Sendable (Explorer) -> String? = { $0.isGridRunning ? "not while the grid runs; E ends it" : nil }
}
