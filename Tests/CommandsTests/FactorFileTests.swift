import Compression
import Engine
import Exports
import Formats
import Foundation
import Kernels
import Networks
import Reports
import Tensors
import TestSupport
import Testing

/// Layers that become several, in files: what is read again is what was evaluated.
@Suite("Files of factors")
struct FactorFileTests {
    /// With the layers that each adds.
    private let plans = [
        "lenet-300-100": [
            ("version: 1\nlayers: {'*': {factors: {share: 0.25}}}", 3),
            ("version: 1\nlayers: {'*': {level: 0.5, factors: {rank: 6}, biases: int8}}", 3),
            (
                "version: 1\nlayers: {'*': {factors: {share: 0.25}, left: {level: 0.5, shared: {bits: 4}}, right: {linear: {bits: 8}}}, "
                    + "fc1.left: {pattern: '2:4', coder: dense}}", 3
            ),
        ],
        "lenet-5": [
            ("version: 1\nlayers: {'*': {factors: {share: 0.25}}}", 4), (ExportSamples.spatial, 3), (ExportSamples.tucker, 2),
            ("version: 1\nlayers: {'conv*': {level: 0.5, factors: {share: 0.5, method: tucker, outputShare: 0.2}}}", 4),
            (
                "version: 1\nlayers: {'conv*': {factors: {share: 0.5, method: tucker}, middle: {level: 0.7, shared: {bits: 5}}, "
                    + "right: {weights: float16}}, 'fc*': {factors: {share: 0.25}}, '*.left': {linear: {bits: 6, perChannel: true}}}", 6
            ),
        ],
    ]

    private func network(_ name: String) throws -> Network {
        try NetworkReader.read(Workplace.root.appendingPathComponent("Models/\(name).onnx").path)
    }

    /// Everything that an engine says of a plan.
    private func events(_ network: Network, _ data: DataSource, _ plan: CompressionPlan) -> [EngineEvent] {
        var options = EngineOptions(niceness: 0)
        options.graphByteCount = { network in try? PareFile.graphSection(of: network, file: "x").count }
        let engine = LiveEngine(network: network, data: data, options: options) {}
        defer { engine.stop() }
        engine.request(plan, generation: 1)
        engine.waitUntilSettled()
        var events = engine.takeEvents()
        while !events.contains(where: { if case .file = $0 { true } else { false } }) {
            Thread.sleep(forTimeInterval: 0.01)
            events += engine.takeEvents()
        }
        return events
    }

    private func noise(_ network: Network, _ count: Int) -> Dataset {
        var generator = SeededGenerator(seed: 1)
        let floats = (0..<count * network.inputShape.count).map { _ in Float(generator.uniform()) }
        return Dataset(
            name: "noise", split: .validation, inputs: Tensor(shape: Shape([count] + network.inputShape.dimensions), floats: floats),
            labels: (0..<count).map { Int32($0 % 10) }, classNames: (0..<10).map { "\($0)" }, normalization: InputNormalization(scale: 1))
    }

    private func logits(_ events: [EngineEvent]) -> [Float] {
        events.compactMap { if case .logits(let table, _) = $0 { table.current } else { nil } }.last ?? []
    }

    private func parts(of layer: CompressedLayer) -> Int { if case .factors(let factors) = layer.form { factors.parts.count } else { 1 } }

