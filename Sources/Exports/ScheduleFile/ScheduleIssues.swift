import Compression
import Networks

/// Collects what is wrong while a file is read to its end. One reader uses it, on one thread.
final class ScheduleIssues {
    private(set) var all: [ScheduleFileError.Issue] = []

    /// In the order of the text.
    var sorted: [ScheduleFileError.Issue] {
        all.enumerated().sorted { first, second in
            let places = [first, second].map { ($0.element.place?.line ?? 0, $0.element.place?.column ?? 0, $0.offset) }
            return places[0] < places[1]
        }.map(\.element)
    }

    func add(_ problem: ScheduleFileError.Problem, at node: DocumentNode?) {
        all.append(.init(place: node?.place, problem: problem))
    }

    func add(_ error: PlanFileError) { all.append(.init(place: error.place, problem: .form(error.problem))) }

    /// What `body` reads; nil and one issue more where it throws.
    func attempt<Value>(_ body: () throws(PlanFileError) -> Value) -> Value? {
        do { return try body() } catch {
            add(error)
            return nil
        }
    }

    /// Replaces `target` where the key is there and can be read.
    ///
    /// Nodes throw `PlanFileError` alone; the closure's error has no type only because none is inferred for closures.
    func set<Value>(_ target: inout Value, _ node: DocumentNode?, _ read: (DocumentNode) throws -> Value) {
        guard let node else { return }
        do { target = try read(node) } catch {
            add(error as? PlanFileError ?? node.error(.syntax("\(error)")))
        }
    }

    /// The mapping at a node, its unknown keys listed; nil for another kind of value.
    func mapping(_ node: DocumentNode, known: [String]? = nil) -> DocumentMapping? {
        guard let mapping = attempt({ () throws(PlanFileError) in try DocumentMapping(node) }) else { return nil }
        if let known { check(mapping, known: known) }
        return mapping
    }

    func check(_ mapping: DocumentMapping, known: [String]) {
        for (key, name, _) in mapping.pairs where !known.contains(name) {
            let near = NearNames.of(name, among: known)
            add(key.error(.unknownKey(path: mapping.parent.path, key: name, near: near, known: known)))
        }
    }

    /// The value of a key that must be there.
    func required(_ key: String, in mapping: DocumentMapping) -> DocumentNode? {
        attempt { () throws(PlanFileError) in try mapping.required(key) }
    }

    func list(_ node: DocumentNode) -> [DocumentNode] {
        attempt { () throws(PlanFileError) in try node.list() } ?? []
    }
}
