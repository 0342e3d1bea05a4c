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
        ask("enter-grid-temperatures", "Choose the temperatures", "Numbers from 0.5 to 50.", "T", .gridTemperatures)
            .hinted(1, "temperatures"),
        ask("enter-grid-bits", "Choose the bits", "Numbers from 1 to 8; those that the weights can have.", "b", .gridBits)
            .hinted(2, "bits"),
        ask("enter-grid-epochs", "Choose the epochs", "How long each cell is trained.", "n", .gridEpochs).hinted(3, "epochs"),
    ]

    private static func ask(
        _ name: String, _ title: String, _ help: String, _ key: Character, _ purpose: TextPrompt.Purpose
    ) -> Command {
        Command(
            name, title, help, keys: [.character(key)], in: [.grid], .training,
            unless: { $0.isGridRunning ? "not while the grid runs; E ends it" : nil }
        ) { explorer, _ in explorer.promptForGrid(purpose) }
    }
}
