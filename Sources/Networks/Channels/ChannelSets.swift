/// Sets of indices of parameters' axes that belong together, united step by step (union-find: Tarjan 1975).
struct ChannelSets {
    /// Above each element another one of its set; the topmost stands for the set.
    private var parents: [Int] = []
    /// By the element that stands for a set.
    private(set) var obstacles: [Int: ChannelGroups.Obstacle] = [:]
    private(set) var marks: [Int: ChannelGroups.Inexactness] = [:]
    private(set) var axes: [(axis: ParameterAxis, blocks: Int, elements: Range<Int>)] = []
    private var places: [ParameterAxis: Int] = [:]

    /// How many elements there are.
    var count: Int { parents.count }

    /// New elements that belong to no parameter.
    mutating func make(_ count: Int) -> Range<Int> {
        let start = parents.count
        parents += start..<start + count
        return start..<start + count
    }

    /// The elements of a parameter's axis, the same whenever it is asked for; where each of some blocks of the first axis has its own indices,
    /// those of the blocks one after another.
    mutating func elements(of parameter: String, axis: Int, count: Int, blocks: Int = 1) -> [Int] {
        let key = ParameterAxis(parameter: parameter, axis: axis)
        if let place = places[key] {
            let known = axes[place]
            if known.blocks == blocks, known.elements.count == count { return Array(known.elements) }
            // Two nodes read it in different ways.
            let new = make(count)
            hold(new, .parameter(parameter))
            hold(known.elements, .parameter(parameter))
            return Array(new)
        }
        let elements = make(count)
        places[key] = axes.count
        axes.append((key, blocks, elements))
        return Array(elements)
    }

    /// The elements of a parameter's axis as they were asked for; nil where nobody did.
    func known(_ axis: ParameterAxis) -> Range<Int>? { places[axis].map { axes[$0].elements } }

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
        if let mark = marks.removeValue(forKey: high) { marks[low, default: ChannelGroups.Inexactness()].add(mark) }
    }

    mutating func unite(_ first: [Int], _ second: [Int]) { for (a, b) in zip(first, second) { unite(a, b) } }

    /// The first obstacle of a set stays.
    mutating func hold(_ elements: some Sequence<Int>, _ obstacle: ChannelGroups.Obstacle) {
        for element in elements {
            let top = top(element)
            if obstacles[top] == nil { obstacles[top] = obstacle }
        }
    }

    /// Notes why what is left without a channel is not what masks leave.
    mutating func mark(_ element: Int, _ reason: ChannelGroups.Inexactness) {
        marks[top(element), default: ChannelGroups.Inexactness()].add(reason)
    }

    /// Each set's axes with their indices, in the order of the sets' first axis and index.
    mutating func membersOfSets() -> [(top: Int, members: [SetMember])] {
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

    /// An axis of a parameter, by its place among those asked for.
    struct SetMember {
        var axis: Int
        var indices: [Int]
    }
}
