import Networks

/// The layers grouped by the dots of their names: `model.layers.0` holds `self_attn` and `mlp`, and so on.
public struct LayerTree: Hashable, Sendable {
    /// Layers with a common beginning of their names.
    struct Group: Hashable, Sendable {
        /// The common beginning, without the dot.
        var name: String
        /// What is left of it below the group around it.
        var label: String
        var depth: Int
        /// Its layers, as a range of ``LayerTree/leaves``.
        var members: Range<Int>
    }

    /// One line of the tree.
    enum Entry: Hashable, Sendable {
        case group(Int)
        /// A layer's place among the layers, its depth, and its name below its group.
        case layer(Int, depth: Int, label: String)
    }

    private(set) var entries: [Entry] = []
    private(set) var groups: [Group] = []
    /// Places of the layers in the order of the tree.
    private(set) var leaves: [Int] = []
    /// By place of a layer, its place among the leaves.
    private(set) var positions: [Int]

    /// Up to this many layers are listed one below the other, whatever their names.
    static let flatCount = 12
    /// Dots that are looked at: names come from files.
    private static let deepest = 12

    init(_ layers: [Layer]) {
        positions = Array(repeating: 0, count: layers.count)
        guard layers.count > Self.flatCount else { return }
        let names = layers.map { layer in
            layer.name.utf8.split(separator: UInt8(ascii: "."), maxSplits: Self.deepest, omittingEmptySubsequences: false)
                .map { String(Substring($0)) }
        }
        add(Array(layers.indices), names, level: 0, depth: 0, prefix: [])
        if groups.isEmpty { (entries, leaves) = ([], []) }
    }

    /// Whether there is anything to group.
    public var isNested: Bool { !groups.isEmpty }

    /// Adds the layers that share the first `level` parts of their names.
    private mutating func add(_ places: [Int], _ names: [[String]], level: Int, depth: Int, prefix: [String]) {
        for (part, members) in parts(places, names, level) {
            guard members.count > 1, names[members[0]].count > level + 1 else {
                for place in members { addLayer(place, names[place], level: level, depth: depth) }
                continue
            }
            // A chain of groups of one group each is one line.
            var label = [part]
            while let next = commonPart(members, names, level + label.count) { label.append(next) }
            let group = groups.count
            let name = prefix + label
            groups.append(
                Group(name: name.joined(separator: "."), label: label.joined(separator: "."), depth: depth, members: 0..<0))
            entries.append(.group(group))
            let start = leaves.count
            add(members, names, level: level + label.count, depth: depth + 1, prefix: name)
            groups[group].members = start..<leaves.count
        }
    }

    private mutating func addLayer(_ place: Int, _ name: [String], level: Int, depth: Int) {
        positions[place] = leaves.count
        leaves.append(place)
        entries.append(.layer(place, depth: depth, label: name[min(level, name.count - 1)...].joined(separator: ".")))
    }

    /// The layers by a part of their names, in the order in which it first comes; those whose names end before it by their last part.
    private func parts(_ places: [Int], _ names: [[String]], _ level: Int) -> [(String, [Int])] {
        var order: [String] = []
        var members: [String: [Int]] = [:]
        for place in places {
            let part = names[place][min(level, names[place].count - 1)]
            if members[part] == nil { order.append(part) }
            members[part, default: []].append(place)
        }
        return order.map { part in
            // The longest name first decides whether it is a group.
            let key = { (place: Int) in (names[place].count > level + 1 ? 0 : 1, place) }
            let found = members[part] ?? []
            let isInOrder = zip(found, found.dropFirst()).allSatisfy { key($0) < key($1) }
            return (part, isInOrder ? found : found.sorted { key($0) < key($1) })
        }
    }

    private func commonPart(_ places: [Int], _ names: [[String]], _ level: Int) -> String? {
        guard let first = places.first, names[first].count > level + 1 else { return nil }
        let part = names[first][level]
        return places.allSatisfy { names[$0].count > level + 1 && names[$0][level] == part } ? part : nil
    }
}
