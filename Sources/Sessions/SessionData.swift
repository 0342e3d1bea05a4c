import Networks
import Reports

/// The examples that a session is measured on: where they lie, how they become inputs, and which they were.
///
/// Every field may be missing: it was not said then, and what Pare assumes holds.
public struct SessionData: Codable, Hashable, Sendable {
    /// The folder or file, absolute; nil for the installed examples, or none.
    public var path: String?
    /// What stored pixels are multiplied by.
    public var scale: Float?
    public var mean: [Float]?
    public var standardDeviation: [Float]?
    /// The order of the axes of stored images, `nchw` or `nhwc`.
    public var layout: String?
    /// Pixels of a side that pictures are brought to.
    public var resize: Int?
    /// How inputs are drawn that stand in for examples: `normal` or `uniform`.
    public var generated: String?
    /// How many of them.
    public var generatedCount: Int?
    /// The figure that was asked for, an ``OutputMeasure``; nil for the one that the labels have.
    public var measure: String?
    /// The examples themselves, one entry for each split that was measured.
    public var examples: [DataIdentity]?

    public init() {}

    /// What was measured on a split before; nil where it never was.
    public func examples(of split: DatasetSplit) -> DataIdentity? { examples?.first { $0.split == split } }

    /// Whether examples of a split are others than those of before, as far as both are known.
    public func differs(from found: DataIdentity) -> Bool {
        guard let known = examples(of: found.split) else { return false }
        if let hash = known.sha256, let other = found.sha256 { return hash != other }
        return known.kind != found.kind || known.count != found.count || known.name != found.name
    }

    /// The same with these examples for their split.
    public func measured(on found: DataIdentity) -> SessionData {
        var data = self
        data.examples = (examples ?? []).filter { $0.split != found.split } + [found]
        return data
    }
}