    @Test("The report says the rank in force, and what of it should not be overlooked")
    func report() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let plan = try place.write(
            "version: 1\nlayers: {fc1: {factors: {share: 0.1}}, fc2: {factors: {rank: 700}}, fc3: {ratio: 1}}", to: "plan.yaml")
        let text = try place.run("report", "lenet-300-100", "--plan", plan).output
        let rows = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows.first { $0.first == "fc1" }?.contains("r32") == true && rows.first { $0.first == "fc2" }?.contains("r100") == true)
        #expect(text.contains("fc2: rank 700 is above the largest, 100, which is taken\n"))
        #expect(text.contains("fc2: the factors take 160,000 B, the dense weights 120,000 B; they pay up to rank 74\n"))
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(place.run("report", "lenet-300-100", "--plan", plan, "--json").output.utf8))
                as? [String: Any])
        let layers = try #require(json["layers"] as? [[String: Any]])
        #expect(layers.map { $0["rank"] as? Int } == [32, 100, nil])
        #expect(layers.map { ($0["keptEnergy"] as? Double).map { $0 > 0.1 } } == [true, true, nil])
        #expect(layers.map { ($0["ladder"] as? [String: Any])?["entropyBytes"] is Int } == [false, false, true])
    }

    @Test("The report has rows for factors with plans, whose bytes in the file sum to the layer's")
    func parts() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let plan = try place.write(
            "version: 1\nlayers: {fc1: {factors: {rank: 20}, left: {level: 0.5, shared: {bits: 4}}}, fc2: {factors: {rank: 9}}}",
            to: "plan.yaml")
        let text = try place.run("report", "lenet-300-100", "--plan", plan).output
        let rows = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        let left = try #require(rows.first { $0.first == "fc1.left" })
        #expect(left.contains("300×20") && left.contains("50.0%") && left.contains("shared") && left.contains("6,000"))
        #expect(rows.contains { $0.first == "fc1.right" } && !rows.contains { $0.first == "fc2.left" })
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(place.run("report", "lenet-300-100", "--plan", plan, "--json").output.utf8))
                as? [String: Any])
        let layers = try #require(json["layers"] as? [[String: Any]])
        let parts = layers.map { $0["parts"] as? [[String: Any]] }
        #expect(parts.map { $0?.map { $0["name"] as? String } } == [["fc1.left", "fc1.right"], ["fc2.left", "fc2.right"], nil])
        func file(_ layer: [String: Any]) -> Int? { (layer["bytes"] as? [String: Any])?["file"] as? Int }
        for (layer, parts) in zip(layers, parts) {
            guard let parts else { continue }
            let sizes = parts.compactMap(file)
            #expect(sizes.count == 2 && sizes.reduce(0, +) == file(layer))
        }
        #expect(abs(try #require(layers[0]["sparsity"] as? Double) - 3_000 / Double(20 * (300 + 784))) < 1e-12)
    }

    @Test("ONNX and .pare have the layers of the factors, the engine's logits and its size", arguments: ["lenet-300-100", "lenet-5"])
    func files(name: String) throws {
        let network = try network(name)
        let data = noise(network, 200)
        for (text, added) in plans[name] ?? [] {
            let plan = try PlanFile.plan(from: text)
            #expect(try PlanFile.plan(from: PlanFile.text(of: plan)) == plan)
            let events = events(network, .ready(data), plan)
            var made: [String: CompressedLayer] = [:]
            for case .layer(let layer, _) in events { made[layer.layer.weight] = layer }
            let applied = Applied(base: network, layers: network.layers.compactMap { made[$0.weight] }, plan: plan)
            #expect(applied.network.layers.count == network.layers.count + added)
            let (bytes, table) = try PareFile.data(of: applied, file: "x")
            let file = try #require(events.compactMap { if case .file(let file, _) = $0 { file } else { nil } }.last)
            #expect(file.total == bytes.count && file.isExact)
            for layer in network.layers {
                let rows = table.rows.filter { applied.weight(heldBy: $0.name) == layer.weight }
                #expect(rows.count == (made[layer.weight].map { parts(of: $0) } ?? 1))
                #expect(file.layers[layer.weight]?.bytes == rows.reduce(0) { $0 + $1.bytes.total })
            }
            let folder = try Workplace()
            for format in [ExportFormat.onnx, .quantizedONNX, .pare] {
                let path = folder.path + "/\(name)-\(format.rawValue)"
                _ = try NetworkExport.write(applied, as: format, to: path)
                let back = try NetworkFile.read(path).network
                #expect(back.nodes == applied.network.nodes)
                #expect(logits(self.events(back, .ready(data), CompressionPlan())) == logits(events), "\(format)")
            }
            _ = try NetworkExport.write(applied, as: .safetensors, to: folder.path + "/weights.safetensors")
            _ = try NetworkExport.write(applied, as: .c, to: folder.path + "/source.c")
        }
    }
}
