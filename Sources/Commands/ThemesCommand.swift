import ArgumentParser
import Themes

/// `pare themes`: the themes that can be chosen, and what is wrong with those that can't.
struct ThemesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "themes", abstract: "List the themes.")

    @OptionGroup var folders: FolderOptions

    func run() throws {
        try CommandFailure.reporting {
            let library = ThemeLibrary(searchPath: folders.locations.themeFolders.map(\.path))
            var table = TextTable([("theme", .left), ("for", .left), ("summary", .left), ("file", .left)])
            for entry in library.entries {
                let (theme, problems) = library.load(entry.name)
                table.rows.append(
                    entry.name == ThemeLibrary.automatic && entry.path == nil
                        ? [entry.name, "any", "By the terminal's background: dark, light, or neutral where it is not known", ""]
                        : [entry.name, theme.kind.rawValue, theme.summary, entry.path ?? "compiled in"])
                for problem in problems { Standard.error("pare: \(problem)") }
            }
            for path in library.passedOver { Standard.error("pare: \(path) is no regular file: it is not opened, and is no theme") }
            Standard.output(table.text)
        }
    }
}
