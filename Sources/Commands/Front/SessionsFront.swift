import ArgumentParser
import Files
import Foundation
import Reports
import Sessions

extension SessionsCommand {
    /// `pare sessions front NAME`
    struct Front: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every plan of a session that was measured exactly: bytes against the figure, and which no other beats.",
            discussion: """
                Points come from the screen, from `pare search`, and from snapshots. Points of other splits, networks or counts are never mixed: each
                has a table of its own. With -o the ending says the form: .csv, .json or .svg.

                EXAMPLES:
                  pare sessions front first-try
                  pare sessions front first-try -o front.svg
                """)

        @Argument(help: "A session.")
        var name: String
        @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; its ending chooses the form.", valueName: "file"))
        var output: String?
        @Flag(help: "Print JSON.")
        var json = false
        @Flag(help: "Print comma-separated values.")
        var csv = false
        @OptionGroup var folders: FolderOptions

        func validate() throws {
            if json, csv { throw ValidationError("Give either --json or --csv, not both.") }
        }

        func run() throws {
            try CommandFailure.reporting {
                let kept = try KeptPlan(name, locations: folders.locations)
                let document = FrontDocument(kept)
                guard let output else {
                    if json { return Standard.output(try document.json()) }
                    if csv { return Standard.output(Data(document.csv.utf8)) }
                    return Standard.output(document.text)
                }
                try Outputs.check(output)
                let data: Data
                switch (output as NSString).pathExtension {
                case "csv": data = Data(document.csv.utf8)
                case "json": data = try document.json()
                case "svg": data = Data(document.svg.utf8)
                case "txt": data = Data((document.text + "\n").utf8)
                default: throw CommandFailure("\(output) must end in .csv, .json, .svg or .txt.", .usage)
                }
                do throws(OutputError) { try OutputFile.write([data], to: output) } catch { throw CommandFailure(error) }
                Standard.error("\(output) written")
            }
        }
    }
}
