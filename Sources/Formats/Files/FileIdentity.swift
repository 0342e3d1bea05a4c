import Tensors

/// What tells quickly whether a file is the same as before: size, time and a hash of parts. The whole SHA-256 has the last word.
public struct FileIdentity: Hashable, Sendable, Codable {
    public var byteCount: Int
    /// Nanoseconds since 1970.
    public var modified: Int64
    /// SHA-256 over the first 64 KiB and 32 blocks of 4 KiB spread evenly to the end, hexadecimal.
    public var sampleHash: String

    /// Cost: at most 192 KiB are read of a mapped file, whatever its size.
    public init(path: String) throws(FormatError) {
        let file = try MappedFile(path: path)
        self.init(file)
    }

    public init(_ file: MappedFile) {
        byteCount = file.count
        modified = file.modified
        sampleHash = withExtendedLifetime(file) { FileHash.sha256(parts: Self.samples(of: file)) }
    }

    /// Whether size and sampled content agree, whatever the times say: a copy has another time.
    public func hasSameContent(as other: FileIdentity) -> Bool {
        byteCount == other.byteCount && sampleHash == other.sampleHash
    }

    /// SHA-256 over sizes and samples of several files: see ``sampleHash``. The first 16 MiB of each count as its header.
    static func sampleHash(of files: [MappedFile]) -> String {
        let sizes = files.flatMap { file in (0..<8).map { UInt8(truncatingIfNeeded: file.count >> (8 * $0)) } }
        return withExtendedLifetime(files) {
            sizes.withUnsafeBytes { FileHash.sha256(parts: [$0] + files.flatMap { samples(of: $0, header: 16 << 20) }) }
        }
    }

    private static func samples(of file: MappedFile, header: Int = 64 << 10) -> [UnsafeRawBufferPointer] {
        let (block, blocks) = (4 << 10, 32)
        guard file.count > header + block * blocks else { return [file.bytes] }
        let room = file.count - header - block
        return [file.slice(0..<header)]
            + (0..<blocks).map { index in
                let start = header + room * index / (blocks - 1)
                return file.slice(start..<start + block)
            }
    }
}
