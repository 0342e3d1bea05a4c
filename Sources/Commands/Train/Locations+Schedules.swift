import Compression
import Exports
import Foundation
import Networks

extension Locations {
    private var scheduleFolder: URL { models.appendingPathComponent("schedules") }

    /// The names of the shipped schedules, sorted.
    var scheduleNames: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: scheduleFolder.path)) ?? [])
            .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// A schedule by the path of its file, `-` for stdin, or the name of a shipped one; without `isStreamAllowed` no pipe is waited for.
    func schedule(
        named name: String, for network: Network, isStreamAllowed: Bool = true
    ) throws(CommandFailure) -> CompressionSchedule {
        let isThere = (name == "-" && isStreamAllowed) || FileManager.default.fileExists(atPath: name)
        let path = isThere ? name : scheduleFolder.appendingPathComponent("\(name).yaml").path
        guard isThere || FileManager.default.fileExists(atPath: path) else {
            let names = scheduleNames
            let known =
                names.isEmpty ? "None was found in \(scheduleFolder.path)." : "Shipped ones: \(names.joined(separator: ", "))."
            throw CommandFailure("There is no schedule \(name). \(known)", .noInput)
        }
        do {
            return try ScheduleFile.read(path, for: network.layers, modules: network.moduleNames, isStreamAllowed: isStreamAllowed)
        } catch {
            throw CommandFailure("\(error)", .badData)
        }
    }
}
