/// A function or type of the generated source with those that it calls; only what a network needs is written.
struct CFunction: Hashable, Sendable {
    let name: String
    let text: String
    var needs: [CFunction] = []
    /// Whether it decodes weights.
    var decodes = false

    static func == (a: CFunction, b: CFunction) -> Bool { a.name == b.name }
    func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// The functions of a source, each once and after those that it calls.
struct CFunctionList {
    private(set) var all: [CFunction] = []
    private var names: Set<String> = []

    mutating func insert(_ function: CFunction) {
        guard names.insert(function.name).inserted else { return }
        for other in function.needs { insert(other) }
        all.append(function)
    }
}
