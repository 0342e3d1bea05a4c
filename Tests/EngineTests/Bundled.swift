import Engine
import Formats
import Foundation
import Networks
import Tensors

/// The bundled networks and the real validation data, read once for all tests.
enum Bundled {
    static let names = ["lenet-5", "lenet-300-100"]
    static let hasData = FileManager.default.fileExists(atPath: DatasetLoader.debianDirectory + "/train-images-idx3-ubyte.gz")
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func network(_ name: String) throws -> Network {
        let path = root.appendingPathComponent("Models/\(name).onnx").path
        return try NetworkReader.read(path, card: try ModelCardReader.card(besides: path))
    }

    private static let loaded = Result { try DatasetLoader(directory: DatasetLoader.debianDirectory).load(.validation) }

    static func validation() throws -> Dataset { try loaded.get() }

    /// The first `count` validation examples: with 1,130 the last batch is padded, and a run is short.
    static func validation(first count: Int) throws -> Dataset {
        let all = try validation()
        return Dataset(
            name: all.name, split: .validation,
            inputs: Tensor(
                shape: Shape([count] + all.exampleShape.dimensions), elementType: all.inputs.elementType, storage: all.inputs.storage,
                byteOffset: all.inputs.byteOffset),
            labels: Array(all.labels.prefix(count)), classNames: all.classNames, normalization: all.normalization)
    }
}
