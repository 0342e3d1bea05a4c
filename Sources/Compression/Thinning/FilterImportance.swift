import Networks
import Tensors

/// How important each channel of a layer is by a criterion, worked out channel by channel.
///
/// The importance of a channel is the sum over all that make it; where several layers do, that of each is divided by the layer's mean first, for
/// norms of different layers are no measure of one another.
public struct FilterImportance {
    /// Filters of one maker: values of channel c are `values[c]`.
    private struct Maker {
        var rows: [[Float]]
    }

    private let criterion: FilterCriterion
    private let makers: [Maker]
    private var scores: [[Double]]
    private var next = 0

    /// The importance of each channel of `channels`, once all is done.
    public var result: [Double] {
        guard scores.count > 1 else { return scores.first ?? [] }
        return scores.reduce([Double](repeating: 0, count: scores[0].count)) { sums, own in
            let mean = own.reduce(0, +) / Double(max(own.count, 1))
            return zip(sums, own).map { $0 + (mean > 0 ? $1 / mean : 0) }
        }
    }

    /// Throws where a criterion has nothing to go by. Cost: O(weights of the makers).
    init(of channels: FilterChannels, in network: Network, by criterion: FilterCriterion, seed: UInt64) throws(FilterObstacle) {
        self.criterion = criterion
        var generator = SeededGenerator(seed: seed)
        guard criterion != .random else {
            makers = []
            scores = [channels.channels.map { _ in generator.uniform() }]
            return
        }
        let part: ChannelUse.Part = criterion == .gamma ? .scale : .maker
        var rows: [ParameterAxis: [[Float]]] = [:]
        var order: [ParameterAxis] = []
        for (place, group) in channels.groups.enumerated() {
            for member in Set(network.uses(of: group).filter { $0.part == part && Self.counts($0, criterion, network) }.map(\.member))
                .sorted()
            {
                let found = group.members[member]
                guard let parameter = network.parameters[found.parameter] else { continue }
                let slices = parameter.slices(along: found.axis)
                if rows[found.place] == nil {
                    order.append(found.place)
                    rows[found.place] = channels.channels.map { _ in [] }
                }
                for (index, channel) in channels.channels.enumerated() where channel.group == place {
                    rows[found.place]?[index] = found.indices[channel.place].flatMap { slices($0) }
                }
            }
        }
        makers = order.compactMap { rows[$0] }.map(Maker.init)
        guard !makers.isEmpty else { throw .unscaled }
        scores = makers.map { $0.rows.map { _ in 0 } }
    }

    /// Whether a use counts: scales are those of normalizations.
    private static func counts(_ use: ChannelUse, _ criterion: FilterCriterion, _ network: Network) -> Bool {
        guard criterion == .gamma else { return true }
        if case .binary = network.nodes[use.node].operation { return false }
        return true
    }

    /// Works out the next channel; false when all are. Cost: O(weights of a channel), with ``FilterCriterion/fpgm`` of the layer.
    public mutating func step() -> Bool {
        guard let channels = scores.first?.count, next < channels, !makers.isEmpty else { return false }
        for (maker, found) in makers.enumerated() { scores[maker][next] = score(next, found.rows) }
        next += 1
        return next < channels
    }

    private func score(_ channel: Int, _ rows: [[Float]]) -> Double {
        switch criterion {
        case .l1, .gamma: rows[channel].reduce(0) { $0 + Double(abs($1)) }
        case .l2: rows[channel].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        case .fpgm: rows.reduce(0) { $0 + Self.distance(rows[channel], $1) }
        case .random: 0
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
