/// Why the bytes of a container can't be read: what was read, at which byte, and what is wrong with it.
public struct ContainerError: Error, Hashable, Sendable {
    /// What was being read.
    public enum Part: Hashable, Sendable {
        case header
        case section(kind: UInt8)
        /// A record, by its number from 0.
        case parameter(Int)
    }

    public enum Reason: Hashable, Sendable {
        /// The first bytes are not a container's.
        case wrongMagic
        case unknownVersion(UInt8)
        /// Bytes that are needed and not there.
        case endsEarly(missing: Int)
        /// Bytes are left over.
        case goesOn(bytes: Int)
        /// A number of more bits than it may have, or not written in its shortest form.
        case badNumber
        case checksum(stored: UInt32, computed: UInt32)
        /// A section that must be understood and is not known.
        case unknownSection
        case duplicateSection
        case missingSection
        /// More weights than the caller allows, in all parameters together.
        case tooManyWeights(declared: Int, limit: Int)
        /// More of something than any file may have.
        case tooMany(count: Int, limit: Int)
        /// A byte that has no meaning in this version.
        case unknownCode(UInt8)
        /// An axis of no extent, or sizes whose product can't be counted.
        case badShape
        /// Values that do not rise, scales that are not finite, a number of scales that is neither 1 nor that of the channels.
        case badValues
        /// A length that does not fit the shape.
        case wrongLength(expected: Int, actual: Int)
        case notUTF8
        /// The stream of levels.
        case stream(CodingError.Reason)
    }

    public var reason: Reason
    public var part: Part
    /// Bytes from the start of the file.
    public var offset: Int

    public init(_ reason: Reason, in part: Part, offset: Int) {
        self.reason = reason
        self.part = part
        self.offset = offset
    }
}
