/// A coder whose exact size follows from counts, so that sizes of all codings cost one pass.
protocol TallyCoder: LevelCoder {
    /// What ``LevelCoder/encode(_:)`` will give, without writing it; nil where this way can't hold the levels.
    func size(_ tally: LevelTally) -> StreamSize?
    func encode(_ tally: LevelTally) -> CodedLevels?
}

extension TallyCoder {
    func encode(_ weights: StoredWeights) -> CodedLevels? { encode(LevelTally(weights)) }
}
