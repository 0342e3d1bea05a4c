import ArgumentParser
import Compression
import Exports
import Files
import Foundation
import Frames
import Networks
import Reports
import Sessions

/// `pare sessions`: what was kept, without opening the screen.
struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "List, show, compare, export or delete sessions, and their measured points.",
        subcommands: [List.self, Show.self, Compare.self, Front.self, Replay.self, Export.self, Delete.self], defaultSubcommand: List.self)

    /// `pare sessions list`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all sessions, newest first.")

        @OptionGroup var folders: FolderOptions
        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            try CommandFailure.reporting {
                let (sessions, failures) = folders.locations.sessionFolder.list()
                for failure in failures { Standard.error("pare: \(failure.message)") }
                if json {
                    let encoder = JSONEncoder()
                    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                    Standard.output(try encoder.encode(sessions) + Data("\n".utf8))
                } else {
                    Standard.output(SessionsText.list(sessions))
                }
            }
        }
    }

    /// `pare sessions show NAME`
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a session: its network, history, snapshots and plan.")

        @Argument(help: "A session, or name@snapshot.")
        var name: String
        @OptionGroup var folders: FolderOptions

        func run() throws {
            try CommandFailure.reporting {
                let kept = try KeptPlan(name, locations: folders.locations)
                Standard.output(try SessionsText.show(kept))
            }
        }
    }

    /// `pare sessions compare A B`
    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare two snapshots layer by layer.",
            discussion: "EXAMPLE:\n  pare sessions compare first-try@pruned first-try@shared")

        @Argument(help: "name@snapshot")
        var first: String
        @Argument(help: "name@snapshot")
        var second: String
        @OptionGroup var folders: FolderOptions

        func run() throws {
            try CommandFailure.reporting {
                let a = try snapshot(first)
                let b = try snapshot(second)
                Standard.output(SessionsText.compare(a, first, b, second))
            }
        }

        private func snapshot(_ name: String) throws(CommandFailure) -> Snapshot {
            let kept = try KeptPlan(name, locations: folders.locations)
            guard let snapshot = kept.snapshot else {
                let known = kept.contents.snapshots.map { "\(kept.session)@\($0.name)" }
                let cure = known.isEmpty ? "It has no snapshots: press s in the explorer." : "Name one: \(known.joined(separator: ", "))."
                throw CommandFailure("Only snapshots can be compared, and \(name) is a session. \(cure)", .usage)
            }
            return snapshot
        }
    }

    /// `pare sessions export NAME -o FILE`
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Export a session (.sqlite), its plan (.yaml) or a snapshot's report (.json).")

        @Argument(help: "A session, or name@snapshot.")
        var name: String
        @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; its ending chooses the form.", valueName: "file"))
        var output: String
        @OptionGroup var folders: FolderOptions

        func run() throws {
            try CommandFailure.reporting {
                let kept = try KeptPlan(name, locations: folders.locations)
                try Outputs.check(output)
                if FileManager.default.fileExists(atPath: output) {
                    throw CommandFailure("\(output) exists already. Choose another name, or remove it first.", .cannotWrite)
                }
                switch (output as NSString).pathExtension {
                case "yaml", "yml":
                    do { try PlanFile.write(kept.plan, to: output) } catch { throw CommandFailure("\(error)", .cannotWrite) }
                case "sqlite":
                    do throws(SessionError) { try SessionFolder.export(path: kept.path, to: output) } catch {
                        throw CommandFailure(error)
                    }
                case "json":
                    guard let snapshot = kept.snapshot else {
                        throw CommandFailure("Only a snapshot has a report: name it as \(kept.session)@SNAPSHOT.", .usage)
                    }
                    try Self.write(try ReportDocument(snapshot.report).json(), to: output)
                default: throw CommandFailure("\(output) must end in .yaml, .json or .sqlite.", .usage)
                }
                Standard.error("\(output) written")
            }
        }

        private static func write(_ data: Data, to path: String) throws(CommandFailure) {
            do throws(OutputError) { try OutputFile.write([data], to: path) } catch { throw CommandFailure(error) }
        }
    }

    /// `pare sessions delete NAME`
    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete one of your own sessions.")

        @Argument(help: "The session's name.")
        var name: String
        @Flag(help: "Do not ask.")
        var yes = false
        @OptionGroup var folders: FolderOptions

        func run() throws {
            try CommandFailure.reporting {
                let folder = folders.locations.sessionFolder
                do throws(SessionError) {
                    let path = try folder.find(name)
                    if yes || confirmed(path) {
                        try folder.delete(name)
                        Standard.error("\(name) deleted")
                    } else {
                        Standard.error("Nothing was deleted. Answer y, or give --yes.")
                    }
                } catch {
                    throw CommandFailure(error)
                }
            }
        }

        private func confirmed(_ path: String) -> Bool {
            guard isatty(STDIN_FILENO) == 1 else { return false }
            Standard.progress("Delete \(path.escapingControls()) with its snapshots? [y/N] ")
            return readLine()?.lowercased().hasPrefix("y") == true
        }
    }
}
