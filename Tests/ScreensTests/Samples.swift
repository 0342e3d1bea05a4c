import Compression
import Frames
import Networks
import Screens
import Sessions
import Tensors

/// A small network and data set in memory; the same seed gives the same weights.
enum Samples {
    static let network = makeNetwork()

    /// conv1 [4, 1, 3, 3], conv2 [8, 4, 3, 3], fc1 [32, 72], fc2 [10, 32], Laplace weights of falling width.
    private static func makeNetwork() -> Network {
        var generator = SeededGenerator(seed: 7)
        func parameter(_ name: String, _ shape: Shape, scale: Double, _ role: Parameter.Role = .weight) -> (String, Parameter) {
            let floats = (0..<shape.count).map { _ in Float(generator.laplace() * scale) }
            return (name, Parameter(name: name, role: role, values: Tensor(shape: shape, floats: floats)))
        }
        let layers: [(String, Shape, Double)] = [
            ("conv1", [4, 1, 3, 3], 0.2), ("conv2", [8, 4, 3, 3], 0.1), ("fc1", [32, 72], 0.05), ("fc2", [10, 32], 0.08),
        ]
        let parameters = layers.flatMap { name, shape, scale in
            [
                parameter(name + ".weight", shape, scale: scale),
                parameter(name + ".bias", [shape[0]], scale: 0.01, .bias),
            ]
        }
        return Network(
            name: "sample", input: "input", inputShape: [1, 10, 10], output: "logits", nodes: nodes,
            parameters: .init(uniqueKeysWithValues: parameters))
    }

    private static var nodes: [Node] {
        func convolution(_ name: String, _ input: String, _ output: String) -> Node {
            Node(
                name: name, operation: .convolution(Convolution(kernel: [3, 3])),
                inputs: [input, name + ".weight", name + ".bias"], outputs: [output])
        }
        func linear(_ name: String, _ input: String, _ output: String) -> Node {
            Node(
                name: name, operation: .gemm(Gemm(transposeB: true)), inputs: [input, name + ".weight", name + ".bias"],
                outputs: [output])
        }
        return [
            convolution("conv1", "input", "a"), convolution("conv2", "a", "b"),
            Node(name: "pool", operation: .maxPool(Pooling(kernel: [2, 2], strides: [2, 2])), inputs: ["b"], outputs: ["c"]),
            Node(name: "flatten", operation: .flatten(axis: 1), inputs: ["c"], outputs: ["d"]),
            linear("fc1", "d", "e"), linear("fc2", "e", "logits"),
        ]
    }

    /// 40 seeded images of 10×10 pixels in 10 classes.
    static let dataset: Dataset = {
        var generator = SeededGenerator(seed: 8)
        let storage = TensorStorage(byteCount: 4_000) { bytes in
            for index in 0..<4_000 { bytes[index] = UInt8(truncatingIfNeeded: generator.next()) }
        }
        return Dataset(
            name: "squares", split: .validation,
            inputs: Tensor(shape: [40, 1, 10, 10], elementType: .uint8, storage: storage),
            labels: (0..<40).map { Int32($0 % 10) }, classNames: (0..<10).map { "class \($0)" })
    }()

    static func opening(size: Size = Size(width: 120, height: 40), glyphs: Glyphs = .unicode) -> Opening {
        Opening(
            network: network, dataset: dataset, session: SessionStatus(name: "first-try"),
            themes: ["dark", "light", "mono"], theme: "dark", glyphs: glyphs, size: size, clockOffset: 1_000_000)
    }
}
