import Foundation
import Networks
import Tensors

extension DatasetLoader {
    /// All labels of a file as class indices, and whether they are Fashion-MNIST's.
    func labels(of pair: DataPair) throws(FormatError) -> (values: [Int32], isFashion: Bool) {
        let tensor = try IDXReader.read(path: pair.labelPath)
        let values = tensor.floats
        let largest = Float(1 << 16)
        if let index = values.firstIndex(where: { !($0 >= 0 && $0 < largest) }) {
            throw FormatError(
                .malformed, file: pair.labelPath, offset: 8 + index * tensor.elementType.byteCount, reading: "label \(index + 1)",
                expected: "a class from 0 to 65,535", actual: "\(values[index])")
        }
        return (values.map { Int32($0) }, FashionMNIST.labelHashes.contains(FileHash.sha256(tensor)))
    }

    /// [rows, C, H, W] as uint8 or float32, or [rows, values] for examples that are no images.
    func inputs(of pair: DataPair, _ rows: Range<Int>) throws(FormatError) -> Tensor {
        let stored = try IDXReader.read(path: pair.imagePath, rows: rows)
        let dimensions = Array(stored.shape.dimensions.dropFirst())
        guard dimensions.count <= 3 else {
            throw FormatError(
                .unsupported, file: pair.imagePath, offset: 4, reading: "IDX images", expected: "[N, H, W] or [N, C, H, W]",
                actual: "[\(stored.shape)]")
        }
        let example = dimensions.count == 2 ? [1] + dimensions : dimensions
        let tensor = stored.reshaped(Shape([rows.count] + example))
        guard tensor.elementType != .uint8 && tensor.elementType != .float32 else { return tensor }
        return Tensor(shape: tensor.shape, floats: tensor.floats)
    }

    /// Name, classes and normalization; labels follow.
    func described(
        _ split: DatasetSplit, _ catalog: DataCatalog, _ inputs: Tensor, _ labels: [Int32], isFashion: Bool
    ) throws(FormatError) -> Dataset {
        let normalization = try normalization(for: inputs)
        let folder = URL(fileURLWithPath: catalog.directory).lastPathComponent
        return Dataset(
            name: isFashion ? FashionMNIST.name : folder, split: split, inputs: inputs, labels: [],
            classNames: classNames(isFashion, Int(labels.max() ?? 0) + 1), normalization: normalization)
    }

    // A card that names other data says nothing about these classes.
    private func classNames(_ isFashion: Bool, _ count: Int) -> [String] {
        if isFashion { return FashionMNIST.classNames }
        if let names = card?.classes, names.count >= count, card?.data?.name != FashionMNIST.name { return names }
        return (0..<count).map(String.init)
    }

    private func normalization(for inputs: Tensor) throws(FormatError) -> InputNormalization {
        let usual = InputNormalization(scale: inputs.elementType == .uint8 ? 1 / 255 : 1)
        guard let input = card?.input else { return usual }
        let channels = inputs.shape.rank > 3 ? inputs.shape[1] : 1
        for (name, values) in [("mean", input.mean), ("standardDeviation", input.standardDeviation)]
        where values.count != 1 && values.count != channels {
            throw FormatError(
                .mismatch, file: card?.name ?? "", reading: "\(name) of the model card", expected: "1 or \(channels) values",
                actual: "\(values.count)")
        }
        return InputNormalization(scale: input.scale, mean: input.mean, standardDeviation: input.standardDeviation)
    }
}
