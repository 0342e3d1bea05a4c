import Networks
import Tensors

/// The weights of a parameter as lines along one of its axes: row-major [outer, length, step], where a line is `length` weights that are `step` apart.
///
/// Nothing goes from one segment of a line to the next: those are the outputs of one group of a convolution.
public struct PatternLines: Hashable, Sendable {
    public let outer: Int
    public let length: Int
    public let step: Int
    /// Weights of a segment; it divides ``length``.
    public let segment: Int

    public init(outer: Int, length: Int, step: Int, segment: Int) {
        (self.outer, self.length, self.step, self.segment) = (outer, length, step, segment)
    }

    /// Lines along an axis; nil where the shape does not have it, or has no weights.
    init?(_ shape: Shape, axis: Int, segments: Int = 1) {
        guard shape.rank > 1, (0..<shape.rank).contains(axis), shape.count > 0 else { return nil }
        let length = shape[axis]
        self.init(
            outer: shape.dimensions[..<axis].reduce(1, *), length: length, step: shape.dimensions[(axis + 1)...].reduce(1, *),
            segment: segments > 0 && length.isMultiple(of: segments) ? length / segments : length)
    }

    /// The lines of a pattern in a layer: N:M goes along the inputs, at one kernel position of one output; blocks along the outputs of one group, at one
    /// input and position.
    ///
    /// Weights are [out, in of the group, …], or […, in, out] where outputs are columns. Nil for weights of one axis, which have no inputs apart.
    init?(_ pattern: PruningPattern, _ layer: Layer) {
        guard let axis = Self.axis(of: pattern, layer) else { return nil }
        self.init(layer.shape, axis: axis, segments: pattern.setsAmount ? 1 : layer.groups)
    }

    /// The axis of the inputs or of the outputs; nil for weights of one axis.
    static func axis(of pattern: PruningPattern, _ layer: Layer) -> Int? {
        let last = layer.shape.rank - 1
        guard last > 0 else { return nil }
        return layer.isTransposed ? (pattern.setsAmount ? last - 1 : last) : (pattern.setsAmount ? 1 : 0)
    }

    public var count: Int { outer * length * step }

    /// Neighbours that are looked at together: where they begin in a line, and how many they are.
    public func spans(of size: Int) -> [Range<Int>] {
        stride(from: 0, to: length, by: segment).flatMap { start in
            stride(from: start, to: start + segment, by: size).map { $0..<min($0 + size, start + segment) }
        }
    }

    /// Calls `body` with the first weight and the number of each piece of at most `size` neighbours, in the order of their first weights; false when cancelled
    /// before the last one.
    @inline(__always)
    func forEach(of size: Int, blocks: WeightBlocks, _ body: (_ first: Int, _ count: Int) -> Void) -> Bool {
        let spans = spans(of: size)
        var unseen = 0
        for outer in 0..<outer {
            unseen += length * step
            if unseen >= WeightBlocks.size / 4 {
                if blocks.isCancelled() { return false }
                unseen = 0
            }
            for span in spans {
                let start = (outer * length + span.lowerBound) * step
                for first in start..<start + step { body(first, span.count) }
            }
        }
        return true
    }
}
