import Networks
import Tensors

/// The pattern that a parameter was pruned by, as a file tells it.
public struct StoredPattern: Hashable, Sendable {
    public let pattern: PruningPattern
    /// The axis that its pieces lie along.
    public let axis: Int
    /// Equal parts of the axis that no piece crosses.
    public let segments: Int

    /// Nil where the layer has no such pieces.
    init?(_ pattern: PruningPattern, _ layer: Layer) {
        guard let lines = PatternLines(pattern, layer), let axis = PatternLines.axis(of: pattern, layer) else { return nil }
        (self.pattern, self.axis, segments) = (pattern, axis, lines.length / lines.segment)
    }

    func lines(_ shape: Shape) -> PatternLines? { PatternLines(shape, axis: axis, segments: segments) }

    /// N of N:M, 0 of blocks.
    private var kept: Int { if case .some(let kept, _) = pattern { kept } else { 0 } }

    func append(to bytes: inout [UInt8]) {
        for number in [axis, segments, pattern.span, kept] { bytes.appendNumber(number) }
    }

    var byteCount: Int { [axis, segments, pattern.span, kept].reduce(0) { $0 + [UInt8].byteCount(number: $1) } }

    /// Reads what ``append(to:)`` wrote; what a shape can't have is refused.
    init(_ stream: inout StreamReader, shape: Shape) throws(CodingError) {
        let start = stream.offset
        axis = try stream.number()
        segments = try stream.number()
        let (span, kept) = (try stream.number(), try stream.number())
        let word = kept == 0 ? PruningPattern.blocks(span) : .some(kept: kept, of: span)
        guard let pattern = PruningPattern(rawValue: word.rawValue), shape.rank > 1, axis < shape.rank, segments > 0,
            shape[axis].isMultiple(of: segments)
        else { throw CodingError(.unsuitable, offset: start) }
        self.pattern = pattern
    }
}

extension CompressedLayer {
    /// The pattern that its zeros have; nil for weights that were pruned one by one, or that are a product.
    var storedPattern: StoredPattern? {
        guard let pattern = summary.plan.pattern, summary.plan.prunes, !summary.plan.bypass, summary.factorization == nil else {
            return nil
        }
        return StoredPattern(pattern, layer)
    }
}
