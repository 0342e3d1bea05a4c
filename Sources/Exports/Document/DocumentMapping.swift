import Compression
import Networks
import Yams

/// The keys and values of a YAML mapping, in their order; an empty value counts as an empty mapping.
struct DocumentMapping {
    let parent: DocumentNode
    let pairs: [(key: DocumentNode, name: String, value: DocumentNode)]

    init(_ parent: DocumentNode) throws(PlanFileError) {
        self.parent = parent
        if let scalar = parent.node.scalar, scalar.string.isEmpty, scalar.style == .plain || scalar.style == .any {
            pairs = []
            return
        }
        guard let mapping = parent.node.mapping else { throw parent.wrong(.mapping) }
        var pairs: [(DocumentNode, String, DocumentNode)] = []
        for (key, value) in mapping {
            let key = DocumentNode(node: key, path: parent.path)
            let name = try key.text()
            let path = parent.path.isEmpty ? name : "\(parent.path).\(name)"
            pairs.append((key, name, DocumentNode(node: value, path: path)))
        }
        self.pairs = pairs
    }

    private init(_ parent: DocumentNode, _ pairs: [(key: DocumentNode, name: String, value: DocumentNode)]) {
        self.parent = parent
        self.pairs = pairs
    }

    /// The mapping without some of its keys.
    func without(_ keys: [String]) -> DocumentMapping { DocumentMapping(parent, pairs.filter { !keys.contains($0.name) }) }

    /// The mapping with only these of its keys.
    func only(_ keys: [String]) -> DocumentMapping { DocumentMapping(parent, pairs.filter { keys.contains($0.name) }) }

    /// The keys with their values, for a mapping whose keys are names.
    var entries: [(name: String, value: DocumentNode)] { pairs.map { ($0.name, $0.value) } }

    subscript(key: String) -> DocumentNode? { pairs.first { $0.name == key }?.value }

    func required(_ key: String) throws(PlanFileError) -> DocumentNode {
        guard let value = self[key] else { throw parent.error(.missingKey(path: parent.path, key: key)) }
        return value
    }

    /// - Parameter inner: The keys that the mappings of known keys have.
    /// - Throws: the first key that is not among `known`, with the near ones, or those that have it inside.
    func check(known: [String], inner: [(key: String, keys: [String])] = []) throws(PlanFileError) {
        for (key, name, _) in pairs where !known.contains(name) {
            let holders = inner.filter { $0.keys.contains(name) }.map(\.key)
            let given = holders.filter { self[$0] != nil }
            let inside = (given.isEmpty ? holders.prefix(3) : given[...]).map { "\($0): {\(name): …}" }
            let near = inside.isEmpty ? NearNames.of(name, among: known) : inside
            throw key.error(.unknownKey(path: parent.path, key: name, near: near, known: known))
        }
    }

    /// The only one of `keys` that is there; nil for none.
    ///
    /// - Throws: `conflictingKeys` at the second one.
    func only(of keys: [String]) throws(PlanFileError) -> (name: String, value: DocumentNode)? {
        let found = pairs.filter { keys.contains($0.name) }
        guard found.count < 2 else {
            throw found[1].key.error(.conflictingKeys(path: parent.path, keys: found.map(\.name)))
        }
        return found.first.map { ($0.name, $0.value) }
    }
}
