import Compression
import Exports
import Formats
import Foundation
import Networks
import Tensors
import Testing

/// Files whose inputs, outputs, weights and attributes have other types than tensors of float32 (Scripts/make-type-fixtures.py).
@Suite("Types of files")
struct TypedFileTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/types")
    static let names = [
        "half", "double", "half-conv", "half-inside", "half-output", "half-large", "brain", "sparse-coordinates", "sparse-linear",
        "constants", "maps", "recurrent-clip", "recurrent-lengths", "recurrent-affine", "tied", "tied-embedding", "tied-twice",
    ]

    static func file(_ name: String) -> String { folder.appendingPathComponent(name + ".onnx").path }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "pare-types-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func graph(_ path: String) throws -> Wire { try Wire(Array(Data(contentsOf: URL(fileURLWithPath: path)))).messages(7)[0] }

    /// Types of inputs and outputs by name, as the message has them, without the sizes of tensors.
    private func types(_ graph: Wire) -> [String: [String]] {
        let given = Set(graph.messages(5).map { $0.text(8) })
        let values = (graph.messages(11) + graph.messages(12)).filter { !given.contains($0.text(1)) }
        return Dictionary(
            uniqueKeysWithValues: values.map { value in
                let type = value.messages(2)[0]
                return (value.text(1), type.messages(1).first.map { ["\($0.number(1))"] } ?? type.sorted)
            })
    }

    @Test("Every form has the types that the file came with, and one type of floats at each node", arguments: names)
    func keepsTypes(name: String) throws {
        let network = try NetworkReader.read(Self.file(name))
        let came = try types(graph(Self.file(name)))
        try withFolder { folder in
            let (plain, compact, container) = (folder + "/a.onnx", folder + "/b.qdq.onnx", folder + "/c.pare")
            _ = try NetworkExport.write(Applied(unchanged: network), as: .onnx, to: plain)
            _ = try NetworkExport.write(Applied(unchanged: network), as: .quantizedONNX, to: compact)
            _ = try NetworkExport.write(Applied(unchanged: network), as: .pare, to: container)
            let decoded = try PareFile.read(container).network
            #expect(decoded.inputs.map(\.elementType) == network.inputs.map(\.elementType))
            _ = try NetworkExport.write(Applied(unchanged: decoded), as: .onnx, to: folder + "/d.onnx")
            for path in [plain, compact, folder + "/d.onnx"] {
                let graph = try graph(path)
                #expect(types(graph) == came, "\(path)")
                #expect(GraphTypes(graph).problems == [], "\(path)")
            }
            // Written once more it is the same file.
            let again = try NetworkReader.read(plain)
            #expect(again.parameterCount == network.parameterCount)
            _ = try NetworkExport.write(Applied(unchanged: again), as: .onnx, to: folder + "/e.onnx")
            let counts = try [plain, folder + "/e.onnx"].map { try graph($0).messages(1).count }
            #expect(counts[0] == counts[1])
        }
    }

    @Test("Nodes of an older operator set that aren't run have the form of the set that is written")
    func raisesKeptNodes() throws {
        let network = try NetworkReader.read(Self.file("older-set"))
        let unsupported = Set(network.unsupportedNodes.map(\.name))
        let kept = ["Hardmax", "Unsqueeze", "Upsample", "Squeeze", "Softmax", "Slice", "Pad", "Split", "Sum", "Max", "TopK"].map {
            $0 + "_kept"
        }
        #expect(unsupported.isSuperset(of: kept), "\(unsupported)")
        try withFolder { folder in
            _ = try NetworkExport.write(Applied(unchanged: network), as: .onnx, to: folder + "/a.onnx")
            #expect(try types(graph(folder + "/a.onnx")) == types(graph(Self.file("older-set"))))
            let nodes = try graph(folder + "/a.onnx").messages(1).filter { $0.text(3).contains("_kept") }
            let reads = Dictionary(nodes.map { ($0.text(3), $0.texts(1).count) }, uniquingKeysWith: max)
            #expect(
                reads == [
                    "Hardmax_kept/Flatten": 1, "Hardmax_kept/Hardmax": 1, "Hardmax_kept/Reshape": 2, "Hardmax_kept/Shape": 1,
                    "Unsqueeze_kept": 2,
                    "Upsample_kept": 3, "Squeeze_kept": 2, "Softmax_kept/Flatten": 1, "Softmax_kept/Softmax": 1, "Softmax_kept/Reshape": 2,
                    "Softmax_kept/Shape": 1, "Slice_kept": 4, "Pad_kept": 3, "Clip_kept": 3, "Dropout_kept": 2, "Split_kept": 2,
                    "Sum_kept": 2,
                    "Max_kept": 1, "Concat_kept": 2, "TopK_kept": 2,
                ])
            #expect(nodes.first { $0.text(3) == "Upsample_kept" }?.text(4) == "Resize")
        }
    }

    @Test("Weights of 16 bits stay so in every form and through every way back", arguments: ["half-large", "brain"])
    func keepsHalves(name: String) throws {
        let network = try NetworkReader.read(Self.file(name))
        let came = try Data(contentsOf: URL(fileURLWithPath: Self.file(name))).count
        try withFolder { folder in
            for format in [ExportFormat.onnx, .quantizedONNX, .pare] {
                let path = folder + "/a." + format.rawValue
                let report = try NetworkExport.write(Applied(unchanged: network), as: format, to: path)
                #expect(report.byteCount <= came + 700, "\(format) \(report.byteCount) of \(came)")
                #expect(report.cameByteCount == 2 * network.parameterCount && report.description.contains("that came"))
                let back = format == .pare ? try PareFile.read(path).network : try NetworkReader.read(path)
                for parameter in network.parameters.values where parameter.count > 75 {
                    #expect(back.parameters[parameter.name]?.values.elementType == parameter.values.elementType, "\(format)")
                }
            }
        }
    }

    @Test("Half of the weights pruned, the others still are numbers of 16 bits in every form")
    func keepsPrunedHalves() throws {
        let network = try NetworkReader.read(Self.file("half-large"))
        let plan = LayerPlan(pruning: .level(0.5))
        let layers = try network.layers.map { layer in
            let values = try #require(network.parameters[layer.weight]?.values)
            let distribution = try WeightDistribution(values)
            return try #require(
                try LayerCompressor.compress(
                    layer: layer, weights: values, bias: nil, distribution: distribution, plan: plan, rule: PruningRule(plan, distribution))
            )
        }
        let applied = Applied(base: network, layers: layers, plan: CompressionPlan(layers: [.init(pattern: "*", plan: plan)]))
        try withFolder { folder in
            let plain = try NetworkExport.write(applied, as: .onnx, to: folder + "/a.onnx")
            #expect(plain.byteCount < 2 * network.parameterCount + 1_000)
            let types = try graph(folder + "/a.onnx").messages(5).map { $0.number(2) }
            #expect(types == [10, 10])
            _ = try NetworkExport.write(applied, as: .pare, to: folder + "/a.pare")
            #expect(try PareFile.read(folder + "/a.pare").network.parameters.values.allSatisfy { $0.values.elementType == .float16 })
        }
    }

    @Test("Sparse values of a Constant are weights", arguments: ["sparse-coordinates", "sparse-linear"])
    func readsSparseConstants(name: String) throws {
        let network = try NetworkReader.read(Self.file(name))
        #expect(network.parameterCount == 32 * 8 + 8 * 5 && network.layers.map(\.weight) == ["w", "w2"])
        let zeros = try #require(network.parameters["w"]).values.floats.count { $0 == 0 }
        #expect(zeros > 100 && zeros < 200)
    }

    @Test(
        "Weights that are read twice, once transposed, are one parameter",
        arguments: [("tied", 84), ("tied-embedding", 240), ("tied-twice", 90)])
    func countsTiedWeightsOnce(name: String, count: Int) throws {
        let network = try NetworkReader.read(Self.file(name))
        #expect(network.parameterCount == count && network.parameters["w"] != nil && network.unsupportedNodes.isEmpty)
        #expect(network.layers.map(\.weight) == ["w"])
    }

    @Test("A node that is not run is written as it came, attributes of every kind")
    func keepsAttributes() throws {
        let network = try NetworkReader.read(Self.file("attributes"))
        let source = try graph(Self.file("attributes")).messages(1)[1]
        let written = try Wire(Array(NetworkWriter.data(of: network))).messages(7)[0].messages(1)
        let node = try #require(written.first { $0.text(4) == "Every" })
        let (before, after) = (source.messages(5), node.messages(5))
        #expect(before.count == 15 && after.count == 15)
        for (before, after) in zip(before, after) {
            #expect(before.canonical(.attribute) == after.canonical(.attribute), "\(before.text(1))")
        }
        for field in [1, 2, 3, 4, 7] { #expect(source.texts(field) == node.texts(field)) }
    }

    @Test("A layer that is not run keeps its name behind what was tried of it")
    func keepsNames() throws {
        let network = try NetworkReader.read(Self.file("recurrent-affine"))
        #expect(network.unsupportedNodes.first?.name == "/lstm/LSTM")
    }
}

