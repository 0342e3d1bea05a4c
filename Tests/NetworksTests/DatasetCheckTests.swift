import Networks
import OrderedCollections
import Tensors
import Testing

/// Whether a data set fits a network.
struct DatasetCheckTests {
    /// One Gemm from `inputs` values to `classes` logits.
    private func network(inputs: Int, classes: Int) -> Network {
        let weights = Tensor(shape: [classes, inputs], floats: [Float](repeating: 0, count: classes * inputs))
        return Network(
            name: "small", input: "x", inputShape: [inputs], output: "y",
            nodes: [Node(name: "fc", operation: .gemm(Gemm(transposeB: true)), inputs: ["x", "w"], outputs: ["y"])],
            parameters: ["w": Parameter(name: "w", role: .weight, values: weights)])
    }

    private func dataset(shape: Shape, labels: [Int32]) -> Dataset {
        let inputs = Tensor(
            shape: Shape([labels.count] + shape.dimensions), floats: [Float](repeating: 0, count: labels.count * shape.count))
        return Dataset(name: "data", split: .test, inputs: inputs, labels: labels, classNames: [])
    }

    @Test func fitsEqualCountsUnderAnyShape() throws {
        try dataset(shape: [1, 2, 3], labels: [0, 2]).check(against: network(inputs: 6, classes: 3))
    }

    @Test func namesBothShapes() {
        let data = dataset(shape: [1, 3, 3], labels: [0])
        let error = #expect(throws: DatasetMismatch.self) { try data.check(against: network(inputs: 6, classes: 3)) }
        #expect(error?.reason == .exampleShape)
        #expect(error?.message == "data has examples [1×3×3] but small reads [6]")
    }

    @Test func refusesLabelsBeyondTheClasses() {
        let data = dataset(shape: [6], labels: [0, 3])
        let error = #expect(throws: DatasetMismatch.self) { try data.check(against: network(inputs: 6, classes: 3)) }
        #expect(error?.reason == .classes)
        #expect(error?.message == "data has labels up to 3 but small has 3 classes")
    }

    @Test func refusesANetworkWithoutLogits() {
        var network = network(inputs: 6, classes: 3)
        network.output = "elsewhere"
        let error = #expect(throws: DatasetMismatch.self) { try dataset(shape: [6], labels: [0]).check(against: network) }
        #expect(error?.reason == .output)
    }

    @Test func checksAnUnsupportedNetworkAsFarAsItCan() throws {
        var network = network(inputs: 6, classes: 3)
        network.nodes[0].operation = .unsupported(UnsupportedOperator(name: "Attention", reason: "unknown"))
        #expect(network.classCount == nil)
        try dataset(shape: [6], labels: [90]).check(against: network)
    }

    @Test func staysUnknownAfterAnUnknownValue() throws {
        let node = Node(name: "a", operation: .relu, inputs: ["x"], outputs: ["y"])
        #expect(try node.outputShape([:], batch: 4) == nil)
        #expect(try node.outputShape(["x": [4, 2]], batch: 4) == [4, 2])
    }
}
