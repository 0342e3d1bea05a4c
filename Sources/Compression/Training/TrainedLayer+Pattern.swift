import Networks
import Tensors

/// Policies of layers that are pruned by a pattern: at their times the mask is made anew by the pattern.
extension TrainedLayer {
    /// N:M from the float values as they are, so that a weight that has become smaller than a pruned one of its M gives way to it, whatever the policy asks
    /// for. Blocks among those that are still kept; what was pruned stays so.
    func prune(_ rule: PatternRule, as pruning: Pruning?) {
        var source = floats
        if !rule.pattern.setsAmount, let kept = keptMask {
            source = Tensor(shape: source.shape, floats: zip(source.floats, kept).map { $1 == 0 ? 0 : $0 })
        }
        let made = source.withFloats { rule.mask($0, of: layer, blocks: WeightBlocks { false }) }
        guard let mask = made, rule.pattern.setsAmount || mask.count(where: { $0 == 0 }) > prunedCount else { return }
        take(mask, threshold: 0, as: pruning)
    }

    /// N:M from the float values, pruned ones included; a block whose mean |w| is below `low` goes, one above `high` comes back, others stay as they are.
    func splice(_ pattern: PruningPattern, below low: Double, above high: Double) {
        guard !pattern.setsAmount else { return prune(PatternRule(pattern, blocks: nil), as: nil) }
        let values = floats
        guard let lines = PatternLines(pattern, layer),
            let blocks = values.withFloats({ RankedBlocks($0, lines, size: pattern.span, blocks: WeightBlocks { false }) })
        else { return }
        let pruned = blocks.order.filter { block in
            let mean = blocks.means[block]
            return mean < low || mean <= high && !isKept(blocks.places[block].first)
        }
        var mask = [UInt8](repeating: 1, count: layer.count)
        mask.withUnsafeMutableBufferPointer { blocks.clear(pruned, leaving: plan.keep ?? 0, in: $0) }
        take(mask, threshold: 0, as: nil)
    }
}
