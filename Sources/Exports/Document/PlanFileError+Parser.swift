import Documents
import Yams

extension PlanFileError {
    /// What no document has, with its place.
    init(_ refusal: YAMLGuard.Refusal) {
        let problem: Problem =
            switch refusal.cause {
            case .anchor: .notRead(indicator: "&")
            case .alias: .notRead(indicator: "*")
            case .key: .wrongKind(path: "", expected: .text, found: "a list or mapping")
            }
        self.init(place: Place(line: refusal.line, column: refusal.column), problem: problem)
    }

    /// The parser's own message with its place.
    init(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let text = [context?.text, problem].compactMap(\.self).joined(separator: ": ")
            self.init(place: Place(line: mark.line, column: mark.column), problem: .syntax(text))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let place = Place(line: context.mark.line, column: context.mark.column)
            self.init(place: place, problem: .duplicateKey(duplicates.first ?? ""))
        case .reader(let problem, let offset, _, let yaml):
            self.init(place: offset.map { Place(utf8Offset: $0, in: yaml) }, problem: .syntax(problem))
        case .writer(let problem), .emitter(let problem), .representer(let problem): self.init(problem: .syntax(problem))
        case .no, .memory, .dataCouldNotBeDecoded: self.init(problem: .syntax("\(error)"))
        }
    }
}

extension PlanFileError.Place {
    /// Where the byte at `utf8Offset` stands.
    fileprivate init(utf8Offset: Int, in text: String) {
        let before = text.utf8.prefix(max(0, utf8Offset))
        let lastBreak = before.lastIndex(of: UInt8(ascii: "\n"))
        let start = lastBreak.map { text.utf8.index(after: $0) } ?? text.startIndex
        let column = text.unicodeScalars[start..<max(start, before.endIndex)].count
        self.init(line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: column + 1)
    }
}
