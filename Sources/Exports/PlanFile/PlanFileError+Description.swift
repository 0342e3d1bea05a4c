import Compression

extension PlanFileError: CustomStringConvertible {
    /// `plan.yaml:3:15: what is wrong; what helps`.
    public var description: String {
        let place = place.map { "\($0.line):\($0.column)" }
        let prefix = [file, place].compactMap(\.self).joined(separator: ":")
        let text = problem.sentence(of: "plan")
        return prefix.isEmpty ? text : "\(prefix): \(text)"
    }

    /// What the user can do; nil where the problem says it all.
    public var cure: String? { problem.cure(of: "plan") }
}

extension PlanFileError.Problem {
    /// What is wrong; what helps. `document` is what the file holds, a plan or a schedule.
    func sentence(of document: String) -> String {
        let text = text(of: document)
        return cure(of: document).map { "\(text); \($0)" } ?? text
    }

    fileprivate func cure(of document: String) -> String? {
        switch self {
        case .tooLarge: "a \(document) has one line a layer: check that this is the file you meant"
        case .notText: "save it as UTF-8"
        case .notRead(let indicator): "write the values out, and put names with \(indicator) in quotes"
        case .duplicateKey: "keep one of them"
        case .missingKey(_, let key): key == "version" ? "add the line 'version: \(PlanFile.version)'" : "add it"
        case .newerVersion: "use a newer Pare, or write the plan again with this one"
        case .unknownKey(_, _, let near, let known): Self.choice(near: near, of: known)
        case .unknownWord(_, _, let near, let allowed): Self.choice(near: near, of: allowed)
        case .conflictingKeys: "keep one of them"
        case .unreadable, .unwritable, .syntax, .wrongKind, .outOfRange, .invalid, .nameTooLong: nil
        }
    }

    static func choice(near: [String], of all: [String]) -> String {
        near.isEmpty ? "possible are \(all.joined(separator: ", "))" : "did you mean \(near.joined(separator: " or "))?"
    }
}

extension PlanFileError.Problem {
    fileprivate func text(of document: String) -> String {
        switch self {
        case .unreadable(let reason): "the \(document) can't be read: \(reason)"
        case .unwritable(let reason): "the \(document) can't be written: \(reason)"
        case .tooLarge(let limit): "the \(document) is longer than \(limit) bytes"
        case .notText: "the \(document) is not UTF-8 text"
        case .syntax(let problem): "not YAML: \(problem)"
        case .notRead(let indicator): "'\(indicator)' begins an \(indicator == "&" ? "anchor" : "alias"), which \(document)s don't have"
        case .duplicateKey(let key): "'\(key)' stands here twice"
        case .missingKey(let path, let key): "\(within(path))'\(key)' is missing"
        case .newerVersion(let version, let known): "the \(document) has version \(version), this Pare reads up to \(known)"
        case .unknownKey(let path, let key, _, _): "\(within(path))unknown key '\(key)'"
        case .conflictingKeys(let path, let keys):
            "\(within(path))\(keys.map { "'\($0)'" }.joined(separator: " and ")) exclude each other"
        case .unknownWord(let path, let word, _, _): "\(within(path))'\(word)' is not a choice"
        case .wrongKind(let path, let expected, let found): "\(within(path))\(found) stands where \(expected.text) must be"
        case .outOfRange(let path, let value, let allowed):
            "\(path) is \(number(value)); allowed is \(number(allowed.lowerBound))…\(number(allowed.upperBound))"
        case .invalid(let error): error.description
        case .nameTooLong(let count): "a name of \(count) characters is too long for a \(document) file"
        }
    }

    private func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    private func within(_ path: String) -> String { path.isEmpty ? "" : "\(path): " }
}

extension PlanFileError.Kind {
    fileprivate var text: String {
        switch self {
        case .mapping: "a mapping {key: value}"
        case .list: "a list [value, …]"
        case .text: "a word"
        case .number: "a number"
        case .wholeNumber: "a whole number"
        case .boolean: "true or false"
        }
    }
}
