import Compression
import Networks

/// A compression schedule as a YAML file, in Pare's own form or with the keys of Distiller's schedules.
///
/// ```yaml
/// version: 1
/// stages:
///   - prune-retrain: {rounds: 3, layers: {'*': {level: [0.5, 0.9]}}, train: {epochs: 4}}
///   - name: share
///     plan: {layers: {'*': {level: 0.9, shared: {bits: 5}}}}
///     train: {epochs: 2, optimizer: adamw, rate: 0.001, teachers: [original]}
/// ```
/// A file with `stages` is Pare's; one with `policies` is Distiller's (``DistillerFile``). `Docs/Schedules.md` describes both.
public enum ScheduleFile {
    /// The version that is written; older ones are read.
    public static let version = 1
    /// Longer files are refused before they are parsed.
    public static let maximumByteCount = Document.maximumByteCount

    /// Reads a schedule for a network with these layers; `-` is standard input, and a pipe is waited for unless `isStreamAllowed` is false.
    ///
    /// - Parameter modules: names of its modules (`Network.moduleNames`), of which Distiller's quantizers may name those without weights.
    /// - Parameter recipe: what a Distiller schedule is trained with, since such files leave optimizer, rate and batch to the command line;
    ///   its epochs and its course are replaced by the file's.
    /// - Throws: `ScheduleFileError` that lists everything that is wrong, with places; names that no layer has are among it.
    public static func read(
        _ path: String, for layers: [Layer], modules: Set<String> = [], recipe: TrainingRecipe = TrainingRecipe(),
        isStreamAllowed: Bool = true
    ) throws(ScheduleFileError) -> CompressionSchedule {
        let text: String
        do { text = try Document.text(of: path, isStreamAllowed: isStreamAllowed) } catch { throw ScheduleFileError(error, file: path) }
        return try schedule(from: text, file: path, for: layers, modules: modules, recipe: recipe)
    }

    /// Reads a schedule from text; `file` is the name that errors carry.
    public static func schedule(
        from text: String, file: String? = nil, for layers: [Layer], modules: Set<String> = [],
        recipe: TrainingRecipe = TrainingRecipe()
    ) throws(ScheduleFileError) -> CompressionSchedule {
        try checked(text, file: file, names: DistillerNames(layers: layers, modules: modules), recipe: recipe)
    }

    /// The schedule as text: every stage written out, defaults left out; reading it gives an equal schedule.
    ///
    /// - Throws: `ScheduleFileError` for a value out of range or a name too long for a key.
    public static func text(of schedule: CompressionSchedule) throws(ScheduleFileError) -> String {
        let text: String
        do { text = try ScheduleWriter().text(of: schedule) } catch { throw ScheduleFileError(error, file: nil) }
        let back = try checked(text, file: nil, names: nil, recipe: TrainingRecipe())
        guard back == schedule else { throw ScheduleFileError(issues: [.init(problem: .notWritten)]) }
        return text
    }

    /// Writes a schedule beside the file and renames it.
    public static func write(_ schedule: CompressionSchedule, to path: String) throws(ScheduleFileError) {
        let text: String
        do { text = try self.text(of: schedule) } catch { throw ScheduleFileError(file: path, issues: error.issues) }
        do { try Document.replace(path, with: text) } catch { throw ScheduleFileError(error, file: path) }
    }

    /// Reads either form; without the network's names those of the file are not checked.
    private static func checked(
        _ text: String, file: String?, names: DistillerNames?, recipe: TrainingRecipe
    ) throws(ScheduleFileError) -> CompressionSchedule {
        let issues = ScheduleIssues()
        let schedule: CompressionSchedule
        do {
            let document = try Document.root(of: text)
            if let names, document["stages"] == nil, DistillerReader.sections.contains(where: { document[$0] != nil }) {
                schedule = DistillerReader(issues: issues, names: names, base: recipe).schedule(document)
            } else {
                try document.checkVersion(known: version)
                schedule = StageReader(issues: issues, layers: names?.layers).schedule(document)
            }
        } catch {
            throw ScheduleFileError(error, file: file)
        }
        guard issues.all.isEmpty else { throw ScheduleFileError(file: file, issues: issues.sorted) }
        return schedule
    }
}
