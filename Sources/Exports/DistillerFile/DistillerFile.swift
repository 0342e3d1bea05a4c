import Compression
import Networks

/// Schedules with Distiller's own keys, for its program `compress_classifier.py`. ``ScheduleFile`` reads them.
public enum DistillerFile {
    /// A schedule of one stage as text. What Distiller leaves to its command line stands in a comment.
    ///
    /// Ratios and levels of the plan become pruners that act before the first batch.
    ///
    /// - Throws: `ScheduleFileError` that lists everything that Distiller's files can't say.
    public static func text(of schedule: CompressionSchedule, for layers: [Layer]) throws(ScheduleFileError) -> String {
        guard schedule.stages.count == 1, let stage = schedule.stages.first else {
            throw ScheduleFileError(issues: [.init(problem: .noEquivalent(path: "stages", what: "\(schedule.stages.count) stages"))])
        }
        var writer = DistillerWriter(layers: layers)
        let text: String
        do { text = try writer.text(of: stage) } catch { throw ScheduleFileError(error, file: nil) }
        guard writer.issues.isEmpty else { throw ScheduleFileError(issues: writer.issues) }
        return text
    }

    /// Writes it beside the file and renames it.
    public static func write(_ schedule: CompressionSchedule, for layers: [Layer], to path: String) throws(ScheduleFileError) {
        let text: String
        do { text = try self.text(of: schedule, for: layers) } catch { throw ScheduleFileError(file: path, issues: error.issues) }
        do { try Document.replace(path, with: text) } catch { throw ScheduleFileError(error, file: path) }
    }
}
