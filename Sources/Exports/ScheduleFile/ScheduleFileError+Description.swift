import Compression

extension ScheduleFileError: CustomStringConvertible {
    /// One line an issue: `schedule.yaml:3:15: what is wrong; what helps`.
    public var description: String {
        issues.map { issue in
            let place = issue.place.map { "\($0.line):\($0.column)" }
            let prefix = [file, place].compactMap(\.self).joined(separator: ":")
            return prefix.isEmpty ? issue.problem.text : "\(prefix): \(issue.problem.text)"
        }.joined(separator: "\n")
    }
}

extension ScheduleFileError.Problem {
    /// What is wrong; what helps.
    public var text: String {
        switch self {
        case .form(let problem): problem.sentence(of: "schedule")
        case .unmatched(let path, let pattern, let near):
            "\(path): no layer matches '\(pattern.prefix(80))'" + (near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))")
        case .unknownClass(let path, let name, let near, let known):
            "\(path): unknown class '\(name.prefix(80))'; \(PlanFileError.Problem.choice(near: near, of: known))"
        case .unknownInstance(let path, let name, let near, let known):
            "\(path): there is no instance '\(name.prefix(80))'; "
                + (known.isEmpty ? "define it" : PlanFileError.Problem.choice(near: near, of: known))
        case .unsupported(let path, let what): "\(path): Pare does not have \(what)"
        case .pattern(let path, let pattern): "\(path): '\(pattern.prefix(80))' is not a regular expression"
        case .noEquivalent(let path, let what): "\(path): Distiller's schedules have no \(what)"
        case .notWritten: "the schedule has a value that no file can hold"
        }
    }
}
