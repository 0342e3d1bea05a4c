/// Writes levels as bytes and reads them back: one type for each way, in a file of its own.
public protocol LevelCoder: Sendable {
    var coding: WeightCoding { get }

    /// The levels as bytes; nil where this way can't hold them (a bitmap of floats with −0 can, an arithmetic code of 32-bit floats can't).
    func encode(_ weights: StoredWeights) -> CodedLevels?

    /// The levels of `form.count` weights; `form` is the parameter with its values, its levels left empty.
    ///
    /// - Throws: `CodingError` with the byte of the stream where it stops making sense. Never allocates more than 4 bytes a weight and 1 MiB.
    func decode(_ bytes: ContainerBytes, count: Int, form: StoredWeights) throws(CodingError) -> [Int32]
}

/// Why a stream of levels can't be read.
public struct CodingError: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// The stream ends before the last level.
        case endsEarly
        /// Bytes are left over.
        case goesOn(bytes: Int)
        /// A level that the values have no entry for.
        case levelOutOfRange(Int)
        /// A position beyond the last weight.
        case positionOutOfRange(Int)
        /// Code lengths that make no prefix code.
        case noPrefixCode
        /// A way of coding that the values rule out, or that this version does not know.
        case unsuitable
    }

    public var reason: Reason
    /// The byte of the stream.
    public var offset: Int

    public init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
