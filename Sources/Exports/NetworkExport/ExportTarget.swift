/// What an export writes, as the ending of the file's name says.
public enum ExportTarget: Hashable, Sendable {
    /// The plan as YAML.
    case plan
    /// The network in a format.
    case network(ExportFormat)

    /// The endings that are known: the smallest network first, the plan last.
    public static let endings = [".pare", ".onnx", ".qdq.onnx", ".safetensors", ".c", ".yaml"]

    /// Nil for a name that has another ending, or nothing before it.
    public init?(path: String) {
        guard let name = path.split(separator: "/", omittingEmptySubsequences: false).last, !Self.endings.contains(String(name)) else {
            return nil
        }
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            self = .plan
        } else if let format = ExportFormat(path: path) {
            self = .network(format)
        } else {
            return nil
        }
    }

    /// Why a name can't be taken, with the endings that can; nil where it can.
    public static func refusal(of path: String) -> String? {
        guard ExportTarget(path: path) == nil else { return nil }
        return "unknown ending: take \(endings.dropLast().joined(separator: " ")), or .yaml (plan)"
    }
}
