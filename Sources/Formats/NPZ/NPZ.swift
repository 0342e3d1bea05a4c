import Tensors

/// NumPy's archive of named arrays: a zip file with an NPY file each (`numpy.savez` and `savez_compressed`).
public struct NPZ: Sendable {
    /// What is known of an array without its values.
    public struct Header: Hashable, Sendable {
        /// As it was saved, without `.npy`.
        public var name: String
        public var elementType: ElementType
        public var shape: Shape
        /// Whether the values are a view of the file; else they are inflated when they are read.
        public var isStored: Bool
    }

    public let path: String
    /// In the order of the archive.
    public let headers: [Header]
    /// Arrays that hold no numbers that can be read, text for one, with the refusal of each.
    let refused: [(name: String, refusal: FormatError)]
    private let refusedEntries: [String: ZipEntry]
    private let archive: ZipArchive
    private let entries: [String: ZipEntry]

    /// Reads the names, types and shapes. Throws where an entry is no array; one of another type is put aside, see ``refused``.
    ///
    /// Cost: O(entries); of deflated entries the header alone is inflated.
    public init(path: String) throws(FormatError) { try self.init(MappedFile(path: path)) }

    init(_ file: MappedFile) throws(FormatError) {
        guard ZipArchive.isZip(file.bytes) else {
            throw FormatError(
                .wrongFormat, file: file.path, offset: 0, reading: "NPZ", expected: "a zip archive", actual: "other bytes",
                cure: "Write it with numpy.savez.")
        }
        path = file.path
        archive = try ZipArchive(file)
        var headers: [Header] = []
        var entries: [String: ZipEntry] = [:]
        var refused: [(name: String, refusal: FormatError)] = []
        var refusedEntries: [String: ZipEntry] = [:]
        for entry in archive.entries {
            let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
            let header: NPYHeader
            do throws(FormatError) {
                header = try Self.content(archive, entry, limit: NPYHeader.largestLength + 12).header().header
            } catch  where error.kind == .unsupported {
                refused.append((name, error))
                refusedEntries[name] = entry
                continue
            }
            headers.append(Header(name: name, elementType: header.elementType, shape: header.shape, isStored: entry.isStored))
            entries[name] = entry
        }
        (self.headers, self.entries, self.refused, self.refusedEntries) = (headers, entries, refused, refusedEntries)
    }

    public static func isArchive(_ bytes: UnsafeRawBufferPointer) -> Bool { ZipArchive.isZip(bytes) }

    /// The array of that name: a view of the file where it is stored. Throws where there is none, or its size is not the header's.
    public func tensor(_ name: String) throws(FormatError) -> Tensor {
        guard let entry = entries[name] else {
            if let refused = refused.first(where: { $0.name == name }) { throw refused.refusal }
            throw FormatError(
                .missing, file: path, reading: "NPZ", expected: "an array \(quoted(name))", actual: quoted(headers.map(\.name)))
        }
        return try Self.content(archive, entry, limit: nil).tensor()
    }

    /// The names of a refused array of text [N] or [N, 1]; nil for any other array. Cost: O(bytes).
    func names(_ name: String) throws(FormatError) -> [String]? {
        guard let entry = refusedEntries[name] else { return nil }
        return try Self.content(archive, entry, limit: nil).names()
    }

    private static func content(_ archive: ZipArchive, _ entry: ZipEntry, limit: Int?) throws(FormatError) -> NPYContent {
        let (storage, range) = try archive.content(of: entry, limit: limit)
        return NPYContent(storage: storage, range: range, file: archive.file.path, entry: entry.name)
    }
}
