import Foundation
import Networks
import Tensors

extension DatasetLoader {
    func dataset(
        _ split: DatasetSplit, _ catalog: DataCatalog, _ pair: DataPair, _ rows: Range<Int>
    ) throws(FormatError) -> Dataset {
        guard !rows.isEmpty else {
            throw FormatError(
                .missing, file: pair.imagePath, reading: "\(split.rawValue) examples", expected: "some", actual: "none of \(pair.count)")
        }
        let labels = try labels(of: pair)
        let images = try inputs(of: pair, rows)
        var dataset = try described(split, catalog, images, labels.values, isFashion: labels.isFashion)
        dataset.labels = Array(labels.values[rows])
        if split != .test, pair.count < 2 * Self.validationCount {
            dataset.remark = "validation is the last \(pair.count - Self.trainingCount(pair)) of \(pair.count) training examples"
        }
        return hashed(dataset)
    }

    /// One half of the only pair: within each class a seeded shuffle, alternately dealt out.
    func half(_ split: DatasetSplit, _ catalog: DataCatalog) throws(FormatError) -> Dataset {
        let pair = catalog.test
        let labels = try labels(of: pair)
        let chosen = Self.half(of: labels.values, isFirst: split == .validation)
        guard !chosen.isEmpty else {
            throw FormatError(
                .missing, file: pair.imagePath, reading: "\(split.rawValue) examples", expected: "two or more", actual: "\(pair.count)")
        }
        let all = try inputs(of: pair, 0..<pair.count)
        var dataset = try described(split, catalog, Self.rows(chosen, of: all), labels.values, isFashion: labels.isFashion)
        dataset.labels = chosen.map { labels.values[$0] }
        dataset.remark =
            "the folder has one file of \(pair.count) examples: halved by class and at random (seed \(Self.halvingSeed)) "
            + "into validation and test"
        return hashed(dataset)
    }

    static func half(of labels: [Int32], isFirst: Bool) -> [Int] {
        var generator = SeededGenerator(seed: halvingSeed)
        let classes = Dictionary(grouping: labels.indices) { labels[$0] }
        var dealt = 0
        var chosen: [Int] = []
        for label in classes.keys.sorted() {
            for index in (classes[label] ?? []).shuffled(using: &generator) {
                if dealt.isMultiple(of: 2) == isFirst { chosen.append(index) }
                dealt += 1
            }
        }
        return chosen.sorted()
    }

    private static func rows(_ indices: [Int], of tensor: Tensor) -> Tensor {
        let size = tensor.shape.rowCount * tensor.elementType.byteCount
        let storage = TensorStorage(byteCount: indices.count * size) { memory in
            for (row, index) in indices.enumerated() {
                let source = UnsafeRawBufferPointer(rebasing: tensor.bytes[index * size..<(index + 1) * size])
                UnsafeMutableRawBufferPointer(rebasing: memory[row * size..<(row + 1) * size]).copyMemory(from: source)
            }
        }
        let shape = Shape([indices.count] + tensor.shape.dimensions.dropFirst())
        return Tensor(shape: shape, elementType: tensor.elementType, storage: storage)
    }

    private func hashed(_ dataset: Dataset) -> Dataset {
        var result = dataset
        result.sha256 = dataset.labels.withUnsafeBytes { FileHash.sha256(dataset.inputs, $0) }
        return result
    }
}
