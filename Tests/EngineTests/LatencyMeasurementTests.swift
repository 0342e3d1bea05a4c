import Compression
import Engine
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Layers that are really timed.
@Suite("Milliseconds: measuring", .serialized)
struct LatencyMeasurementTests {
    @Test("Each distinct work is timed once, the whole network too, and what is known is not timed again")
    func measuring() throws {
        let network = RandomNetwork.network(seed: 3)
        let parts = try TimedParts(network)
        let works = Set(parts.works.values)
        let device = LatencyDevice.local(threads: 1, batch: 4)
        #expect(device.isLocal && !device.name.isEmpty && device.words.contains("batch 4"))
        let measurement = try LatencyMeasurement(network, known: LatencyTable(device))
        // All stages together, and the whole.
        #expect(measurement.total == 2)
        var steps = 0
        while measurement.step() { steps += 1 }
        #expect(measurement.done == measurement.total && steps < 210 * measurement.total)
        // Others may have the processor all the time; then a work has no time, and it is said how many have none.
        let key = try network.timingKey()
        if measurement.missed == 0 {
            #expect(measurement.table.count == works.count && measurement.table.measured(network: key) ?? 0 > 0)
            #expect((measurement.table.measured(network: key, .others) ?? 0 > 0) != parts.others.isEmpty)
        }
        for work in works { if let time = measurement.table.measured(work) { #expect(time > 0 && time < 1_000) } }
        let again = try LatencyMeasurement(network, known: measurement.table)
        #expect(again.total == measurement.missed)
        let sum = try LatencySum(of: network, in: measurement.table)
        if measurement.missed == 0 {
            #expect(Set(sum.layers.keys) == Set(network.layers.map(\.weight)))
            #expect(sum.sum?.isEstimate == false && sum.whole != nil && sum.residue != nil)
        }
    }

    @Test("Every stage is a layer's or one of the others, and a work has what its stage has", arguments: 1...20 as ClosedRange<UInt64>)
    func parts(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        let parts = try TimedParts(network)
        let timer = try KernelTimer(network, batchSize: 2)
        #expect(Set(parts.places.values).union(parts.others) == Set(timer.stages.indices))
        #expect(parts.places.count + parts.others.count == timer.stages.count)
        for (weight, place) in parts.places {
            let (stage, work) = (timer.stages[place], try #require(parts.works[weight]))
            let operations = stage.nodes.map { network.nodes[$0].operation }
            #expect(stage.weight == weight)
            #expect((work.pooling != nil) == operations.contains { if case .maxPool = $0 { true } else { false } })
            #expect((work.function == .relu) == operations.contains(.relu))
            #expect(LayerWork(key: work.key) == work)
            // Alone it is one stage, behind another one where it has channels enough.
            #expect(try TimedParts(work.network).works["weight"] == work.reading(rows: true))
            #expect(try KernelTimer(work.network(behindLayer: true), batchSize: 2).stages.last?.weight == "weight")
        }
    }

    @Test("The works of factors are those of the factored network")
    func factors() throws {
        let network = try Bundled.network("lenet-5")
        let works = try TimedParts(network).works
        for layer in network.layers where layer.isFactorable {
            let factored = network.applying(.factorize([layer.weight: Factorization(.channel, ranks: [3], of: layer.geometry)]))
            let found = try TimedParts(factored).works.filter { network.parameters[$0.key] == nil }
            let wanted = try #require(works[layer.weight]?.channelFactors(rank: 3))
            #expect(found.count == 2 && Set(found.values) == Set(wanted), "\(layer.name)")
        }
    }

    @Test("Layers that are mostly zeros are timed by lists too, and the network as the evaluator runs it")
    func lists() throws {
        var network = try Bundled.network("lenet-5")
        for (weight, level) in [("conv2.weight", 0.9), ("fc1.weight", 0.95), ("fc2.weight", 0.3)] {
            let values = try #require(network.parameters[weight]?.values)
            let kept = values.floats.enumerated().map { Double($0.offset % 100) < 100 * level ? 0 : $0.element == 0 ? 1 : $0.element }
            network.parameters[weight]?.values = Tensor(shape: values.shape, floats: kept)
        }
        #expect(network.listedZeros == ["conv2.weight": 900, "fc1.weight": 950])
        let works = try TimedParts(network).works
        let conv = try #require(works["conv2.weight"])
        let measurement = try LatencyMeasurement(network, known: LatencyTable(.local(threads: 1, batch: 16)), otherOptions: true)
        let canList = KernelTimer.hasLists(conv, batchSize: 16)
        // The stages together, four layers in 8 bits, and the whole twice.
        #expect(measurement.total == 1 + 4 + 2 + (canList ? 2 : 0))
        while measurement.step() {}
        let sum = try LatencySum(of: network, in: measurement.table, zeros: network.listedZeros)
        if measurement.missed == 0 {
            #expect(sum.wholeByLists ?? 0 > 0 && sum.whole ?? 0 > 0 && sum.others == 0 && sum.expected == sum.sum)
            #expect((sum.int8 ?? [:]).values.allSatisfy { $0.milliseconds > 0 && !$0.isEstimate })
            #expect(Set((sum.lists ?? [:]).keys) == (canList ? ["conv2.weight", "fc1.weight"] : []))
        }
        #expect(!KernelTimer.hasLists(conv, batchSize: 1) && !KernelTimer.hasLists(conv.joined(.hardSwish, nil), batchSize: 16))
    }
}
