import Compression
import Engine
import Exports
import Formats
import Foundation
import Networks
import Reports
import Testing

/// The size on the screen against the file that is written.
@Suite("The size of the file")
struct FileSizeTests {
    private func network(_ name: String) throws -> Network {
        try NetworkReader.read(Workplace.root.appendingPathComponent("Models/\(name).onnx").path)
    }

    /// What the engine publishes for a plan once everything has been encoded.
    private func published(_ network: Network, _ plans: [CompressionPlan]) throws -> [FileBytes] {
        var options = EngineOptions(niceness: 0)
        options.graphByteCount = { network in try? PareFile.graphSection(of: network, file: "x").count }
        let woken = DispatchSemaphore(value: 0)
        let engine = LiveEngine(network: network, data: .none, options: options) { woken.signal() }
        defer { engine.stop() }
        var files: [FileBytes] = []
        for (index, plan) in plans.enumerated() {
            engine.request(plan, generation: UInt64(index + 1))
            while files.count <= index {
                try #require(woken.wait(timeout: .now() + 60) == .success)
                for case .file(let file, let generation) in engine.takeEvents() {
                    #expect(generation == UInt64(index + 1))
                    files.append(file)
                }
            }
        }
        return files
    }

    private func plans(_ name: String) throws -> [CompressionPlan] {
        let texts = [
            ExportSamples.pruneAndShare[name] ?? "", ExportSamples.linear8, ExportSamples.asymmetric, ExportSamples.binary,
            ExportSamples.entropy, ExportSamples.universal,
        ]
        return try [CompressionPlan()] + texts.map { try PlanFile.plan(from: $0) }
    }

    @Test("The engine's size is that of the file, to the byte, for every plan in a row", arguments: ["lenet-300-100", "lenet-5"])
    func exact(name: String) throws {
        let network = try network(name)
        var plans = try plans(name)
        var chosen = plans[1]
        for index in chosen.layers.indices { chosen.layers[index].plan.coder = .relative5Huffman }
        plans.append(chosen)
        let files = try published(network, plans)
        for (plan, file) in zip(plans, files) {
            let model = OpenedNetwork(network: network)
            let planned = Applied(base: network, layers: try model.layers(plan), plan: plan)
            let codings = try plan.resolved(for: network.layers).codings
            let (bytes, table) = try PareFile.data(of: planned, codings: codings, file: "x")
            #expect(file.total == bytes.count && table.total == bytes.count)
            for row in table.rows where row.role == .weight {
                let layer = try #require(file.layers[row.name])
                #expect(layer.bytes == row.bytes.total && layer.coding == row.coding)
                #expect(layer.streams.values.allSatisfy { $0 >= layer.streams[layer.coding] ?? 0 } || codings[row.name] != nil)
            }
        }
    }

    @Test("Where activations are cut the size is not exact, for their quantizers are in the graph too")
    func cut() throws {
        let settings: [(ActivationQuantization?, Bool)] = [(nil, true), (.sign, true), (.clipped(bits: 4, clip: .calibrated), false)]
        let plans = settings.map { CompressionPlan(layers: [.init(pattern: "fc1.weight", plan: LayerPlan(activations: $0.0))]) }
        #expect(try published(try network("lenet-300-100"), plans).map(\.isExact) == settings.map(\.1))
    }

    @Test("The estimate is within 5 % of the file, between like plans and from one representation to any other")
    func estimate() throws {
        for name in ["lenet-300-100", "lenet-5"] {
            let network = try network(name)
            var plans = try self.plans(name)
            for level in [0.90, 0.91, 0.92, 0.93, 0.935] {
                var plan = try self.plans(name)[1]
                for index in plan.layers.indices where plan.layers[index].pattern == "fc1.weight" {
                    plan.layers[index].plan.pruning.amount = level
                }
                plans.append(plan)
            }
            let files = try published(network, plans)
            for index in 1..<plans.count {
                let layers = try OpenedNetwork(network: network).layers(plans[index])
                let estimates = Dictionary(uniqueKeysWithValues: layers.map { ($0.layer.weight, $0.summary.estimatedBytes) })
                let estimate = files[index - 1].scaled(to: estimates)
                #expect(abs(Double(estimate - files[index].total)) <= 0.05 * Double(files[index].total), "\(name) \(index)")
            }
        }
    }
}

/// What a plan makes of a network's layers, by the engine without data.
private struct OpenedNetwork {
    let network: Network

    func layers(_ plan: CompressionPlan) throws -> [CompressedLayer] {
        let engine = LiveEngine(network: network, data: .none, options: EngineOptions(niceness: 0)) {}
        defer { engine.stop() }
        engine.request(plan, generation: 1)
        engine.waitUntilSettled()
        var layers: [String: CompressedLayer] = [:]
        for case .layer(let layer, _) in engine.takeEvents() { layers[layer.layer.weight] = layer }
        return network.layers.compactMap { layers[$0.weight] }
    }
}
