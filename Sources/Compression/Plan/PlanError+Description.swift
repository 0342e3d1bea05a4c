extension PlanError: CustomStringConvertible {
    /// One sentence with the entry, what is wrong and what would be right.
    public var description: String {
        switch self {
        case .unknownName(let pattern, let near):
            "no layer matches '\(pattern)'" + (near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))")
        case .biasName(let pattern, let weight):
            "'\(pattern)' is a bias, which is never pruned; write 'biases: float16' in the entry of \(weight)"
        case .duplicateEntry(let first, let second):
            "'\(first)' and '\(second)' name the same layer; keep one of them"
        case .unsuited(let layer, let representation, let reason): "\(layer) can't be \(representation): \(reason)"
        case .settingOfLayers(let entry, let setting):
            "\(entry): a factor has no \(setting) of its own; say it in the entry of the layer, or leave it out"
        case .outOfRange(let entry, let setting, let value, let allowed):
            (entry.map { "\($0): " } ?? "") + "\(setting) is \(value.short); allowed is "
                + "\(allowed.lowerBound.short)…\(allowed.upperBound.short)"
        }
    }
}

extension Double {
    /// Without a fraction of zero: `5`, `0.5`.
    fileprivate var short: String {
        self == rounded() && magnitude < 1e15 ? String(Int(self)) : String(self)
    }
}
