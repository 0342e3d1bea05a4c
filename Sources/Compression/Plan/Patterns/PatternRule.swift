import Networks

/// Which weights a pattern makes zero, after what depends on other layers is settled; places follow from the layer's shape.
public struct PatternRule: Codable, Hashable, Sendable {
    /// Which blocks go.
    public enum Blocks: Codable, Hashable, Sendable {
        /// round(level · blocks) of them: those of the smallest mean |w|, equal ones by place.
        case level(Double)
        /// Those whose mean |w| is at most this.
        case mean(Double)
    }

    public var pattern: PruningPattern
    /// Nil where the pattern says itself how many weights go.
    public var blocks: Blocks?
    /// So many weights stay at least where blocks go, those of the largest blocks.
    public var keep: Int?

    public init(_ pattern: PruningPattern, blocks: Blocks?, keep: Int? = nil) {
        self.pattern = pattern
        (self.blocks, self.keep) = pattern.setsAmount ? (nil, nil) : (blocks, keep)
    }

    /// Weights that become zero in a layer that came with `given` zeros of its own, those among them; nil where that depends on the weights.
    public func zeros(of layer: Layer, given: Int) -> Int? {
        guard let lines = PatternLines(pattern, layer) else { return given }
        let spans = lines.spans(of: pattern.span).map(\.count)
        let times = lines.outer * lines.step
        if pattern.setsAmount {
            let pruned = times * spans.reduce(0) { $0 + $1 - pattern.kept(of: $1) }
            return given == 0 || pruned == 0 ? pruned + given : nil
        }
        guard case .level(let level) = blocks, keep == nil, given == 0, Set(spans).count == 1, let size = spans.first else { return nil }
        return size * Self.count(level: level, of: times * spans.count)
    }

    static func count(level: Double, of blocks: Int) -> Int { Int((min(max(level, 0), 1) * Double(blocks)).rounded()) }
}

extension PatternRule {
    /// 1 for each weight that stays; nil when cancelled. Cost: O(n), and a sort of the blocks where these are ranked.
    func mask(_ weights: UnsafeBufferPointer<Float>, of layer: Layer, blocks: WeightBlocks) -> [UInt8]? {
        var mask = [UInt8](repeating: 1, count: weights.count)
        guard let lines = PatternLines(pattern, layer), lines.count == weights.count else { return mask }
        let isDone = mask.withUnsafeMutableBufferPointer { mask in
            pattern.setsAmount ? prune(weights, lines, into: mask, blocks) : pruneBlocks(weights, lines, into: mask, blocks)
        }
        return isDone ? mask : nil
    }

    /// Of each piece the smallest magnitudes, equal ones from the first on.
    private func prune(
        _ weights: UnsafeBufferPointer<Float>, _ lines: PatternLines, into mask: UnsafeMutableBufferPointer<UInt8>, _ blocks: WeightBlocks
    ) -> Bool {
        let pattern = pattern
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: pattern.span) { keys in
            lines.forEach(of: pattern.span, blocks: blocks) { first, count in
                let pruned = count - pattern.kept(of: count)
                // Magnitudes sort like their bits; the place below them settles ties. Sorted by insertion, for there are few.
                for place in 0..<count {
                    let key = UInt64(weights[first + place * lines.step].magnitude.bitPattern) << 32 | UInt64(place)
                    var slot = place
                    while slot > 0, keys[slot - 1] > key {
                        keys[slot] = keys[slot - 1]
                        slot -= 1
                    }
                    keys[slot] = key
                }
                for slot in 0..<pruned { mask[first + Int(keys[slot] & 0xFFFF_FFFF) * lines.step] = 0 }
            }
        }
    }

    private func pruneBlocks(
        _ weights: UnsafeBufferPointer<Float>, _ lines: PatternLines, into mask: UnsafeMutableBufferPointer<UInt8>, _ blocks: WeightBlocks
    ) -> Bool {
        guard let ranked = RankedBlocks(weights, lines, size: pattern.span, blocks: blocks) else { return false }
        let count =
            switch self.blocks {
            case .level(let level): Self.count(level: level, of: ranked.count)
            case .mean(let limit): ranked.count(upTo: limit)
            case nil: 0
            }
        ranked.clear(ranked.order.prefix(count), leaving: keep ?? 0, in: mask)
        return true
    }
}
