/// Why no network can be made of a name.
public enum ArchitectureError: Error, Hashable, Sendable {
    /// `near` lists what may have been meant, nearest first; `names` all that there are.
    case unknownName(String, near: [String], names: [String])
    /// Units of a hidden layer, as written.
    case size(String, allowed: ClosedRange<Int>)
    /// Too many hidden layers.
    case depth(Int, limit: Int)
    case classes(Int, allowed: ClosedRange<Int>)
}

extension ArchitectureError: CustomStringConvertible {
    /// What is wrong; what helps.
    public var description: String {
        switch self {
        case .unknownName(let name, let near, let names):
            let meant = near.isEmpty ? "" : "did you mean \(near.joined(separator: " or "))? "
            return "there is no architecture '\(name.prefix(60))'; \(meant)possible are \(names.joined(separator: ", "))"
        case .size(let text, let allowed):
            return "a layer can't have \(text.prefix(20)) units; allowed is \(allowed.lowerBound)…\(allowed.upperBound)"
        case .depth(let count, let limit): return "\(count) hidden layers are too many; at most \(limit) are built"
        case .classes(let count, let allowed):
            return "a network can't have \(count) class\(count == 1 ? "" : "es"); allowed is \(allowed.lowerBound)…\(allowed.upperBound)"
        }
    }
}
