/// What fitting a layer to its inputs took and gained.
public struct FitFigures: Codable, Hashable, Sendable {
    /// Training examples that were looked at, drawn by the seed.
    public var examples: Int
    public var seed: UInt64
    /// Columns that were counted: examples and places.
    public var columns: Int
    /// Share of the mean of H's diagonal that was added to it; the largest over groups.
    public var damping: Double
    /// How often it had to be raised tenfold.
    public var raised: Int
    /// Groups whose inputs say nothing, or whose H has no factor at any damping: their weights are rounded alone.
    public var failedGroups: Int
    public var groups: Int
    /// Mean square of what the layer hands on differently for these examples, over that of what it hands on: before and after; nil of outputs that are 0.
    public var errorBefore: Double?
    public var errorAfter: Double?

    init(_ rows: FitRows, before: Double, after: Double) {
        let (moments, found) = (rows.moments, rows.damped.compactMap { $0 })
        (examples, seed, columns) = (moments.examples, moments.key.seed, moments.columns)
        (damping, raised) = (found.map(\.damping).max() ?? 0, found.map(\.raised).max() ?? 0)
        (failedGroups, groups) = (rows.damped.count - found.count, rows.damped.count)
        let energy = moments.outputError(of: rows.original, outputs: rows.rows.count)
        (errorBefore, errorAfter) = energy > 0 ? (before / energy, after / energy) : (nil, nil)
    }

    /// What should not be overlooked of it.
    var remarks: [LayerRemark] {
        (raised > 0 ? [.dampingRaised(share: damping, times: raised)] : [])
            + (failedGroups > 0 ? [.roundedAlone(groups: failedGroups, of: groups)] : [])
    }
}
