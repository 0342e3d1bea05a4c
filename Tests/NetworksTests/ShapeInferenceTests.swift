import Networks
import OrderedCollections
import Tensors
import Testing

/// Shapes of each operation, by hand from the definitions of the ONNX operators.
@Suite struct ShapeInferenceTests {
    /// The shape that one node makes of an input (batch axis first) and parameters.
    private func shape(
        _ operation: Networks.Operation, _ input: Shape, _ parameters: Shape...
    ) throws(ShapeError) -> Shape {
        try inferred(network(operation, input, parameters), batch: input[0])
    }

    private func network(_ operation: Networks.Operation, _ input: Shape, _ parameters: [Shape]) -> Network {
        var named: OrderedDictionary<String, Parameter> = [:]
        for (index, shape) in parameters.enumerated() {
            let values = Tensor(shape: shape) { _ in }
            named["p\(index)"] = Parameter(name: "p\(index)", role: .weight, values: values)
        }
        let node = Node(name: "node", operation: operation, inputs: ["x"] + named.keys, outputs: ["y"])
        return Network(
            name: "test", input: "x", inputShape: Shape(Array(input.dimensions.dropFirst())), output: "y", nodes: [node],
            parameters: named)
    }

    private func inferred(_ network: Network, batch: Int) throws(ShapeError) -> Shape {
        try network.shapes(batch: batch)["y"] ?? []
    }

    private func failure(_ operation: Networks.Operation, _ input: Shape, _ parameters: Shape...) -> ShapeError? {
        do throws(ShapeError) {
            _ = try inferred(network(operation, input, parameters), batch: input[0])
            return nil
        } catch {
            return error
        }
    }

    @Test func convolution() throws {
        let lenet = Networks.Operation.convolution(Convolution(kernel: [5, 5]))
        #expect(try shape(lenet, [7, 1, 28, 28], [20, 1, 5, 5], [20]) == [7, 20, 24, 24])
        // (15 + 1 + 2 − (2 · 2 + 1)) / 2 + 1 = 7, (9 + 0 + 3 − 4) / 3 + 1 = 3.
        let settings = Convolution(kernel: [3, 4], strides: [2, 3], dilations: [2, 1], pads: [1, 0, 2, 3], groups: 2)
        #expect(try shape(.convolution(settings), [1, 4, 15, 9], [6, 2, 3, 4]) == [1, 6, 7, 3])
    }

