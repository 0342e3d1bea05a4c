import Files
import Foundation
import Networks
import Tensors

/// A folder of PNG and JPEG files: a folder for each class, or all in one without labels.
struct PicturePart: DataPart {
    let path: String
    private let paths: [String]
    private let labelled: [Int32]?
    let classNames: [String]?

    var count: Int { paths.count }
    var isSorted: Bool { labelled != nil }

    /// Pictures that are listed at most.
    static let largestCount = 2_000_000
    static let extensions: Set<String> = ["png", "jpg", "jpeg"]

    private init(path: String, paths: [String], labels: [Int32]?, classNames: [String]?) {
        (self.path, self.paths, labelled, self.classNames) = (path, paths, labels, classNames)
    }

    /// Class folders in the order of their names, or the folder's own pictures; nil where there are none. Cost: O(files).
    ///
    /// Where all names are whole numbers from 0 on they are the indices themselves, as `10` after `9`.
    init?(_ path: String) throws(FormatError) {
        let folders = Self.folders(path)
        var paths: [String] = []
        var labels: [Int32] = []
        let names = Self.ordered(folders)
        for (label, name) in names.enumerated() {
            let pictures = Self.pictures(path + "/" + name)
            paths += pictures
            labels += Array(repeating: Int32(label), count: pictures.count)
        }
        if paths.isEmpty {
            let own = Self.pictures(path)
            guard !own.isEmpty else { return nil }
            self.init(path: path, paths: own, labels: nil, classNames: nil)
        } else {
            self.init(path: path, paths: paths, labels: labels, classNames: names)
        }
        guard self.paths.count <= Self.largestCount else {
            throw FormatError(
                .limit, file: path, reading: "folder of pictures", expected: "at most \(Self.largestCount) pictures",
                actual: "\(self.paths.count)")
        }
        ReadFiles.note(folder: path, where: Self.isPicture)
    }

    func labels() throws(FormatError) -> [Int32]? { labelled }

    func examples(_ rows: [Int], for target: InputTarget) throws(FormatError) -> StoredExamples {
        let shape: Shape
        if let wanted = target.shape { shape = wanted } else { shape = try ownShape() }
        guard shape.rank == 3, [1, 3].contains(shape[0]), let size = shape.checkedCount, size > 0, size <= PictureReader.largestPixels
        else {
            throw FormatError(
                .mismatch, file: path, reading: "folder of pictures", expected: "a network that reads [1, H, W] or [3, H, W]",
                actual: "one that reads [\(shape)]")
        }
        let fitting = PictureFitting(channels: shape[0], height: shape[1], width: shape[2], side: target.options.side)
        let store = PictureStore(paths: rows.map { paths[$0] }, fitting: fitting, budget: target.pictureBudget)
        let inputs = Tensor(
            shape: Shape([0] + shape.dimensions), elementType: .uint8, storage: TensorStorage(byteCount: 0) { _ in })
        return StoredExamples(inputs: inputs, source: store, stored: "PNG or JPEG", layout: nil, fitting: fitting.sentence)
    }

    /// That of the first picture, while no network says what it reads.
    private func ownShape() throws(FormatError) -> Shape {
        let picture = try PictureReader.read(paths[0])
        return [picture.channels, picture.height, picture.width]
    }

    private static func ordered(_ names: [String]) -> [String] {
        let numbers = names.compactMap { Int($0) }
        return numbers.count == names.count && Set(numbers) == Set(0..<names.count) ? names.sorted { Int($0) ?? 0 < Int($1) ?? 0 } : names
    }

    static func isPicture(_ name: String) -> Bool {
        !name.hasPrefix(".") && extensions.contains((name as NSString).pathExtension.lowercased())
    }

    private static func contents(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    private static func pictures(_ path: String) -> [String] { contents(path).filter(isPicture).map { path + "/" + $0 } }

    static func folders(_ path: String) -> [String] {
        contents(path).filter { name in
            var isFolder: ObjCBool = false
            return !name.hasPrefix(".") && FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
                && isFolder.boolValue
        }
    }

    /// The parts of a folder: its subfolders for training, validation and test where it has them, else itself; nil without pictures.
    static func parts(_ path: String) throws(FormatError) -> DataParts? {
        let folders = folders(path)
        func part(_ names: [String]) throws(FormatError) -> PicturePart? {
            guard let name = folders.first(where: { names.contains($0.lowercased()) }) else { return nil }
            return try PicturePart(path + "/" + name)
        }
        var parts = DataParts()
        parts.training = try part(["train", "training"])
        parts.validation = try part(["val", "valid", "validation"])
        parts.test = try part(["test", "testing"])
        if parts.training == nil, parts.validation == nil, parts.test == nil { parts.test = try PicturePart(path) }
        return parts.training == nil && parts.validation == nil && parts.test == nil ? nil : parts
    }
}
