import Compression
import Foundation

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
/// An entry has `ratio` or `level`, `scope`, `deviation`; one of `weights`, `binary`, `linear` and `shared`; `biases`, `bypass`, `indexBits`.
/// What is left out has its default. Names are checked against a network by ``CompressionPlan/resolved(for:)``, not here.
public enum PlanFile {
    /// The version that is written; older ones are read.
    public static let version = 1
    /// Longer files are refused before they are parsed.
    public static let maximumByteCount = 1 << 20

    /// Reads a plan.
    ///
    /// - Throws: `PlanFileError` with line and column for everything that lies in the text.
    public static func read(_ path: String) throws(PlanFileError) -> CompressionPlan {
        let data = try bytes(of: path)
        guard data.count <= maximumByteCount else {
            throw PlanFileError(file: path, problem: .tooLarge(limit: maximumByteCount))
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw PlanFileError(file: path, problem: .notText)
        }
        return try plan(from: text, file: path)
    }

    /// Reads a plan from text; `file` is the name that errors carry.
    public static func plan(from text: String, file: String? = nil) throws(PlanFileError) -> CompressionPlan {
        guard text.utf8.count <= maximumByteCount else {
            throw PlanFileError(file: file, problem: .tooLarge(limit: maximumByteCount))
        }
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
        try replace(path, with: Array(text.utf8))
    }

    private static func bytes(of path: String) throws(PlanFileError) -> Data {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            return try handle.read(upToCount: maximumByteCount + 1) ?? Data()
        } catch {
            throw PlanFileError(file: path, problem: .unreadable(reason: reason(error)))
        }
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        let code = underlying?.domain == NSPOSIXErrorDomain ? underlying?.code : nil
        return code.map { String(cString: strerror(Int32($0))) } ?? error.localizedDescription
    }
}
