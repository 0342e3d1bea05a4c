/// Sets of indices of parameters' axes that belong together, united step by step (union-find: Tarjan 1975).
struct ChannelSets {
    /// Above each element another one of its set; the topmost stands for the set.
    private var parents: [Int] = []
    /// By the element that stands for a set.
    private var obstacles: [Int: ChannelGroups.Obstacle] = [:]
    private var axes: [(axis: ParameterAxis, elements: Range<Int>)] = []
    private var places: [ParameterAxis: Int] = [:]

    /// New elements that belong to no parameter.
    mutating func make(_ count: Int) -> Range<Int> {
        let start = parents.count
        parents += start..<start + count
        return start..<start + count
    }

    /// The elements of a parameter's axis, the same whenever it is asked for.
    mutating func elements(of parameter: String, axis: Int, count: Int) -> [Int] {
        let key = ParameterAxis(parameter: parameter, axis: axis)
        if let place = places[key] { return Array(axes[place].elements) }
        let elements = make(count)
        places[key] = axes.count
        axes.append((key, elements))
        return Array(elements)
    }

    /// The element that stands for the set of another one.
    mutating func top(_ element: Int) -> Int {
        var top = element
        while parents[top] != top {
            parents[top] = parents[parents[top]]
            top = parents[top]
        }
        return top
    }

    mutating func unite(_ first: Int, _ second: Int) {
        let (kept, gone) = (top(first), top(second))
        guard kept != gone else { return }
        // The older one, so that what comes out does not depend on the way.
        let (low, high) = (min(kept, gone), max(kept, gone))
        parents[high] = low
        if let obstacle = obstacles.removeValue(forKey: high), obstacles[low] == nil { obstacles[low] = obstacle }
    }

    mutating func unite(_ first: [Int], _ second: [Int]) { for (a, b) in zip(first, second) { unite(a, b) } }

    /// The first obstacle of a set stays.
    mutating func hold(_ elements: some Sequence<Int>, _ obstacle: ChannelGroups.Obstacle) {
        for element in elements {
            let top = top(element)
            if obstacles[top] == nil { obstacles[top] = obstacle }
        }
    }

    /// The sets as groups: those that run through the same axes equally often, held by the same, together.
    mutating func groups() -> [ChannelGroups.Group] {
        var groups: [ChannelGroups.Group] = []
        var known: [Signature: Int] = [:]
        for (top, members) in membersOfSets() {
            let signature = Signature(axes: members.map(\.axis), counts: members.map(\.indices.count), obstacle: obstacles[top])
            let place = known[signature] ?? groups.count
            if place == groups.count {
                known[signature] = place
                groups.append(ChannelGroups.Group(members: members.map { member(of: axes[$0.axis].axis) }, obstacle: obstacles[top]))
            }
            for (member, found) in members.enumerated() { groups[place].members[member].indices.append(found.indices) }
        }
        return groups
    }

    private func member(of axis: ParameterAxis) -> ChannelGroups.Member {
        ChannelGroups.Member(parameter: axis.parameter, axis: axis.axis, indices: [])
    }

    /// Each set's axes with their indices, in the order of the sets' first axis and index.
    private mutating func membersOfSets() -> [(top: Int, members: [SetMember])] {
        var sets: [(top: Int, members: [SetMember])] = []
        var places: [Int: Int] = [:]
        for (axis, found) in axes.enumerated() {
            for (index, element) in found.elements.enumerated() {
                let top = top(element)
                let place = places[top] ?? sets.count
                if place == sets.count {
                    places[top] = place
                    sets.append((top, []))
                }
                if sets[place].members.last?.axis != axis { sets[place].members.append(SetMember(axis: axis, indices: [])) }
                sets[place].members[sets[place].members.count - 1].indices.append(index)
            }
        }
        return sets
    }

    private struct SetMember {
        var axis: Int
        var indices: [Int]
    }

    private struct Signature: Hashable {
        var axes: [Int]
        var counts: [Int]
        var obstacle: ChannelGroups.Obstacle?
    }
}
