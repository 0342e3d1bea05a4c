extension ChannelFinder {
    /// The sets as groups: those that run through the same axes equally often, held and marked by the same, together.
    mutating func groups() -> ChannelGroups {
        let cells = evenCells()
        var groups: [ChannelGroups.Group] = []
        var known: [Signature: Int] = [:]
        var places: [Int: Int] = [:]
        for (top, members) in sets.membersOfSets() {
            let signature = Signature(
                axes: members.map(\.axis), counts: members.map(\.indices.count), obstacle: sets.obstacles[top],
                inexactness: sets.marks[top] ?? ChannelGroups.Inexactness(), evens: (cells[top] ?? []).map(\.even))
            let place = known[signature] ?? groups.count
            if place == groups.count {
                known[signature] = place
                var group = ChannelGroups.Group(members: members.map { member(at: $0.axis) }, obstacle: signature.obstacle)
                group.inexactness = signature.inexactness
                group.evenNodes = signature.evens.map { evens[$0].node }
                groups.append(group)
            }
            for (member, found) in members.enumerated() { groups[place].members[member].indices.append(found.indices) }
            if !signature.evens.isEmpty { groups[place].cells.append((cells[top] ?? []).map(\.chunk)) }
            places[top] = place
        }
        tie(&groups, cells, places)
        return ChannelGroups(groups)
    }

    private func member(at place: Int) -> ChannelGroups.Member {
        let (axis, blocks, _) = sets.axes[place]
        return ChannelGroups.Member(parameter: axis.parameter, axis: axis.axis, blocks: blocks, indices: [])
    }

    /// By set, the chunks that it is in of those that have to stay even; sets that lie in several chunks, but not in all, are held.
    private mutating func evenCells() -> [Int: [(even: Int, chunk: Int)]] {
        var cells: [Int: [(even: Int, chunk: Int)]] = [:]
        for (even, found) in evens.enumerated() {
            let tops = found.chunks.map { chunk in Set(chunk.map { sets.top($0) }) }
            let all = tops.reduce(Set()) { $0.union($1) }
            if tops.allSatisfy({ $0.count == 1 }) {
                // Whole chunks are channels.
                if !found.goesWhole, all.count > 1 { sets.hold(all.sorted(), .node(found.node)) }
            } else if all.count == tops.reduce(0, { $0 + $1.count }) {
                for (chunk, members) in tops.enumerated() { for top in members { cells[top, default: []].append((even, chunk)) } }
            } else if !tops.allSatisfy({ $0 == all }) {
                sets.hold(all.sorted(), .tied(found.node))
            }
        }
        return cells
    }

    /// Holds groups that share chunks with others: none of them can lose channels alone.
    private func tie(_ groups: inout [ChannelGroups.Group], _ cells: [Int: [(even: Int, chunk: Int)]], _ places: [Int: Int]) {
        var homes: [Int: Set<Int>] = [:]
        for (top, found) in cells {
            guard let place = places[top] else { continue }
            for cell in found { homes[cell.even, default: []].insert(place) }
        }
        for (even, places) in homes.sorted(by: { $0.key < $1.key }) where places.count > 1 {
            for place in places where groups[place].obstacle == nil { groups[place].obstacle = .tied(evens[even].node) }
        }
    }

    private struct Signature: Hashable {
        var axes: [Int]
        var counts: [Int]
        var obstacle: ChannelGroups.Obstacle?
        var inexactness: ChannelGroups.Inexactness
        var evens: [Int]
    }
}
