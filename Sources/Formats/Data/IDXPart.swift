import Networks
import Tensors

/// A pair of IDX files.
struct IDXPart: DataPart {
    let pair: DataPair

    var path: String { pair.imagePath }
    var count: Int { pair.count }
    var isSorted: Bool { false }
    var classNames: [String]? { nil }

    func labels() throws(FormatError) -> [Int32]? {
        let tensor = try IDXReader.read(path: pair.labelPath)
        return try ClassLabels.indices(tensor, file: pair.labelPath, offset: pair.labels.byteCount)
    }

    func examples(_ rows: [Int], for target: InputTarget) throws(FormatError) -> StoredExamples {
        let range = rows.contiguous
        let read = try IDXReader.read(path: pair.imagePath, rows: range)
        let tensor = range == nil ? read.rows(rows) : read
        guard tensor.shape.rank <= 4 else {
            throw FormatError(
                .unsupported, file: pair.imagePath, offset: 4, reading: "IDX images", expected: "[N, H, W] or [N, C, H, W]",
                actual: "[\(tensor.shape)]")
        }
        let examples = try ImageArrays.arranged(tensor, file: pair.imagePath, for: target)
        try read.checkUnchanged()
        return examples
    }
}
