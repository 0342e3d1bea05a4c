/// One file of a zip archive, as the archive's directory lists it.
struct ZipEntry: Hashable, Sendable {
    var name: String
    /// Whether the bytes lie in the archive as they are; else they are a DEFLATE stream.
    var isStored: Bool
    /// Bytes in the archive, and bytes of content.
    var compressedSize: Int
    var size: Int
    /// CRC-32 of the content.
    var checksum: UInt32
    /// Where the entry's own header starts.
    var headerOffset: Int
}
