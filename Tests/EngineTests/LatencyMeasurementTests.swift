import Compression
import Engine
import Networks
import TestSupport
import Testing

/// Layers that are really timed.
@Suite("Milliseconds: measuring", .serialized)
struct LatencyMeasurementTests {
    @Test("Each distinct work is timed once, the whole network too, and what is known is not timed again")
    func measuring() throws {
        let network = RandomNetwork.network(seed: 3)
        let works = Set(try network.works().values)
        let device = LatencyDevice.local(threads: 1, batch: 4)
        #expect(device.isLocal && !device.name.isEmpty && device.words.contains("batch 4"))
        let measurement = try LatencyMeasurement(network, known: LatencyTable(device))
        #expect(measurement.total == works.count + 1)
        var steps = 0
        while measurement.step() { steps += 1 }
        #expect(measurement.done == measurement.total && steps < 210 * measurement.total)
        // Others may have the processor all the time; then a work has no time, and it is said how many have none.
        #expect(
            measurement.table.count + (measurement.table.measured(network: try network.timingKey()) == nil ? 0 : 1) == measurement.total
                - measurement.missed)
        for work in works { if let time = measurement.table.measured(work) { #expect(time > 0 && time < 1_000) } }
        let again = try LatencyMeasurement(network, known: measurement.table)
        #expect(again.total == measurement.missed)
        let sum = try LatencySum(of: network, in: measurement.table)
        if measurement.missed == 0 {
            #expect(Set(sum.layers.keys) == Set(network.layers.map(\.weight)))
            #expect(sum.sum?.isEstimate == false && sum.whole != nil && sum.residue != nil)
        }
    }
}
