import ArgumentParser
import Engine
import Files
import Foundation
import Frames
import Screens
import Sessions
import Themes

/// `pare picture`: the screen of a network or a session as SVG, drawn with the numbers that the engine measures.
struct PictureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "picture", abstract: "Draw the explorer's screen as an SVG picture.",
        discussion: """
            EXAMPLE:
              pare picture --session deep-compression --size 120x40 -o screen.svg
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions

    @Option(help: ArgumentHelp("A session, or one of its snapshots.", valueName: "name[@snapshot]"))
    var session: String?
    @Option(help: ArgumentHelp("Columns and rows.", valueName: "WxH"))
    var size: PictureSize = PictureSize(width: 120, height: 40)
    @Option(help: ArgumentHelp("A theme.", valueName: "name"))
    var theme: String = ThemeLibrary.automatic
    @Option(help: ArgumentHelp("Keys to press first, as in tmux: \"Down Down b Enter 4 Enter\".", valueName: "keys"))
    var keys: String = ""
    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    func run() throws {
        try CommandFailure.reporting {
            let locations = folders.locations
            let kept = try session.map { try KeptPlan($0, locations: locations) }
            let opened = try OpenedModel(model, of: kept, locations: locations)
            try opened.checkData()
            let library = ThemeLibrary(searchPath: locations.themeFolders.map(\.path))
            let (theme, problems) = library.load(theme, on: .dark)
            if let problem = problems.first { throw CommandFailure("\(problem)", .usage) }
            for path in library.entries.compactMap(\.path) { ReadFiles.note(path: path) }
            try Outputs.check(output, model: opened)
            try OutputEnding.check(output, among: [".svg"])
            var studio = try PictureStudio(
                opened, kept: kept, folder: locations.sessionFolder, size: size.size, memory: model.memory << 20, theme: theme.name)
            try studio.press(keys)
            let svg = studio.frame.svg(palette: theme.picturePalette, title: "Pare: \(opened.network.name)")
            do throws(OutputError) { try OutputFile.write([Data(svg.utf8)], to: output) } catch { throw CommandFailure(error) }
        }
    }
}

/// `120x40`
struct PictureSize: ExpressibleByArgument {
    var size: Size

    init(width: Int, height: Int) { size = Size(width: width, height: height) }

    init?(argument: String) {
        let parts = argument.lowercased().split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, (20...500).contains(parts[0]), (5...300).contains(parts[1]) else { return nil }
        self.init(width: parts[0], height: parts[1])
    }

    var defaultValueDescription: String { "\(size.width)x\(size.height)" }
}
