import Compression

/// Why a plan file can't be read or written.
public struct PlanFileError: Error, Hashable, Sendable {
    /// A place in the text, both counted from 1; columns count Unicode scalars.
    public struct Place: Hashable, Sendable {
        public var line: Int
        public var column: Int

        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    /// What is wrong. Paths name where a key stands: `layers.fc1.weight.shared`; the document itself is the empty string.
    public enum Problem: Hashable, Sendable {
        case unreadable(reason: String)
        case unwritable(reason: String)
        case tooLarge(limit: Int)
        /// Not UTF-8.
        case notText
        /// What the YAML parser says.
        case syntax(String)
        /// An anchor (`&`) or an alias (`*`).
        case notRead(indicator: String)
        case duplicateKey(String)
        case missingKey(path: String, key: String)
        case newerVersion(Int, known: Int)
        case unknownKey(path: String, key: String, near: [String], known: [String])
        /// Keys that exclude each other, `ratio` and `level`.
        case conflictingKeys(path: String, keys: [String])
        case unknownWord(path: String, word: String, near: [String], allowed: [String])
        case wrongKind(path: String, expected: Kind, found: String)
        /// A number that is no knob of a plan.
        case outOfRange(path: String, value: Double, allowed: ClosedRange<Double>)
        case invalid(PlanError)
        /// A pattern that YAML can't hold as a key of one line.
        case nameTooLong(count: Int)
    }

    /// What a key's value must be.
    public enum Kind: String, Hashable, Sendable {
        case mapping, list, text, number, wholeNumber, boolean
    }

    public var file: String?
    public var place: Place?
    public var problem: Problem

    public init(file: String? = nil, place: Place? = nil, problem: Problem) {
        self.file = file
        self.place = place
        self.problem = problem
    }
}
