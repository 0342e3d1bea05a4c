import Compression
import Exports
import Foundation

extension CompressionPlan {
    /// The plan in a YAML file, `-` for stdin; a missing file and a wrong one have exit codes of their own.
    static func read(_ path: String) throws(CommandFailure) -> CompressionPlan {
        let isThere = path == "-" || FileManager.default.fileExists(atPath: path)
        do { return try PlanFile.read(path) } catch { throw CommandFailure("\(error)", isThere ? .badData : .noInput) }
    }
}
