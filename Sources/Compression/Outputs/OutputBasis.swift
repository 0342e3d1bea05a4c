import Networks

/// The main directions of a layer's outputs on calibration examples, from which the best projection of every rank is read off.
///
/// U, the eigenvectors of the outputs' scatter by falling eigenvalue λ. Of all changes of a layer to rank r, U_r U_rᵀ W loses the least of the outputs on
/// these examples, Σ_{i>r} λᵢ in squares, with what projecting loses of the mean, (I − U_r U_rᵀ) m, added to the bias (Zhang and others, 2015). A layer
/// without a bias of its own has the directions of Σ y yᵀ instead, of which the same holds without the mean.
public final class OutputBasis: Sendable {
    /// Of what it is.
    public let key: CalibrationKey
    public let examples: Int
    /// Output pixels.
    public let count: Int
    /// Whether they are fewer than are wanted for so many channels.
    public let isFew: Bool
    /// Whether the bias takes what projecting loses of the mean.
    public let isCentred: Bool
    /// λ by falling size, none below 0, [T].
    public let values: [Double]
    /// By rows in the order of ``values``, [T, T]; T² · 8 bytes.
    let vectors: [Double]
    private let mean: [Double]

    /// Tells it from others in this process, gone ones too.
    var name: String { "\(ObjectIdentifier(self)) \(count) \(values.first ?? 0) \(values.last ?? 0)" }
    /// T.
    public var channels: Int { values.count }
    public var byteCount: Int { 8 * (vectors.count + values.count + mean.count) }

    /// - Parameter hasBias: Whether the layer has a bias for each output that nothing else reads.
    /// Nil when cancelled, which is asked every few milliseconds. Cost: O(T³).
    public init?(_ moments: OutputMoments, hasBias: Bool, isCancelled: () -> Bool = { false }) {
        let count = moments.channels
        let matrix = hasBias ? moments.scatter : moments.uncentred
        let found = withoutActuallyEscaping(isCancelled) { isCancelled in
            Eigenvectors(of: matrix, count: count, blocks: WeightBlocks(isCancelled: isCancelled))
        }
        guard let found else { return nil }
        (key, examples, self.count, isFew) = (moments.key, moments.examples, moments.count, moments.isFew)
        (isCentred, mean) = (hasBias, moments.mean)
        let order = found.values.indices.sorted { (found.values[$1], $0) < (found.values[$0], $1) }
        values = order.map { max(0, found.values[$0]) }
        vectors = order.flatMap(found.vector)
    }

    /// Σλ up to a rank over Σλ of all: the share of the outputs that stays; nil of zeros.
    public func energy(rank: Int) -> Double? {
        let all = values.reduce(0, +)
        return all > 0 ? values.prefix(rank).reduce(0, +) / all : nil
    }

    /// What a bias takes under a projection to a rank, (I − U_r U_rᵀ) m [T]; 0 without a bias. Cost: O(rank · T).
    func shift(rank: Int) -> [Double] {
        guard isCentred else { return Array(repeating: 0, count: channels) }
        var rest = mean
        for place in 0..<min(rank, channels) {
            let vector = vectors[place * channels..<(place + 1) * channels]
            let length = zip(vector, mean).reduce(0) { $0 + $1.0 * $1.1 }
            for (row, value) in vector.enumerated() { rest[row] -= length * value }
        }
        return rest
    }
}