    @Test func convolutionThatDoesNotFit() {
        let settings = Convolution(kernel: [5, 5])
        #expect(
            failure(.convolution(settings), [1, 3, 28, 28], [20, 1, 5, 5])
                == ShapeError(node: "node", operation: "Conv", expected: "weights [M, 3, 5, 5]", actual: "[20×1×5×5]"))
        #expect(failure(.convolution(settings), [1, 1, 4, 9], [20, 1, 5, 5])?.actual == "4 with pads [0, 0, 0, 0]")
        #expect(failure(.convolution(settings), [1, 1, 9, 9], [20, 1, 5, 5], [19])?.expected == "a bias [20]")
        #expect(failure(.convolution(settings), [1, 9], [20, 1, 5, 5])?.expected == "[N, C, H, W] or [N, C, L]")
        let groups = Convolution(kernel: [1, 1], groups: 2)
        #expect(failure(.convolution(groups), [1, 3, 4, 4], [4, 1, 1, 1])?.expected == "channels divisible by 2 groups")
        let still = Convolution(kernel: [1, 1], strides: [0, 1])
        #expect(failure(.convolution(still), [1, 1, 4, 4], [1, 1, 1, 1])?.actual == "[0, 1]")
    }

    @Test func pooling() throws {
        var settings = Pooling(kernel: [2, 3], strides: [2, 2])
        #expect(try shape(.maxPool(settings), [1, 4, 5, 6]) == [1, 4, 2, 2])
        settings.ceilMode = true
        #expect(try shape(.averagePool(settings), [1, 4, 5, 6]) == [1, 4, 3, 3])
        // With ceilMode a window that would start in the padding behind is dropped: (4 + 2 − 2) / 3 up is 2 and starts at 6 > 4.
        let padded = Pooling(kernel: [2, 2], strides: [4, 4], pads: [1, 1, 1, 1], ceilMode: true)
        #expect(try shape(.maxPool(padded), [1, 1, 3, 3]) == [1, 1, 1, 1])
        #expect(try shape(.globalAveragePool, [2, 5, 7, 9]) == [2, 5, 1, 1])
    }

    @Test func paddingAsWideAsTheWindowIsRefused() {
        let settings = Pooling(kernel: [2, 2], pads: [2, 0, 0, 0])
        #expect(failure(.maxPool(settings), [1, 1, 4, 4])?.expected == "pads smaller than the window")
    }

    @Test func matrices() throws {
        #expect(try shape(.gemm(Gemm(transposeB: true)), [3, 8], [5, 8], [5]) == [3, 5])
        #expect(try shape(.gemm(Gemm(transposeA: true)), [3, 8], [3, 5], [8, 1]) == [8, 5])
        #expect(failure(.gemm(Gemm()), [3, 8], [5, 8])?.expected == "B [8, M]")
        #expect(failure(.gemm(Gemm()), [3, 8], [8, 5], [4])?.actual == "[4]")
        #expect(failure(.gemm(Gemm()), [3, 8], [8, 1], [5])?.expected == "C that broadcasts to [3×1]")
        #expect(try shape(.matrixMultiplication, [3, 4, 8], [8, 5]) == [3, 4, 5])
        #expect(try shape(.matrixMultiplication, [3, 1, 4, 8], [2, 8, 5]) == [3, 2, 4, 5])
        #expect(failure(.matrixMultiplication, [3, 4, 8], [2, 8, 5])?.operation == "MatMul")
        #expect(failure(.matrixMultiplication, [3, 8], [7, 5])?.actual == "[7×5]")
    }

    @Test func sums() throws {
        #expect(try shape(.add, [3, 4, 1], [5]) == [3, 4, 5])
        #expect(try shape(.add, [3, 4], []) == [3, 4])
        #expect(failure(.add, [3, 4], [3])?.expected == "a shape that broadcasts with [3×4]")
    }

    @Test func views() throws {
        #expect(try shape(.flatten(axis: 1), [3, 4, 5]) == [3, 20])
        #expect(try shape(.flatten(axis: 0), [3, 4, 5]) == [1, 60])
        #expect(try shape(.flatten(axis: -1), [3, 4, 5]) == [12, 5])
        #expect(try shape(.flatten(axis: 3), [3, 4, 5]) == [60, 1])
        #expect(failure(.flatten(axis: 4), [3, 4, 5])?.actual == "4")
        #expect(try shape(.reshape(dimensions: [0, -1], allowZero: false), [3, 4, 5]) == [3, 20])
        #expect(try shape(.reshape(dimensions: [-1, 20], allowZero: true), [3, 4, 5]) == [3, 20])
        #expect(failure(.reshape(dimensions: [-1, 7], allowZero: false), [3, 4, 5])?.expected == "dimensions of 60 elements")
        #expect(failure(.reshape(dimensions: [-1, -1], allowZero: false), [3, 4, 5]) != nil)
        #expect(failure(.reshape(dimensions: [0, 20], allowZero: true), [3, 4, 5]) != nil)
    }

    @Test func batchOfOneInTheFileTakesAnyBatch() throws {
        #expect(try shape(.reshape(dimensions: [1, 20], allowZero: false), [3, 4, 5]) == [3, 20])
        #expect(try shape(.reshape(dimensions: [1, -1], allowZero: false), [3, 4, 5]) == [1, 60])
    }

    @Test func theRest() throws {
        #expect(try shape(.relu, [3, 4]) == [3, 4])
        #expect(try shape(.dropout(ratio: 0.5), [3, 4]) == [3, 4])
        #expect(try shape(.softmax(axis: -1), [3, 4]) == [3, 4])
        #expect(failure(.softmax(axis: 2), [3, 4])?.expected == "an axis in 0…1")
        #expect(try shape(.concatenation(axis: 1), [3, 4, 2], [3, 5, 2]) == [3, 9, 2])
        #expect(failure(.concatenation(axis: 1), [3, 4, 2], [3, 5, 1])?.expected == "[3×5×2]")
        #expect(try shape(.batchNormalization(epsilon: 0), [3, 4, 2], [4], [4], [4], [4]) == [3, 4, 2])
        #expect(failure(.batchNormalization(epsilon: 0), [3, 4, 2], [4], [4], [4])?.expected == "at least 5 inputs")
        #expect(failure(.batchNormalization(epsilon: 0), [3, 4, 2], [4], [4], [4], [3])?.expected == "four statistics [4]")
        let unknown = UnsupportedOperator(name: "Gelu", reason: "not known")
        #expect(failure(.unsupported(unknown), [3])?.actual == "Gelu")
    }

    @Test func missingValuesAreNamed() {
        var network = network(.relu, [1, 4], [])
        network.nodes[0].inputs = ["z"]
        #expect(throws: ShapeError(node: "node", operation: "Relu", expected: "a value made before", actual: "z")) {
            _ = try network.shapes(batch: 1)
        }
        network.nodes = []
        #expect(throws: ShapeError(node: "y", operation: "output", expected: "a value of the network", actual: "nothing")) {
            _ = try network.shapes(batch: 1)
        }
    }

    /// [L, 1, 1, 1] + [L, 1, 1] is [L, L, 1, 1], and so on: the fourth power of 2,000,000,000 is no Int.
    @Test func sizesBeyondIntAreRefused() {
        let limit = 2_000_000_000
        var network = network(.add, [1, limit, 1, 1], [])
        network.nodes = [
            Node(name: "a", operation: .reshape(dimensions: [0, 1, 1, -1], allowZero: false), inputs: ["x"], outputs: ["u"]),
            Node(name: "b", operation: .add, inputs: ["x", "u"], outputs: ["v"]),
            Node(name: "c", operation: .reshape(dimensions: [limit, 1, 1], allowZero: false), inputs: ["x"], outputs: ["w"]),
            Node(name: "d", operation: .reshape(dimensions: [limit, 1], allowZero: false), inputs: ["x"], outputs: ["z"]),
            Node(name: "e", operation: .add, inputs: ["v", "w"], outputs: ["s"]),
            Node(name: "f", operation: .add, inputs: ["s", "z"], outputs: ["y"]),
        ]
        #expect(throws: ShapeError.self) { _ = try network.shapes(batch: 1) }
    }

    @Test func multiplyAddsOfOneExample() throws {
        let convolution = Convolution(kernel: [3, 3], groups: 2)
        // 6 · 4 · 4 outputs of 2 · 3 · 3 products.
        #expect(try network(.convolution(convolution), [5, 4, 6, 6], [[6, 2, 3, 3]]).multiplyAdds() == [1_728])
        #expect(try network(.gemm(Gemm(transposeB: true)), [5, 8], [[3, 8]]).multiplyAdds() == [24])
        #expect(try network(.matrixMultiplication, [5, 4, 8], [[8, 3]]).multiplyAdds() == [96])
        #expect(try network(.relu, [5, 8], []).multiplyAdds() == [0])
    }
}