/// A message by its fields.
private struct Wire {
    private var fields: [(number: Int, value: Int, content: [UInt8])] = []

    init(_ bytes: [UInt8]) {
        var place = 0
        func number() -> Int {
            var (value, shift) = (0, 0)
            while bytes[place] >= 0x80 {
                value |= Int(bytes[place] & 0x7F) &<< shift
                (place, shift) = (place + 1, shift + 7)
            }
            value |= Int(bytes[place]) &<< shift
            place += 1
            return value
        }
        while place < bytes.count {
            let key = number()
            switch key & 7 {
            case 0: fields.append((key >> 3, number(), []))
            case 1, 5:
                let size = key & 7 == 1 ? 8 : 4
                fields.append((key >> 3, 0, Array(bytes[place..<place + size])))
                place += size
            default:
                let length = number()
                fields.append((key >> 3, 0, Array(bytes[place..<place + length])))
                place += length
            }
        }
    }

    func messages(_ number: Int) -> [Wire] { fields.filter { $0.number == number }.map { Wire($0.content) } }
    func texts(_ number: Int) -> [String] { fields.filter { $0.number == number }.map { String(decoding: $0.content, as: UTF8.self) } }
    func text(_ number: Int) -> String { texts(number).first ?? "" }
    func number(_ number: Int) -> Int { fields.first { $0.number == number }?.value ?? 0 }

