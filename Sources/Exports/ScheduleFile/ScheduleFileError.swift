import Compression

/// Everything that is wrong with a schedule file, in the order of the text; at least one issue.
public struct ScheduleFileError: Error, Hashable, Sendable {
    public struct Issue: Hashable, Sendable {
        public var place: PlanFileError.Place?
        public var problem: Problem

        public init(place: PlanFileError.Place? = nil, problem: Problem) {
            self.place = place
            self.problem = problem
        }
    }

    /// What is wrong. Paths name where a key stands: `stages[0].train.rate`.
    public enum Problem: Hashable, Sendable {
        /// What plan files may have wrong too.
        case form(PlanFileError.Problem)
        /// A name, glob or regular expression that no layer has.
        case unmatched(path: String, pattern: String, near: [String])
        /// No class of this name, for example `SensitivtyPruner`.
        case unknownClass(path: String, name: String, near: [String], known: [String])
        /// A policy refers to an instance that its section does not have.
        case unknownInstance(path: String, name: String, near: [String], known: [String])
        /// A class, key or value that Distiller has and Pare does not do.
        case unsupported(path: String, what: String)
        /// A regular expression that can't be read.
        case pattern(path: String, pattern: String)
        /// What Distiller's files can't say.
        case noEquivalent(path: String, what: String)
        /// A schedule that would not be read back as it is.
        case notWritten
    }

    public var file: String?
    public var issues: [Issue]

    public init(file: String? = nil, issues: [Issue]) {
        self.file = file
        self.issues = issues
    }

    init(_ error: PlanFileError, file: String?) {
        self.init(file: file ?? error.file, issues: [Issue(place: error.place, problem: .form(error.problem))])
    }
}
