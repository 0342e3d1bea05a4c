import Formats
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Networks of named tensors without a graph: safetensors, NPZ and GGUF.
@Suite("Weights without a graph")
struct WeightsReaderTests {
    private static let fixtures = Fixture.root.appendingPathComponent("Tests/Fixtures")

    private struct NoWeights: Error {}

    private func read(_ name: String) throws -> Network { try network(Self.fixtures.appendingPathComponent(name).path) }

    private func network(_ path: String) throws -> Network {
        guard let network = try WeightsReader.read(path) else { throw NoWeights() }
        return network
    }

    // Made by Scripts/make-weights-fixture.py: NumPy's deflated archive has what the gguf package makes of each block.
    @Test("Every type of a GGUF file is what the gguf package makes of it")
    func gguf() throws {
        let network = try read("weights.gguf")
        let expected = try read("weights.npz")
        #expect(network.parameters.count == 11)
        #expect(Set(network.parameters.keys) == Set(expected.parameters.keys))
        for (name, parameter) in network.parameters {
            let values = try #require(expected.parameters[name]).values
            #expect(parameter.shape == values.shape, "\(name)")
            let (found, wanted) = (parameter.values.floats, values.floats)
            // The gguf package multiplies in another order: a few units of the last place.
            let isNear = zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) }
            #expect(isNear, "\(name): \(found.prefix(4)) \(wanted.prefix(4))")
        }
        #expect(network.parameters["half.weight"]?.values.elementType == .float16)
        #expect(network.parameters["half.weight"]?.values.floats == expected.parameters["half.weight"]?.values.floats)
        #expect(network.parameters["norm.weight"]?.role == .normalization)
    }

    // The same script: ml_dtypes' reading of all patterns.
    @Test("Every pattern of eight bits is what ml_dtypes makes of it", arguments: ["F8_E4M3", "F8_E5M2"])
    func float8(type: String) throws {
        let expected = try #require(try read("float8.npz").parameters[type]).values.floats
        let header = #"{"a":{"dtype":"\#(type)","shape":[16,16],"data_offsets":[0,256]}}"#
        let bytes = Array(WeightsFiles.safetensors(header, data: 0)) + (0...255).map { UInt8($0) }
        let found = try Fixture.withFile(bytes, name: "m.safetensors") { try network($0).parameters["a"]?.values.floats }
        let isSame = zip(try #require(found), expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
        #expect(isSame && found?.count == 256)
    }

    @Test("Layers are the tensors of two and more axes, with their biases; integers stay what they are")
    func layers() throws {
        let header = """
            {"__metadata__":{"format":"pt"},"l.0.fc.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
            "l.0.fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},"ids":{"dtype":"I64","shape":[1,2],"data_offsets":[32,48]},
            "conv":{"dtype":"BF16","shape":[2,1,1,1],"data_offsets":[48,52]},"none":{"dtype":"F32","shape":[0,4],"data_offsets":[52,52]},
            "norm.weight":{"dtype":"F16","shape":[2],"data_offsets":[52,56]}}
            """
        try Fixture.withFile(WeightsFiles.safetensors(header, data: 56), name: "m.safetensors") { path in
            let network = try network(path)
            #expect(network.isWeightsOnly && network.name == "m" && network.nodes.isEmpty)
            #expect(network.layers.map(\.name) == ["l.0.fc", "conv"])
            #expect(network.layers.map(\.bias) == ["l.0.fc.bias", nil])
            #expect(network.layers.map(\.isConvolution) == [false, true])
            #expect(network.parameters["ids"]?.role == .other && network.parameters["none"]?.role == .other)
            #expect(network.parameters["norm.weight"]?.role == .normalization)
            #expect(network.source?.byteCount == 8 + header.utf8.count + 56 && network.source?.sha256.count == 64)
            #expect(network.source?.isSampled == false)
        }
    }

    @Test("A checkpoint in several files, with the names of the index")
    func sharded() throws {
        try Fixture.withFolder { folder in
            func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
            func shard(_ tensor: String) -> [UInt8] {
                WeightsFiles.safetensors(#"{"\#(tensor)":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#, data: 8)
            }
            try write("m-1.safetensors", shard("a"))
            try write("m-2.safetensors", shard("b"))
            let index = folder.appendingPathComponent("model.safetensors.index.json").path
            func indexed(_ map: String) throws -> Network {
                try write("model.safetensors.index.json", Array(#"{"metadata":{"total_size":16},"weight_map":{\#(map)}}"#.utf8))
                return try network(index)
            }
            let both = try indexed(#""b":"m-2.safetensors","a":"m-1.safetensors""#)
            #expect(both.layers.map(\.weight) == ["a", "b"] && both.name == "model")
            let cases: [(String, FormatError.Kind, String)] = [
                (#""a":"m-1.safetensors","b":"m-3.safetensors""#, .notFound, "m-3.safetensors"),
                (#""a":"m-1.safetensors","b":"m-1.safetensors""#, .missing, "'b' in 'm-1.safetensors'"),
                (#""a":"m-1.safetensors","c":"m-2.safetensors""#, .mismatch, "'b'"),
                (#""a":"../m-1.safetensors""#, .malformed, "'../m-1.safetensors'"),
                (#""a":"m-1.safetensors","a":"m-2.safetensors""#, .duplicate, "'a' twice"),
            ]
            for (map, kind, words) in cases {
                let refusal = Fixture.refusal { _ = try indexed(map) }
                #expect(refusal?.kind == kind && refusal?.message.contains(words) == true, "\(map): \(refusal?.message ?? "read")")
            }
        }
    }

    @Test("NPZ: stored, in ZIP64, and one array alone", arguments: [false, true])
    func npz(isLarge: Bool) throws {
        let array = WeightsFiles.npy("2, 1", data: WeightsFiles.floats([1, -2]))
        let bytes = WeightsFiles.zip([.init(name: "x.npy", content: array), .init(name: "y/z.npy", content: array)], isLarge: isLarge)
        try Fixture.withFile(bytes, name: "m.npz") { path in
            let network = try network(path)
            #expect(network.layers.map(\.weight) == ["x", "y/z"] && network.parameters["x"]?.values.floats == [1, -2])
        }
        try Fixture.withFile(array, name: "w.npy") { path in
            let layers = try network(path).layers
            #expect(layers.map(\.weight) == ["w"])
        }
    }

    @Test("PyTorch's files are refused with the two lines that convert them", arguments: [true, false])
    func pickles(isArchive: Bool) throws {
        let archive = WeightsFiles.zip([.init(name: "archive/data.pkl", content: [0x80, 2])])
        try Fixture.withFile(isArchive ? archive : [0x80, 0x02, 0x8A, 0x0A], name: "net.pt") { path in
            let refusal = try #require(Fixture.refusal { _ = try WeightsReader.read(path) })
            #expect(refusal.kind == .unsupported)
            let lines = refusal.message.split(separator: "\n")
            #expect(lines.count == 3 && lines[1] == "import torch, safetensors.torch" && lines[2].contains("weights_only=True"))
        }
    }

    @Test("Other files are left to other readers")
    func others() throws {
        #expect(throws: NoWeights.self) { try network(Fixture.model("lenet-5")) }
        #expect(throws: NoWeights.self) { try Fixture.withFile([1, 2, 3], name: "x") { try network($0) } }
    }
}
