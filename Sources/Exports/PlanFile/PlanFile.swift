import Compression

/// A compression plan as a YAML file.
///
/// ```yaml
/// version: 1
/// temperature: 5
/// lossWeights: {distillation: 0.9, student: 0.1}
/// layers:
///   conv2.weight: {ratio: 1.0, shared: {bits: 5, start: linear}}
///   fc1.weight: {ratio: 1.4, linear: {bits: 4}}
///   '*': {level: 0.5, biases: float16}
/// ```
/// An entry has the keys of ``Compression/LayerPlan/fileSettings``. What is left out has its default. Names are checked against a network by ``CompressionPlan/resolved(for:)``, not here.
public enum PlanFile {
    /// The version that is written; older ones are read.
    public static let version = 1
    /// Longer files are refused before they are parsed.
    public static let maximumByteCount = Document.maximumByteCount

    /// Reads a plan; `-` is standard input, and a pipe is waited for unless `isStreamAllowed` is false.
    ///
    /// - Throws: `PlanFileError` with line and column for everything that lies in the text.
    public static func read(_ path: String, isStreamAllowed: Bool = true) throws(PlanFileError) -> CompressionPlan {
        try plan(from: Document.text(of: path, isStreamAllowed: isStreamAllowed), file: path)
    }

    /// Reads a plan from text; `file` is the name that errors carry.
    public static func plan(from text: String, file: String? = nil) throws(PlanFileError) -> CompressionPlan {
        do {
            return try PlanReader().plan(from: text)
        } catch {
            throw PlanFileError(file: file, place: error.place, problem: error.problem)
        }
    }

    /// Writes a plan beside the file and renames it, so that the old file stays whole until the new one is complete.
    ///
    /// - Throws: `PlanFileError` for a plan that could not be read again, a folder that can't be written or a full disk.
    public static func write(_ plan: CompressionPlan, to path: String) throws(PlanFileError) {
        let text: String
        do {
            text = try self.text(of: plan)
        } catch {
            throw PlanFileError(file: path, problem: error.problem)
        }
        try Document.replace(path, with: text)
    }
}
