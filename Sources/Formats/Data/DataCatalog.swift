import Foundation
import Networks
import Tensors

/// Images and labels that belong together: two IDX files with as many examples.
public struct DataPair: Hashable, Sendable {
    public var imagePath: String
    public var labelPath: String
    /// [count, H, W], [count, C, H, W] or [count, values].
    public var images: IDXHeader
    public var labels: IDXHeader

    public var count: Int { labels.shape[0] }
}

/// What a folder holds: found by what the files contain, names decide only where content leaves a choice.
public struct DataCatalog: Hashable, Sendable {
    public var directory: String
    /// The larger pair.
    public var training: DataPair?
    /// The smaller pair, or the only one.
    public var test: DataPair

    /// Reads the headers of the files in `directory`. Throws where no pair of images and labels is found, or too many.
    ///
    /// Cost: O(files); a few hundred bytes of each gzip file are inflated.
    public init(directory: String) throws(FormatError) {
        let names = try Self.names(in: directory)
        var images: [(path: String, header: IDXHeader)] = []
        var labels: [(path: String, header: IDXHeader)] = []
        for name in names {
            let path = URL(fileURLWithPath: directory).appendingPathComponent(name).path
            guard let header = try Self.header(path) else { continue }
            if header.shape.rank == 1 { labels.append((path, header)) } else { images.append((path, header)) }
        }
        let pairs = images.compactMap { image in
            let fitting = labels.filter { $0.header.shape[0] == image.header.shape[0] && $0.header.elementType != .float32 }
            let label = fitting.max { Self.likeness($0.path, image.path) < Self.likeness($1.path, image.path) }
            return label.map { DataPair(imagePath: image.path, labelPath: $0.path, images: image.header, labels: $0.header) }
        }
        try self.init(directory: directory, pairs: Self.withoutCopies(pairs), files: names.count)
    }

    private init(directory: String, pairs: [DataPair], files: Int) throws(FormatError) {
        guard let first = pairs.first else {
            throw FormatError(
                .missing, file: directory, reading: "data folder", expected: "IDX images and labels of equal number",
                actual: "none among \(files) file\(files == 1 ? "" : "s")", cure: DatasetLoader.cure)
        }
        guard pairs.count <= 2, pairs.allSatisfy({ $0.images.shape.dimensions.dropFirst() == first.images.shape.dimensions.dropFirst() })
        else {
            let found = pairs.map { quoted(URL(fileURLWithPath: $0.imagePath).lastPathComponent) }.joined(separator: ", ")
            throw FormatError(
                .mismatch, file: directory, reading: "data folder", expected: "one data set, for training and test", actual: found,
                cure: "Give a folder that holds one data set.")
        }
        self.directory = directory
        let sorted = pairs.sorted { Self.rank($0) < Self.rank($1) }
        test = sorted[0]
        training = sorted.count == 2 ? sorted[1] : nil
    }

    /// Smaller first; of equal pairs the one that calls itself test.
    private static func rank(_ pair: DataPair) -> (Int, Int) {
        let name = URL(fileURLWithPath: pair.imagePath).lastPathComponent.lowercased()
        let isTest = name.contains("t10k") || name.contains("test")
        return (pair.count, isTest ? 0 : name.contains("train") ? 2 : 1)
    }

    /// Of a file and its gzip copy the first is kept, which needs no inflating.
    private static func withoutCopies(_ pairs: [DataPair]) -> [DataPair] {
        let stems = Set(pairs.map(\.imagePath))
        return pairs.filter { pair in
            !(pair.imagePath.hasSuffix(".gz") && stems.contains(String(pair.imagePath.dropLast(3))))
        }
    }

    /// How many characters two file names share at their start.
    private static func likeness(_ first: String, _ second: String) -> Int {
        zip(first.lowercased(), second.lowercased()).prefix { $0 == $1 }.count
    }

    private static func names(in directory: String) throws(FormatError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory).filter { !PicturePart.isPicture($0) }.sorted().prefix(
                1000
            ).map { $0 }
        } catch {
            throw FormatError(
                .notFound, file: directory, reading: "data folder", expected: "a folder that can be read", actual: "none",
                cure: DatasetLoader.cure)
        }
    }

    /// nil for a file that is no IDX file. One that is, but a damaged one, is an error.
    private static func header(_ path: String) throws(FormatError) -> IDXHeader? {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue else { return nil }
        do {
            // Mapped, so that looking at a file costs one page of it.
            return try IDXStream(MappedFile(path: path, mappingFrom: 1)).header
        } catch {
            let isStranger = error.kind == .wrongFormat || error.kind == .unreadable || (error.offset ?? 0) < 4
            if isStranger { return nil }
            throw error
        }
    }
}
