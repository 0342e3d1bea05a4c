import ArgumentParser
import Foundation
import Frames
import Screens
import Terminal
import Themes

/// `pare explore`: the screen.
struct ExploreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore", abstract: "Explore a trained network: turn its knobs and see what they do. The default command.",
        discussion: """
            EXAMPLES:
              pare explore                                 the bundled lenet-5, in its last session
              pare explore lenet-300-100 --theme light
              pare explore my.onnx --data my-data --session first-try
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions

    @Option(help: ArgumentHelp("The session to open, or to start.", valueName: "name"))
    var session: String?
    @Option(help: ArgumentHelp("A compression plan (YAML) to put into force.", valueName: "file"))
    var plan: String?
    @Option(help: ArgumentHelp("A theme; `pare themes` lists them.", valueName: "name"))
    var theme: String?
    @Flag(help: "Draw with ASCII characters only.")
    var ascii = false
    @Flag(name: .customLong("no-color"), help: "Use no colours (as NO_COLOR does).")
    var noColor = false
    @Flag(name: .customLong("no-mouse"), help: "Leave the mouse to the terminal.")
    var noMouse = false
    @Flag(help: "Print where files are looked for, and leave.")
    var paths = false

    func run() throws {
        try CommandFailure.reporting {
            let locations = folders.locations
            if paths { return Standard.output(PathsText.text(locations)) }
            guard isatty(STDOUT_FILENO) == 1, isatty(STDIN_FILENO) == 1 else {
                throw CommandFailure(
                    "the explorer needs a terminal on stdin and stdout; `pare report` prints the numbers without one.", .unavailable)
            }
            // The tables of knobs and commands are made beside, while the files are read.
            Thread.detachNewThread { _ = (Knob.allCases.count, CommandTable.all.count) }
            let wakeup = try Wakeup()
            let bench = try Workbench.open(
                .init(
                    model: model.model, data: model.data, edits: model.edits, session: session, plan: plan,
                    calibration: model.calibration.choice),
                locations: locations, wake: { wakeup.signal() })
            let options = ScreenOptions(theme: theme, ascii: ascii, noColor: noColor, mouse: !noMouse, memory: model.memory << 20)
            try ExploreLoop.run(bench, options: options, locations: locations, data: model.data, wakeup: wakeup)
        }
    }
}

/// How the screen is drawn.
struct ScreenOptions {
    var theme: String?
    var ascii: Bool
    var noColor: Bool
    var mouse: Bool
    /// Bytes for kept activations.
    var memory: Int
}

/// What `pare --paths` prints.
enum PathsText {
    static func text(_ locations: Locations) -> String {
        var table = TextTable([("what", .left), ("where", .left), ("", .left)])
        let rows: [(String, URL)] = [
            ("program", Locations.executable), ("models", locations.models), ("themes", locations.themes),
            ("own themes", locations.configuration.appendingPathComponent("themes")), ("example sessions", locations.shippedSessions),
            ("sessions", locations.sessions), ("state", locations.state),
        ]
        table.rows = rows.map { name, url in
            [name, url.path, FileManager.default.fileExists(atPath: url.path) ? "" : "(not there)"]
        }
        return table.text
    }
}
