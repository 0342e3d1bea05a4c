import Networks
import OrderedCollections
import Tensors
import Testing

/// Which of several outputs is measured, and what is written again.
struct MeasuredOutputTests {
    /// x [4] → features [3] → z [2] → Softmax: outputs in the order of `names`, of features, label and probabilities.
    private func network(_ names: [String]) -> Network {
        func parameter(_ name: String, _ shape: Shape) -> (String, Parameter) {
            (name, Parameter(name: name, role: .weight, values: Tensor(shape: shape, floats: (0..<shape.count).map { Float($0) / 8 })))
        }
        let label = ExtremePlace(isMaximum: true, axis: 1, keepsAxis: false)
        return Network(
            name: "several", inputs: [NetworkValue(name: "x", example: [4])], outputs: names.map { NetworkValue(name: $0) },
            nodes: [
                Node(name: "a", operation: .gemm(Gemm(transposeB: true)), inputs: ["x", "w"], outputs: ["features"]),
                Node(name: "b", operation: .gemm(Gemm(transposeB: true)), inputs: ["features", "v"], outputs: ["z"]),
                Node(name: "c", operation: .extremePlace(label), inputs: ["z"], outputs: ["label"]),
                Node(name: "d", operation: .softmax(axis: 1), inputs: ["z"], outputs: ["probabilities"]),
            ], parameters: OrderedDictionary(uniqueKeysWithValues: [parameter("w", [3, 4]), parameter("v", [2, 3])]))
    }

    @Test func measuresAnother() throws {
        let opened = network(["label", "probabilities"])
        let measured = try opened.applying(.measuredOutput(named: "probabilities"))
        #expect(measured.output == "z" && measured.finalSoftmax == "Softmax" && measured.classCount == 2)
        #expect(measured.outputs.map(\.name) == ["z", "label"] && measured.statedOutputs == ["label", "probabilities"])
        #expect(measured.ended.output == "probabilities" && Set(measured.ended.nodes) == Set(opened.nodes))
        // And back: the Softmax is there again, and what the ArgMax reads is measured.
        let back = try measured.applying(.measuredOutput(named: "label"))
        #expect(back.output == "z" && back.ending.map(\.name) == ["c"] && back.nodes.map(\.name).contains("d"))
        #expect(back.ended.output == "label" && Set(back.ended.nodes) == Set(opened.nodes))
        #expect(opened.measuring(as: measured).nodes == measured.nodes)
        #expect(throws: ChosenOutput.Failure.self) { _ = try opened.applying(.measuredOutput(named: "none")) }
    }

    @Test(
        arguments: [
            (["label", "probabilities"], Int?.none, "probabilities"), (["label", "probabilities"], 2, "probabilities"),
            (["features", "probabilities"], 2, "probabilities"), (["features", "probabilities"], 3, "features"),
            (["probabilities", "features"], nil, "features"), (["probabilities", "features"], 2, "probabilities"),
            (["z", "probabilities"], nil, "z"), (["probabilities"], nil, nil),
        ] as [([String], Int?, String?)])
    func fits(outputs: [String], labels: Int?, expected: String?) {
        var network = network(outputs)
        for place in network.outputs.indices where network.outputs[place].name == "label" { network.outputs[place].elementType = .int64 }
        #expect(network.fittingOutput(labels: labels) == expected)
    }

    @Test func passesOverWhatIsNotNeeded() throws {
        var network = network(["probabilities"])
        network.nodes += [
            Node(name: "e", operation: .unsupported(UnsupportedOperator(name: "TopK", reason: "unknown")), inputs: ["z"], outputs: ["top"]),
            Node(name: "f", operation: .relu, inputs: ["top"], outputs: ["above"]),
        ]
        #expect(network.blockingNodes.isEmpty && network.unsupportedNodes.count == 1)
        let shapes = try network.shapes(batch: 3)
        #expect(shapes["z"] == [3, 2] && shapes["above"] == nil)
        network.output = "above"
        #expect(network.blockingNodes.map(\.name) == ["e"])
        #expect(throws: ShapeError.self) { try network.shapes(batch: 3) }
    }

    @Test func hashTellsWhich() {
        for edits in [
            OpeningEdits(), OpeningEdits(foldsBatchNormalization: true, measured: "a-input:3", example: [3, 16]),
            OpeningEdits(example: [12]),
            OpeningEdits(measured: "a-output:b"), OpeningEdits(output: "a-measured:b"),
            OpeningEdits(foldsBatchNormalization: true, measured: "p"),
            OpeningEdits(foldsBatchNormalization: true, output: "p"),
        ] {
            let folded = edits.foldsBatchNormalization ? "-folded" : ""
            let name = edits.output.map { "-output:" + $0 } ?? edits.measured.map { "-measured:" + $0 } ?? ""
            let sizes = edits.example.map { "-input:" + $0.map(String.init).joined(separator: "x") } ?? ""
            let mark = folded + sizes
            #expect(OpeningEdits(hash: "abc" + mark + name) == edits && edits.fileHash(in: "abc" + mark + name) == "abc")
        }
    }
}
