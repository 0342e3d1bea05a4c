import Networks
import Tensors

/// How important each channel of some layers is by a criterion, worked out channel by channel.
///
/// The importance of a channel is the sum over all that make it; where several layers do, that of each is divided by the layer's mean first, for
/// norms of different layers are no measure of one another. What needs examples is measured elsewhere and only put together here.
public struct FilterImportance {
    /// Filters of one maker: values of channel c are `rows[c]`.
    private struct Maker {
        var rows: [[Float]]
    }

    private struct Own {
        let layer: Layer
        let makers: [Maker]
        var scores: [[Double]]
    }

    /// What makes the channels of each layer, or reads them where the criterion goes by that; of those whose channels another one has nothing.
    public private(set) var makers: [(weight: String, makers: [ChannelMaker])] = []
    /// Whether layers that nothing can be said of are passed by.
    public let passesHeld: Bool
    private let criterion: FilterCriterion
    private var sets: [Own] = []
    private var held: [HeldFilters]
    private var next = (set: 0, channel: 0)

    /// The importance of each channel, once all is done.
    public var result: FilterScores {
        let scores = sets.map { ($0.layer.weight, FilterScores.combined($0.scores, by: criterion)) }
        return FilterScores(byLayer: Dictionary(scores) { first, _ in first }, held: held)
    }

    /// Throws where a criterion has nothing to go by. Cost: O(weights of the makers).
    init(of found: FilterSets, in network: Network, for removal: FilterRemoval) throws(FilterObstacle) {
        let criterion = removal.criterion
        self.criterion = criterion
        (held, passesHeld) = (found.held, found.passesHeld)
        var generator = SeededGenerator(seed: removal.seed)
        for channels in found.sets {
            if criterion == .random {
                sets.append(Own(layer: channels.layer, makers: [], scores: [channels.channels.map { _ in generator.uniform() }]))
                continue
            }
            let part = removal.part
            let all = channels.makers(part, in: network) { Self.counts($0, criterion, network) }
            let named = all.filter { part == .scale || criterion == .reconstruction || removal.isRanked(by: $0.weight, of: channels.layer) }
            let own = named.isEmpty ? all : named
            guard !own.isEmpty else {
                let obstacle: FilterObstacle = criterion == .reconstruction ? .unread : .unscaled
                guard found.passesHeld else { throw obstacle }
                held.append(HeldFilters(layer: channels.layer, obstacle: obstacle))
                continue
            }
            makers.append((channels.layer.weight, own))
            let rows = criterion.need == .nothing ? own.map { Maker(rows: $0.rows(in: network)) } : []
            sets.append(Own(layer: channels.layer, makers: rows, scores: own.map { _ in channels.channels.map { _ in 0 } }))
        }
    }

    /// Whether a use counts: scales are those of normalizations.
    private static func counts(_ use: ChannelUse, _ criterion: FilterCriterion, _ network: Network) -> Bool {
        guard criterion == .gamma else { return true }
        if case .binary = network.nodes[use.node].operation { return false }
        return true
    }

    /// Takes what was measured of the channels of a layer, by maker, or why nothing could be.
    public mutating func take(_ measured: Result<[[Double]], FilterObstacle>, of weight: String) {
        guard let place = sets.firstIndex(where: { $0.layer.weight == weight }) else { return }
        switch measured {
        case .success(let scores): sets[place].scores = scores
        case .failure(let obstacle):
            held.append(HeldFilters(layer: sets.remove(at: place).layer, obstacle: obstacle))
        }
    }

    /// Works out the next channel; false when all are. Cost: O(weights of a channel), with ``FilterCriterion/fpgm`` of the layer.
    public mutating func step() -> Bool {
        while next.set < sets.count, sets[next.set].makers.isEmpty || next.channel >= (sets[next.set].scores.first?.count ?? 0) {
            next = (next.set + 1, 0)
        }
        guard next.set < sets.count else { return false }
        for (maker, found) in sets[next.set].makers.enumerated() {
            sets[next.set].scores[maker][next.channel] = score(next.channel, found.rows)
        }
        next.channel += 1
        return true
    }

    private func score(_ channel: Int, _ rows: [[Float]]) -> Double {
        switch criterion {
        case .l1, .gamma: rows[channel].reduce(0) { $0 + Double(abs($1)) }
        case .l2: rows[channel].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        case .fpgm: rows.reduce(0) { $0 + Self.distance(rows[channel], $1) }
        default: 0
        }
    }

    /// ‖a − b‖₂.
    private static func distance(_ a: [Float], _ b: [Float]) -> Double {
        guard a.count == b.count else { return 0 }
        return a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var sum = 0.0
                for index in 0..<a.count {
                    let difference = Double(a[index]) - Double(b[index])
                    sum += difference * difference
                }
                return sum.squareRoot()
            }
        }
    }
}

extension FilterRemoval {
    /// What the channels are ranked by: those that read them only where their own weights are the measure.
    fileprivate var part: ChannelUse.Part {
        if criterion == .gamma { return .scale }
        if criterion == .reconstruction { return .reader }
        return side == .inputs && criterion.need == .nothing ? .reader : .maker
    }

    /// Whether a maker or reader of the channels of a layer counts.
    fileprivate func isRanked(by weight: String, of layer: Layer) -> Bool {
        switch rankers {
        case .all: true
        case .named: layers.contains(weight)
        case .first: weight == layer.weight
        }
    }
}

extension ChannelMaker {
    /// By channel, the values of its filters.
    fileprivate func rows(in network: Network) -> [[Float]] {
        guard let parameter = network.parameters[weight] else { return channels.map { _ in [] } }
        let slices = parameter.slices(along: axis)
        return channels.map { $0.flatMap(slices) }
    }
}

extension Parameter {
    /// Gives the values at an index of an axis.
    fileprivate func slices(along axis: Int) -> (Int) -> [Float] {
        let floats = values.floats
        let (extent, length) = (shape[axis], shape.dimensions[(axis + 1)...].reduce(1, *))
        let before = shape.dimensions[..<axis].reduce(1, *)
        return { index in
            var slice: [Float] = []
            slice.reserveCapacity(before * length)
            for block in 0..<before {
                let start = (block * extent + index) * length
                slice += floats[start..<start + length]
            }
            return slice
        }
    }
}