    /// Messages that the fields of an attribute are, with lists of numbers one by one, which files have packed or not.
    enum Kind {
        case attribute, tensor, sparse, graph, node, other

        func kind(of number: Int) -> Kind? {
            switch self {
            case .attribute: [5: .tensor, 6: .graph, 11: .graph, 22: .sparse][number]
            case .sparse: [1: .tensor, 2: .tensor][number]
            case .graph: [1: .node][number]
            case .node: [5: .attribute][number]
            case .tensor, .other: nil
            }
        }

        func isList(_ number: Int) -> Bool {
            switch self {
            case .attribute: number == 8
            case .tensor: number == 1
            case .sparse: number == 3
            default: false
            }
        }
    }

    func canonical(_ kind: Kind) -> [String] {
        fields.flatMap { field -> [String] in
            let (number, content) = (field.number, field.content)
            if let inner = kind.kind(of: number) { return ["\(number): \(Wire(content).canonical(inner))"] }
            if kind.isList(number), !content.isEmpty {
                // A packed list, read as fields of its numbers: those of the fixtures take a byte, or ten below zero.
                return Wire(content.split(after: { $0 < 0x80 }).flatMap { [UInt8(number << 3)] + $0 }).canonical(kind)
            }
            if case .attribute = kind, number == 7 {
                return stride(from: 0, to: content.count, by: 4).map { "7: \(content[$0..<$0 + 4].map { Int($0) })" }
            }
            return ["\(number): \(field.value) \(content)"]
        }.sorted()
    }

    /// All fields in an order that does not depend on that of the file.
    var sorted: [String] { fields.map { "\($0.number): \($0.value) \($0.content)" }.sorted() }
}

/// Types of values by the rules of the operators that the fixtures have, as ONNX Runtime finds them.
private struct GraphTypes {
    var problems: [String] = []

    init(_ graph: Wire) {
        let floats: Set<Int> = [1, 10, 11, 16]
        let names = graph.messages(1).map { $0.text(3) }
        if Set(names).count < names.count { problems.append("two nodes of one name") }
        func type(_ value: Wire) -> Int { value.messages(2)[0].messages(1).first?.number(1) ?? 0 }
        var types: [String: Int] = [:]
        for value in graph.messages(11) { types[value.text(1)] = type(value) }
        for tensor in graph.messages(5) { types[tensor.text(8)] = tensor.number(2) }
        for node in graph.messages(1) {
            let known = node.texts(1).map { types[$0] }
            let result: Int?
            switch node.text(4) {
            case "Cast": result = node.messages(5).first { $0.text(1) == "to" }?.number(3)
            case "Shape", "ArgMax": result = 7
            case "DequantizeLinear": result = known.count > 1 ? known[1] : nil
            case "Gather", "Reshape", "Squeeze", "Unsqueeze", "Expand": result = known.first ?? nil
            default:
                let inputs = Set(known.compactMap { $0 }.filter(floats.contains))
                if inputs.count > 1 { problems.append("\(node.text(4)) \(node.text(3)) reads \(inputs.sorted())") }
                result = inputs.first ?? (known.first ?? nil)
            }
            for name in node.texts(2) { types[name] = result }
        }
        for value in graph.messages(12) where type(value) != 0 && types[value.text(1)] != type(value) {
            problems.append("output \(value.text(1)) is \(types[value.text(1)] ?? 0)")
        }
    }
}

extension [UInt8] {
    /// Pieces that end where `isLast` holds.
    fileprivate func split(after isLast: (UInt8) -> Bool) -> [[UInt8]] {
        reduce(into: [[]]) { pieces, byte in
            pieces[pieces.count - 1].append(byte)
            if isLast(byte) { pieces.append([]) }
        }.filter { !$0.isEmpty }
    }
}
