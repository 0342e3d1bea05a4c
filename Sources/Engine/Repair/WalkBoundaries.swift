import Networks
import Tensors

/// Where a value of a network is wanted: what stands before a node is run for it.
struct WalkStop {
    let value: String
    /// The first node that is not run.
    let place: Int
    /// Of the data, each once.
    let examples: [Int]
}

/// What is still to be read before a node of a network: the values of one example in a row.
struct WalkBoundary {
    let place: Int
    let values: [(name: String, shape: Shape)]

    /// Numbers of one example.
    var width: Int { values.reduce(0) { $0 + $1.shape.count } }
}

/// The boundaries at which a network can be left and entered again, for values that are wanted one after another.
///
/// A value is alive before node p if a node before p makes it, and p or a later node that is needed, or a stop at p or later, reads it. A boundary is
/// kept where all values that are alive hold one example after another. Cost: O(nodes), and the values at the boundaries.
struct WalkBoundaries {
    /// By stop, the last one before it; nil where there is only the input.
    let ofStop: [WalkBoundary?]

    private struct Value {
        let name: String
        /// The node that makes it; −1 for the input.
        let maker: Int
        /// The last node that reads it.
        let end: Int
        /// Of one example; nil where examples do not lie one after another.
        let shape: Shape?
    }

    /// - Parameter shapes: Those of one example, with the batch.
    init(_ network: Network, _ shapes: [String: Shape], stops: [WalkStop]) {
        let values = Self.values(of: network, shapes, stops)
        var open = [Int](repeating: 0, count: network.nodes.count + 2)
        for value in values where value.shape == nil {
            open[value.maker + 1] += 1
            open[value.end + 1] -= 1
        }
        var (sum, last) = (0, 0)
        // The last place at or before each one where a boundary can be kept.
        let places = open.indices.map { place in
            sum += open[place]
            if sum == 0 { last = place }
            return last
        }
        let wanted = stops.map { places[$0.place] }
        let found = Self.boundaries(at: Set(wanted).sorted(), values)
        ofStop = wanted.map { $0 > 0 ? found[$0] : nil }
    }

    /// In the order of their makers.
    private static func values(of network: Network, _ shapes: [String: Shape], _ stops: [WalkStop]) -> [Value] {
        let needed = network.nodesNeeded(for: stops.map(\.value))
        var ends: [String: Int] = [:]
        for place in needed { for name in network.nodes[place].inputs { ends[name] = place } }
        for stop in stops { ends[stop.value] = max(ends[stop.value] ?? 0, stop.place) }
        let pairs = (try? network.shapes(batch: 2)) ?? [:]
        let makers = [(network.input, -1)] + needed.compactMap { place in network.nodes[place].outputs.first.map { ($0, place) } }
        return makers.compactMap { name, maker in
            guard let end = ends[name], end > maker else { return nil }
            return Value(name: name, maker: maker, end: end, shape: Self.example(shapes[name], pairs[name]))
        }
    }

    /// The shape of an example where a batch of two is two of them; else nil.
    private static func example(_ one: Shape?, _ two: Shape?) -> Shape? {
        guard let one, let two, one.dimensions.first == 1, two.dimensions == [2] + one.dimensions.dropFirst() else { return nil }
        return Shape(Array(one.dimensions.dropFirst()))
    }

    private static func boundaries(at places: [Int], _ values: [Value]) -> [Int: WalkBoundary] {
        var (alive, next, found) = ([Value](), 0, [Int: WalkBoundary]())
        for place in places {
            while next < values.count, values[next].maker < place {
                alive.append(values[next])
                next += 1
            }
            alive.removeAll { $0.end < place }
            found[place] = WalkBoundary(place: place, values: alive.compactMap { value in value.shape.map { (value.name, $0) } })
        }
        return found
    }
}
