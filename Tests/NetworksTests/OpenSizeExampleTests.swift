import Networks
import OrderedCollections
import Tensors
import Testing

/// Shapes that an example may have whose sizes a file leaves open.
struct OpenSizeExampleTests {
    private func network(_ axes: [NetworkValue.Axis]?, _ operation: String, weight: Shape) -> Network {
        let unknown = UnsupportedOperator(name: operation, reason: "its size is open")
        return Network(
            name: "open", inputs: [NetworkValue(name: "x", axes: axes)], outputs: [NetworkValue(name: "y")],
            nodes: [
                Node(name: "r", operation: .unsupported(UnsupportedOperator(name: "Relu", reason: "open")), inputs: ["x"], outputs: ["a"]),
                Node(name: "l", operation: .unsupported(unknown), inputs: ["a", "w"], outputs: ["y"]),
            ],
            parameters: [
                "w": Parameter(name: "w", role: .weight, values: Tensor(shape: weight, floats: Array(repeating: 0, count: weight.count)))
            ])
    }

    @Test func asksTheWeights() {
        let any = network(nil, "Conv", weight: [7, 5, 3, 3]).likelyExamples
        #expect(any.first == [5, 224, 224] && any.allSatisfy { $0.rank == 3 })
        let width = network([.open("N"), .fixed(5), .fixed(48), .open("w")], "Conv", weight: [7, 5, 3, 3]).likelyExamples
        #expect(width.first == [5, 48, 224] && width.allSatisfy { $0[1] == 48 })
        let signal = network([.open("N"), .open("c"), .open("t")], "Conv", weight: [7, 9, 3]).likelyExamples
        #expect(signal.first == [9, 128])
        let rows = network(nil, "Gemm", weight: [4, 6]).likelyExamples
        #expect(rows == [[6], [4]])
        #expect(network([.open("N"), .fixed(6)], "Gemm", weight: [4, 6]).likelyExamples.isEmpty)
    }
}
