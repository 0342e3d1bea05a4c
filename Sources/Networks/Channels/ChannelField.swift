/// Which channels stand where in a value, along one axis or several that were one.
///
/// For indices [i, j, …] below the counts [n, m, …] of its dims the channel is `elements[(i · m + j) · …]`, and at index p of a dim's axis stands
/// its p / run mod count. So a Reshape changes dims and no element, whether it cuts an axis, joins axes, repeats a channel over pixels or
/// has the examples before it on one axis.
struct ChannelField: Hashable {
    /// An axis along which channels lie.
    struct Dim: Hashable {
        var axis: Int
        var count: Int
        /// How many neighbours along the axis are one.
        var run = 1
    }

    /// By ascending axis, each axis once.
    var dims: [Dim]
    var elements: [Int]
    /// By element, the place of the node that makes something of it where all that makes the channel is zero, or −1; empty where none does.
    var loud: [Int] = []

    init(dims: [Dim], elements: [Int], loud: [Int] = []) {
        (self.dims, self.elements) = (dims, elements)
        self.loud = loud.contains { $0 >= 0 } ? loud : []
    }

    /// Channels along one axis.
    init(axis: Int, _ elements: [Int], loud: [Int] = []) {
        self.init(dims: [Dim(axis: axis, count: elements.count)], elements: elements, loud: loud)
    }

    var axes: [Int] { dims.map(\.axis) }

    func place(of axis: Int) -> Int? { dims.firstIndex { $0.axis == axis } }

    /// The place of the node that makes something of an element, or −1.
    func loudness(_ element: Int) -> Int { loud.isEmpty ? -1 : loud[element] }

    /// These of the elements, in this order.
    func taking(_ places: [Int], dims: [Dim]) -> ChannelField {
        ChannelField(dims: dims, elements: places.map { elements[$0] }, loud: loud.isEmpty ? [] : places.map { loud[$0] })
    }

    /// With chosen indices of a dim, each for itself.
    func along(_ place: Int, _ indices: [Int]) -> ChannelField {
        let (before, count) = (dims[..<place].reduce(1) { $0 * $1.count }, dims[place].count)
        let behind = dims[(place + 1)...].reduce(1) { $0 * $1.count }
        var places: [Int] = []
        places.reserveCapacity(before * indices.count * behind)
        for outer in 0..<before {
            for index in indices { places += (outer * count + index) * behind..<(outer * count + index + 1) * behind }
        }
        var dims = dims
        dims[place] = Dim(axis: dims[place].axis, count: indices.count)
        return taking(places, dims: dims)
    }

    /// With what stands at indices of the axis of a dim.
    func at(_ place: Int, _ indices: some Sequence<Int>) -> ChannelField {
        let dim = dims[place]
        return along(place, indices.map { $0 / dim.run % dim.count })
    }

    /// With an element for each index of the axis of a dim.
    func spread(_ place: Int, extent: Int) -> ChannelField {
        dims[place].run == 1 && dims[place].count == extent ? self : at(place, 0..<extent)
    }

    /// The dims in another order, each on an axis of its own.
    func transposed(_ target: [Int: Int]) -> ChannelField {
        let moved = dims.enumerated().compactMap { place, dim in target[dim.axis].map { (place: place, axis: $0) } }
        let order = moved.sorted { $0.axis < $1.axis }
        let made = order.map { Dim(axis: $0.axis, count: dims[$0.place].count, run: dims[$0.place].run) }
        guard order.map(\.place) != Array(dims.indices) else { return ChannelField(dims: made, elements: elements, loud: loud) }
        var steps = [Int](repeating: 1, count: dims.count)
        for place in dims.indices.dropLast().reversed() { steps[place] = steps[place + 1] * dims[place + 1].count }
        let places = order.reduce([0]) { places, next in
            places.flatMap { start in (0..<dims[next.place].count).map { start + $0 * steps[next.place] } }
        }
        return taking(places, dims: made)
    }

    /// By element, its place among those of chosen dims.
    func places(along chosen: [Int]) -> [Int] {
        var places = [0]
        for (index, dim) in dims.enumerated() {
            let isChosen = chosen.contains(index)
            places = places.flatMap { start in (0..<dim.count).map { isChosen ? start * dim.count + $0 : start } }
        }
        return places
    }

    /// Without dims of one index, unless it is the only one.
    var simplified: ChannelField {
        guard dims.count > 1, dims.contains(where: { $0.count == 1 }) else { return self }
        let kept = dims.filter { $0.count > 1 }
        return ChannelField(dims: kept.isEmpty ? [dims[0]] : kept, elements: elements, loud: loud)
    }
}
