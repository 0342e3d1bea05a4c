import Networks
import Tensors

/// Examples that belong together, before they are divided into splits: a pair of files, some arrays of an archive, a folder of pictures.
protocol DataPart: Sendable {
    /// The file or folder that messages name.
    var path: String { get }
    var count: Int { get }
    /// Whether the examples lie class by class, so that the last ones are no sample of all.
    var isSorted: Bool { get }
    /// The data's own names; nil where they have none.
    var classNames: [String]? { get }

    /// A class index for each example; nil where there are no labels.
    func labels() throws(FormatError) -> [Int32]?

    /// What is known of the examples where that is more than a class each, for a network of so many classes; nil where it is a class, or nothing.
    func targets(classCount: Int?) throws(FormatError) -> Targets?

    /// What was made of labels that are no class indices; nil where they are.
    var labelRemark: String? { get }

    /// The chosen examples, in this order.
    func examples(_ rows: [Int], for target: InputTarget) throws(FormatError) -> StoredExamples
}

extension DataPart {
    var labelRemark: String? { nil }
    func targets(classCount: Int?) throws(FormatError) -> Targets? { nil }
}

/// What examples are made for.
struct InputTarget {
    /// One example as the network reads it; nil while there is no network.
    var shape: Shape?
    var options: InputOptions
    /// Bytes for decoded pictures.
    var pictureBudget: Int
    /// Logits of the network, which may tell two kinds of labels apart.
    var classCount: Int?
}

/// Examples as they were read.
struct StoredExamples {
    /// uint8 or float32 [N, C, H, W] or [N, values]; [0, C, H, W] where `source` has the pixels.
    var inputs: Tensor
    var source: (any ExampleSource)?
    /// `28×28 uint8`, `PNG and JPEG files`.
    var stored: String
    var layout: ImageLayout?
    var fitting: String?
}

/// What a folder or file holds.
struct DataParts: Sendable {
    var training: (any DataPart)?
    var validation: (any DataPart)?
    var test: (any DataPart)?
}

extension [Int] {
    /// The range that the rows are, where they follow each other.
    var contiguous: Range<Int>? {
        guard let first, let last, last - first == count - 1 else { return isEmpty ? 0..<0 : nil }
        for (offset, row) in enumerated() where row != first + offset { return nil }
        return first..<last + 1
    }
}

extension Tensor {
    /// The rows of the first axis that `rows` names, in this order: a view where they follow each other. Cost: O(bytes taken).
    func rows(_ rows: [Int]) -> Tensor {
        let size = shape.rowCount * elementType.byteCount
        let target = Shape([rows.count] + shape.dimensions.dropFirst())
        if let range = rows.contiguous {
            return Tensor(shape: target, elementType: elementType, storage: storage, byteOffset: byteOffset + range.lowerBound * size)
        }
        let bytes = bytes
        let copy = TensorStorage(byteCount: rows.count * size, isZeroed: false) { memory in
            for (row, index) in rows.enumerated() {
                let source = UnsafeRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size])
                UnsafeMutableRawBufferPointer(rebasing: memory[row * size..<(row + 1) * size]).copyMemory(from: source)
            }
        }
        return Tensor(shape: target, elementType: elementType, storage: copy)
    }

    /// uint8 as it is, everything else as float32.
    var asInputs: Tensor {
        elementType == .uint8 || elementType == .float32 ? self : Tensor(shape: shape, floats: floats)
    }
}
