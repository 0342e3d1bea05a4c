import Formats
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Graphs written by hand.
struct NetworkReaderTests {
    private func read(_ bytes: [UInt8], card: ModelCard? = nil) throws -> Network {
        try Fixture.withFile(bytes, name: "net.onnx") { try NetworkReader.read($0, card: card) }
    }

    @Test func readsEverySupportedOperator() throws {
        let network = try read(Onnx.everything)
        #expect(network.unsupportedNodes.isEmpty)
        #expect(network.name == "net")
        #expect(
            network.nodes.map(\.operation.name) == [
                "Conv", "BatchNormalization", "Relu", "MaxPool", "AveragePool", "Concat", "Dropout", "Identity", "GlobalAveragePool",
                "Flatten", "Reshape", "MatMul", "Add", "Gemm",
            ])
        #expect(network.output == "q")
        #expect(network.nodes[0].operation == .convolution(Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])))
        #expect(network.nodes[5].operation == .concatenation(axis: 1))
        #expect(network.nodes[10].operation == .reshape(dimensions: [0, 4], allowZero: false))
        #expect(network.parameterCount == 18 + 2 + 4 * 2 + 20 + 5 + 15 + 3)
        #expect(network.layers.map(\.bias) == ["b1", "b2", "b3"])
        #expect(network.parameters["v"]?.role == .normalization)
        #expect(network.parameters["w2"]?.values.floats == (0..<20).map { Float($0) / 8 })
        #expect(network.classCount == 3)
    }

    /// By attribute, by input or not at all; and a sign as activation.
    @Test func readsDropoutAndSign() throws {
        let nodes = [
            Onnx.node("Dropout", ["x"], "a"), Onnx.node("Dropout", ["a"], "b", [Onnx.float("ratio", 0.25)]),
            Onnx.node("Dropout", ["b", "r"], "c"), Onnx.node("Sign", ["c"], "d"), Onnx.node("Flatten", ["d"], "y"),
        ]
        let network = try read(Onnx.model(Onnx.graph(nodes, [Onnx.floats("r", []) { _ in 0.125 }])))
        #expect(
            network.nodes.dropLast().map(\.operation) == [
                .dropout(ratio: 0.5), .dropout(ratio: 0.25), .dropout(ratio: 0.125), .activation(.sign),
            ])
        #expect(network.parameters.isEmpty)
    }

    /// Probabilities, log-probabilities, and what only hands them on: the output holds logits.
    @Test func dropsWhatEndsInASoftmax() throws {
        let head = [Onnx.node("Flatten", ["x"], "a"), Onnx.node("Gemm", ["a", "w"], "z")]
        let weights = [Onnx.floats("w", [64, 4])]
        for operation in ["Softmax", "LogSoftmax"] {
            let alone = try read(Onnx.model(Onnx.graph(head + [Onnx.node(operation, ["z"], "y")], weights)))
            #expect(alone.nodes.map(\.operation.name) == ["Flatten", "Gemm"] && alone.output == "z", "\(operation)")
            #expect(alone.finalSoftmax == operation)
            let tail = [Onnx.node(operation, ["z"], "p"), Onnx.node("Identity", ["p"], "y")]
            #expect(try read(Onnx.model(Onnx.graph(head + tail, weights))).output == "z")
            let middle = [Onnx.node(operation, ["z"], "p"), Onnx.node("Relu", ["p"], "y")]
            let whole = try read(Onnx.model(Onnx.graph(head + middle, weights)))
            #expect(whole.nodes.map(\.operation.name).suffix(2) == [operation, "Relu"] && whole.finalSoftmax == nil)
        }
    }

    /// Indices by row and column, and counted through; all else is 0.
    @Test func readsSparseInitializers() throws {
        func graph(_ values: Int, _ indices: Wire) -> [UInt8] {
            let tensor = Onnx.floats("w", [values]) { Float($0 + 1) }
            let sparse = [64, 4].reduce(Wire().message(1, tensor).message(2, indices)) { $0.number(3, $1) }
            let nodes = [Onnx.node("Flatten", ["x"], "a"), Onnx.node("MatMul", ["a", "w"], "y")]
            return Onnx.model(Onnx.graph(nodes).message(15, sparse))
        }
        func indices(_ numbers: [Int], _ dimensions: [Int]) -> Wire {
            let raw = numbers.flatMap { number in withUnsafeBytes(of: Int64(number).littleEndian) { Array($0) } }
            return Onnx.tensor("i", dimensions, type: 7, raw: raw)
        }
        for indices in [indices([0, 6, 255], [3]), indices([0, 0, 1, 2, 63, 3], [3, 2])] {
            let network = try read(graph(3, indices))
            let weights = try #require(network.parameters["w"]?.values)
            #expect(weights.shape == [64, 4] && network.layers.map(\.weight) == ["w"])
            #expect(
                weights.floats.enumerated().filter { $0.element != 0 }.map { "\($0.offset) \($0.element)" } == [
                    "0 1.0", "6 2.0", "255 3.0",
                ])
        }
        for wrong in [
            indices([0, 6, 256], [3]), indices([0, 6, 6], [3]), indices([6, 0, 7], [3]), indices([0, -1, 7], [3]), indices([0, 1], [2]),
        ] {
            #expect(throws: FormatError.self) { _ = try read(graph(3, wrong)) }
        }
    }

    /// Integers that enter and leave stay integers in a written file, whose Cast and ArgMax would not be valid otherwise.
    @Test func keepsIntegersThatEnterAndLeave() throws {
        func value(_ name: String, _ type: Int, _ dimensions: [Int?]) -> Wire {
            let shape = Wire().messages(1, dimensions.map { $0.map { Wire().number(1, $0) } ?? Wire().text(2, "N") })
            return Wire().text(1, name).message(2, Wire().message(1, Wire().number(1, type).message(2, shape)))
        }
        let nodes = [
            Onnx.node("Cast", ["x"], "f", [Onnx.int("to", 1)]), Onnx.node("Gemm", ["f", "w"], "z"),
            Onnx.node("ArgMax", ["z"], "y", [Onnx.int("axis", 1), Onnx.int("keepdims", 0)]),
        ]
        let graph = Wire().messages(1, nodes).text(2, "g").message(5, Onnx.floats("w", [8, 4])).message(11, value("x", 2, [nil, 8]))
            .message(12, value("y", 7, [nil]))
        let network = try read(Onnx.model(graph))
        let back = try read([UInt8](try NetworkWriter.data(of: network)))
        for network in [network, back] {
            #expect(network.inputs.map(\.elementType) == [.uint8] && network.outputs.map(\.elementType) == [.int64])
        }
    }

    /// By nearest neighbours operator set 10 rounds a coordinate up where it makes an axis smaller.
    @Test func roundsEarlyResizesAsTheyWere() throws {
        for (scales, rounding) in [([1, 1, 0.6, 0.5], Resize.Rounding.up), ([1, 1, 2, 1.5], .down), ([1, 1, 2, 0.5], nil)]
            as [([Float], Resize.Rounding?)]
        {
            let nodes = [Onnx.node("Resize", ["x", "s"], "r"), Onnx.node("Flatten", ["r"], "y")]
            let network = try read(Onnx.model(Onnx.graph(nodes, [Onnx.floats("s", [4]) { scales[$0] }]), version: 10))
            if case .resize(let resize) = network.nodes[0].operation {
                #expect(resize.rounding == rounding)
            } else {
                #expect(rounding == nil)
            }
        }
    }

    /// Names, types and shapes of all that enters and leaves, there and back.
    @Test func statesAllInputsAndOutputs() throws {
        let nodes = [
            Onnx.node("Flatten", ["x"], "a"), Onnx.node("Gemm", ["a", "w"], "h"), Onnx.node("Gemm", ["h", "v"], "z"),
            Onnx.node("Softmax", ["z"], "y"),
        ]
        let graph = Onnx.graph(nodes, [Onnx.floats("w", [64, 5]), Onnx.floats("v", [5, 3])])
            .message(11, Onnx.value("scale", [nil, 4])).message(12, Onnx.value("h", [nil, 5])).message(12, Onnx.value("w", [64, 5]))
        let network = try read(Onnx.model(graph))
        try network.check()
        let image: [NetworkValue.Axis] = [.open("N"), .fixed(1), .fixed(8), .fixed(8)]
        let others = [NetworkValue(name: "scale", axes: [.open("N"), .fixed(4)]), NetworkValue(name: "h", axes: [.open("N"), .fixed(5)])]
        #expect(network.inputs == [NetworkValue(name: "x", axes: image), others[0]])
        #expect(network.outputs == [NetworkValue(name: "z", elementType: nil), others[1]])
        #expect(network.input == "x" && network.inputShape == [1, 8, 8] && network.output == "z")
        let back = try NetworkReader.read(NetworkWriter.data(of: network), path: "back.onnx")
        #expect(back.inputs.map(\.name) == ["x", "scale"] && back.inputs[1] == others[0])
        #expect(back.outputs == [NetworkValue(name: "z", axes: [.open("batch"), .fixed(3)]), others[1]])
    }

    /// What the graph gives under two names stays for the other one.
    @Test func keepsASoftmaxThatIsAnOutputOfItsOwn() throws {
        let nodes = [
            Onnx.node("Flatten", ["x"], "a"), Onnx.node("Gemm", ["a", "w"], "z"), Onnx.node("Softmax", ["z"], "p"),
            Onnx.node("Identity", ["p"], "y"),
        ]
        let graph = Onnx.graph(nodes, [Onnx.floats("w", [64, 5])])
        #expect(try read(Onnx.model(graph)).nodes.count == 2)
        let both = try read(Onnx.model(graph.message(12, Onnx.value("p", [nil, 5]))))
        try both.check()
        #expect(both.nodes.count == 3 && both.outputs.map(\.name) == ["z", "p"] && both.finalSoftmax == "Softmax")
        #expect(both.ended.nodes.map(\.outputs) == [["a"], ["z"], ["p"], ["y"]] && both.ended.outputs.map(\.name) == ["y", "p"])
    }

    @Test func refusesARatioOutOfRange() {
        let nodes = [Onnx.node("Dropout", ["x"], "a", [Onnx.float("ratio", 1.5)]), Onnx.node("Flatten", ["a"], "y")]
        #expect(throws: FormatError.self) { try read(Onnx.model(Onnx.graph(nodes))) }
    }

    @Test func namesWhatItCannotRunAndKeepsTheWeights() throws {
        let nodes = [
            Onnx.node("Flatten", ["x"], "a"), Onnx.node("Gemm", ["a", "w"], "b"),
            Onnx.node("Attention", ["b"], "c", name: "act", domain: "com.microsoft"), Onnx.node("Gemm", ["c", "v"], "y"),
        ]
        let network = try read(Onnx.model(Onnx.graph(nodes, [Onnx.floats("w", [64, 4]), Onnx.floats("v", [4, 2])])))
        #expect(network.unsupportedNodes.map(\.name) == ["act"])
        let operations = network.nodes.compactMap { node -> UnsupportedOperator? in
            if case .unsupported(let operation) = node.operation { operation } else { nil }
        }
        let operation = try #require(operations.first)
        #expect(operation.domain == "com.microsoft" && operation.name == "Attention")
        #expect(operation.reason == "Pare has no Attention of 'com.microsoft'")
        #expect(operation.message?.inputs == ["b"] && operation.message?.outputs == ["c"])
        #expect(network.layers.map(\.weight) == ["w", "v"])
        #expect(network.parameterCount == 64 * 4 + 8)
    }

    // The literal batch of 1 becomes open, as examples run in batches of any size.
    @Test(arguments: [[1, 64], [1, -1], [-1, 64], [0, 64], [0, -1]])
    func opensAFixedBatch(target: [Int]) throws {
        let nodes = [Onnx.node("Reshape", ["x", "t"], "a"), Onnx.node("Gemm", ["a", "w"], "y")]
        let graph = Onnx.graph(nodes, [Onnx.longs("t", target), Onnx.floats("w", [64, 4])], input: [1, 1, 8, 8])
        let network = try read(Onnx.model(graph))
        #expect(network.unsupportedNodes.isEmpty)
        #expect(try network.shapes(batch: 32)["y"] == [32, 4])
    }

    @Test func sortsNodesThatAreOutOfOrder() throws {
        let nodes = [Onnx.node("Relu", ["b"], "y"), Onnx.node("Relu", ["a"], "b"), Onnx.node("Relu", ["x"], "a")]
        #expect(try read(Onnx.model(Onnx.graph(nodes))).nodes.map { $0.outputs[0] } == ["a", "b", "y"])
    }

    @Test(arguments: [
        (10, [UInt8]([0x00, 0x3C, 0x00, 0xC0]), [Float](arrayLiteral: 1, -2)), (16, [0x80, 0x3F, 0x00, 0xC0], [1, -2]),
        (11, [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0], [1, -2]), (3, [0x01, 0xFE], [1, -2]),
    ])
    func convertsOtherElementTypes(type: Int, raw: [UInt8], values: [Float]) throws {
        let graph = Onnx.graph([Onnx.node("Gemm", ["x", "w"], "y")], [Onnx.tensor("w", [2, 1], type: type, raw: raw)], input: [nil, 2])
        #expect(try read(Onnx.model(graph)).parameters["w"]?.values.floats == values)
    }

    @Test func readsTypedFields() throws {
        let packed = Wire().number(1, 2).number(1, 1).number(2, 1).text(8, "w").block(4, Onnx.bytes([3, 4]))
        let graph = Onnx.graph([Onnx.node("Gemm", ["x", "w"], "y")], [packed], input: [nil, 2])
        #expect(try read(Onnx.model(graph)).parameters["w"]?.values.floats == [3, 4])
        let half = Wire().number(1, 2).number(1, 1).number(2, 10).text(8, "w").block(5, Wire.varint(0x3C00) + Wire.varint(0xC000))
        let other = Onnx.graph([Onnx.node("Gemm", ["x", "w"], "y")], [half], input: [nil, 2])
        #expect(try read(Onnx.model(other)).parameters["w"]?.values.floats == [1, -2])
    }

    @Test func takesTheInputShapeFromTheCardWhereTheFileIsOpen() throws {
        let bytes = Onnx.model(Onnx.graph([Onnx.node("Flatten", ["x"], "y")], input: [nil, 1, nil, nil]))
        let open = try read(bytes)
        #expect(open.unsupportedNodes.count == 1)
        let card = try JSONDecoder().decode(
            ModelCard.self,
            from: Data(#"{"name":"n","file":"n.onnx","input":{"shape":[1,4,4],"scale":1,"mean":[0],"standardDeviation":[1]}}"#.utf8))
        let known = try read(bytes, card: card)
        #expect(known.inputShape == [1, 4, 4])
        #expect(known.unsupportedNodes.isEmpty)
    }

    @Test func readsExternalDataBesideTheNetworkOnly() throws {
        func weights(_ location: String) -> Wire {
            let entries = [("location", location), ("offset", "4"), ("length", "8")].map { Wire().text(1, $0.0).text(2, $0.1) }
            return Wire().number(1, 2).number(1, 1).number(2, 1).text(8, "w").messages(13, entries).number(14, 1)
        }
        func model(_ location: String) -> Data {
            Data(Onnx.model(Onnx.graph([Onnx.node("Gemm", ["x", "w"], "y")], [weights(location)], input: [nil, 2])))
        }
        try Fixture.withFolder { folder in
            let path = folder.appendingPathComponent("net.onnx")
            try Data(Onnx.bytes([9, 5, 6])).write(to: folder.appendingPathComponent("net.data"))
            try model("net.data").write(to: path)
            let network = try NetworkReader.read(path.path)
            #expect(network.parameters["w"]?.values.floats == [5, 6])
            #expect(try NetworkReader.sha256(of: path.path) == network.source?.sha256)
            #expect(try FileHash.sha256(path: path.path) != network.source?.sha256)
            for location in ["../net.data", "/etc/passwd", "", "missing.data", "a//b"] {
                try model(location).write(to: path)
                #expect(Fixture.refusal { _ = try NetworkReader.read(path.path) } != nil, "\(location)")
            }
            try FileManager.default.createSymbolicLink(
                at: folder.appendingPathComponent("link"), withDestinationURL: URL(fileURLWithPath: "/etc/passwd"))
            try model("link").write(to: path)
            #expect(Fixture.refusal { _ = try NetworkReader.read(path.path) }?.kind == .unsupported)
        }
    }

    /// As caches of downloads lay them: links of their own names in a folder, what they lead to in another; or the network alone is a link.
    @Test func followsLinksToExternalDataBesideTheTarget() throws {
        let entries = [("location", "net.onnx_data"), ("offset", "0"), ("length", "8")].map { Wire().text(1, $0.0).text(2, $0.1) }
        let weights = Wire().number(1, 2).number(1, 1).number(2, 1).text(8, "w").messages(13, entries).number(14, 1)
        let model = Data(Onnx.model(Onnx.graph([Onnx.node("Gemm", ["x", "w"], "y")], [weights], input: [nil, 2])))
        try Fixture.withFolder { folder in
            let files = FileManager.default
            for name in ["blobs", "snapshots/one/onnx", "elsewhere"] {
                try files.createDirectory(at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
            }
            try model.write(to: folder.appendingPathComponent("blobs/4f3a"))
            try Data(Onnx.bytes([5, 6])).write(to: folder.appendingPathComponent("blobs/9c1b"))
            let snapshot = folder.appendingPathComponent("snapshots/one/onnx")
            let (network, data) = (snapshot.appendingPathComponent("net.onnx"), snapshot.appendingPathComponent("net.onnx_data"))
            try files.createSymbolicLink(atPath: network.path, withDestinationPath: "../../../blobs/4f3a")
            try files.createSymbolicLink(atPath: data.path, withDestinationPath: "../../../blobs/9c1b")
            #expect(try NetworkReader.read(network.path).parameters["w"]?.values.floats == [5, 6])
            // A link to another folder than the target's is not followed.
            try Data(Onnx.bytes([7, 8])).write(to: folder.appendingPathComponent("elsewhere/9c1b"))
            try files.removeItem(at: data)
            try files.createSymbolicLink(atPath: data.path, withDestinationPath: "../../../elsewhere/9c1b")
            #expect(Fixture.refusal { _ = try NetworkReader.read(network.path) }?.kind == .unsupported)
            // Data beside the target alone.
            try files.removeItem(at: data)
            #expect(Fixture.refusal { _ = try NetworkReader.read(network.path) }?.kind == .missing)
            try Data(Onnx.bytes([3, 4])).write(to: folder.appendingPathComponent("blobs/net.onnx_data"))
            #expect(try NetworkReader.read(network.path).parameters["w"]?.values.floats == [3, 4])
        }
    }
}
