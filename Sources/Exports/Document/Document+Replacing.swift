import Files
import Foundation

extension Document {
    /// Puts `text` in the place of the file at `path`, as ``Files/OutputFile`` does.
    static func replace(_ path: String, with text: String) throws(PlanFileError) {
        do throws(OutputError) { try OutputFile.write([Data(text.utf8)], to: path) } catch {
            throw PlanFileError(file: path, problem: .unwritable(reason: error.reason))
        }
    }
}
