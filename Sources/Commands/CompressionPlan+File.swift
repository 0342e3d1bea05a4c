import Compression
import Exports
import Foundation
import Networks

extension CompressionPlan {
    /// The plan in a YAML file, `-` for stdin; a missing file and a wrong one have exit codes of their own.
    static func read(_ path: String) throws(CommandFailure) -> CompressionPlan {
        let isThere = path == "-" || FileManager.default.fileExists(atPath: path)
        do { return try PlanFile.read(path) } catch { throw CommandFailure("\(error)", isThere ? .badData : .noInput) }
    }

    /// What of the plan in a file has no effect in these layers, a sentence each; none without a file, or of a plan that can't be applied.
    func warnings(of file: String?, for layers: [Layer]) -> [String] {
        guard let file, let parts = try? idleParts(for: layers) else { return [] }
        return parts.map { "\(file): \($0)" }
    }
}

extension CompressionSchedule {
    /// What of the schedule in a file has no effect in these layers, a sentence each.
    func warnings(of file: String, for layers: [Layer]) -> [String] { idleParts(for: layers).map { "\(file): \($0)" } }
}
