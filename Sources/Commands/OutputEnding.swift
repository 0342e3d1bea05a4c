import Exports
import Files

/// The ending of an output's name, which says what is written.
enum OutputEnding {
    /// What endings say, as a message names it; the longer ones first.
    private static let known: [(ending: String, words: String)] =
        [(".qdq.onnx", "--format onnx-qdq")]
        + ExportFormat.allCases.filter { $0 != .quantizedONNX }.map { (".\($0.fileExtension)", "--format \($0.rawValue)") }
        + [(".py", "--format torch-pruning"), (".yaml", "a plan"), (".yml", "a plan"), (".json", "JSON"), (".svg", "a picture")]

    /// Throws with code 64 where a name has the ending of another format than the one that is asked for.
    static func check(_ path: String, isOf format: String, among own: [String]) throws(CommandFailure) {
        guard OutputFile.isFile(path), let other = known.first(where: { path.hasSuffix($0.ending) }), !own.contains(other.ending) else {
            return
        }
        throw CommandFailure("\(path) has the ending of \(other.words), and --format is \(format).", .usage)
    }

    /// Throws with code 64 where a name ends otherwise; one without an ending, and what is no file, say nothing else.
    static func check(_ path: String?, among endings: [String]) throws(CommandFailure) {
        guard let path, OutputFile.isFile(path) else { return }
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        guard name.contains("."), !endings.contains(where: { name.hasSuffix($0) && name != $0 }) else { return }
        throw CommandFailure("\(path) must end in \(endings.joined(separator: " or ")): the ending says what is written.", .usage)
    }
}
