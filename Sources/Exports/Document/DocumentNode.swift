import Networks
import Yams

/// A YAML node with the path that leads to it; reads one kind of value or throws with its place.
struct DocumentNode {
    let node: Yams.Node
    let path: String

    var place: PlanFileError.Place? { node.mark.map { .init(line: $0.line, column: $0.column) } }

    func error(_ problem: PlanFileError.Problem) -> PlanFileError { PlanFileError(place: place, problem: problem) }

    /// The text of a scalar.
    func text(_ kind: PlanFileError.Kind = .text) throws(PlanFileError) -> String {
        guard let scalar = node.scalar else { throw wrong(kind) }
        return scalar.string
    }

    func number() throws(PlanFileError) -> Double {
        guard let number = Double(try text(.number)) else { throw wrong(.number) }
        return number
    }

    /// A number within a range.
    func number(in range: ClosedRange<Double>) throws(PlanFileError) -> Double {
        let number = try number()
        guard range.contains(number) else { throw error(.outOfRange(path: path, value: number, allowed: range)) }
        return number
    }

    func wholeNumber(in range: ClosedRange<Int>) throws(PlanFileError) -> Int {
        let number = try wholeNumber()
        guard range.contains(number) else {
            let allowed = Double(range.lowerBound)...Double(range.upperBound)
            throw error(.outOfRange(path: path, value: Double(number), allowed: allowed))
        }
        return number
    }

    /// The items of a list.
    func list() throws(PlanFileError) -> [DocumentNode] {
        guard let sequence = node.sequence else { throw wrong(.list) }
        return sequence.enumerated().map { DocumentNode(node: $1, path: "\(path)[\($0)]") }
    }

    /// The items of a list; a word or number stands for a list of one.
    func items() throws(PlanFileError) -> [DocumentNode] {
        if let scalar = node.scalar, !scalar.string.isEmpty { return [self] }
        return try list()
    }

    /// One of `names`, alone or with settings: `cosine`, or `cosine: {final: 0.1}`.
    func choice(among names: [String]) throws(PlanFileError) -> (name: String, settings: DocumentMapping) {
        guard node.mapping != nil else {
            let word = try text()
            guard names.contains(word) else { throw unknown(word, among: names) }
            return (word, try DocumentMapping(DocumentNode(node: Yams.Node(""), path: path)))
        }
        let mapping = try DocumentMapping(self)
        try mapping.check(known: names)
        guard let (name, value) = try mapping.only(of: names) else { throw wrong(.text) }
        return (name, try DocumentMapping(value))
    }

    func wholeNumber() throws(PlanFileError) -> Int {
        guard let number = Int(try text(.wholeNumber)) else { throw wrong(.wholeNumber) }
        return number
    }

    func seed() throws(PlanFileError) -> UInt64 {
        guard let seed = UInt64(try text(.wholeNumber)) else { throw wrong(.wholeNumber) }
        return seed
    }

    func boolean() throws(PlanFileError) -> Bool {
        switch try text(.boolean) {
        case "true": return true
        case "false": return false
        default: throw wrong(.boolean)
        }
    }

    /// One of the words of an enumeration.
    func word<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) throws(PlanFileError) -> Choice {
        let word = try text()
        if let choice = Choice(rawValue: word) { return choice }
        throw unknown(word, among: Choice.allCases.map(\.rawValue))
    }

    func unknown(_ word: String, among allowed: [String]) -> PlanFileError {
        error(.unknownWord(path: path, word: word, near: NearNames.of(word, among: allowed), allowed: allowed))
    }

    func wrong(_ kind: PlanFileError.Kind) -> PlanFileError {
        let found =
            switch node {
            case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "'\(scalar.string.prefix(40))'"
            case .mapping: "a mapping"
            case .sequence: "a list"
            case .alias: "an alias"
            }
        return error(.wrongKind(path: path, expected: kind, found: found))
    }
}
