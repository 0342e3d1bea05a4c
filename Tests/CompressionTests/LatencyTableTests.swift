import Compression
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Times by work, and what is said of works that were not timed.
@Suite("Milliseconds of layers")
struct LatencyTableTests {
    private static let local = LatencyDevice(name: "cpu", instructionSet: "AVX2", threads: 2, batch: 16, kernels: "oneDNN 1")

    private func work(outputs: Int, inputs: Int = 64, kernel: Int = 3, groups: Int = 1) -> LayerWork {
        let settings = Convolution(kernel: [kernel, kernel], pads: [1, 1, 1, 1], groups: groups)
        return LayerWork(.convolution(extents: [14, 14], settings), inputs: inputs, outputs: outputs)
    }

    @Test("A work is told by its key, and its multiply-adds are those of the network", arguments: 1...20 as ClosedRange<UInt64>)
    func works(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        let works = try network.works()
        let products = try network.multiplyAdds()
        for layer in network.layers {
            guard let work = works[layer.weight], let node = layer.node else { continue }
            #expect(LayerWork(key: work.key) == work, "\(work.key)")
            #expect(work.multiplyAdds == products[node], "\(work.key)")
            let alone = work.network
            #expect(throws: Never.self) { try alone.check() }
            #expect(try alone.works()["weight"] == work && alone.multiplyAdds() == [work.multiplyAdds])
        }
    }

    @Test("Texts that name no work are none")
    func keys() {
        for key in [
            "", "dense in=3 out=0 rows=1", "dense in=3 out=4", "conv in=3 out=4", "dense in=3 out=4 rows=1 rows=1",
            "dense in=03 out=4 rows=1",
        ] {
            #expect(LayerWork(key: key) == nil, "\(key)")
        }
    }

    @Test("Between two measured widths of one step of 16 lies a line; beyond it a staircase that is marked; elsewhere nothing")
    func widths() throws {
        var table = LatencyTable(Self.local)
        table.set(4, of: work(outputs: 97))
        table.set(5, of: work(outputs: 112))
        table.set(8, of: work(outputs: 128))
        #expect(table.latency(of: work(outputs: 97)) == Latency(4))
        let between = try #require(table.latency(of: work(outputs: 100)))
        #expect(abs(between.milliseconds - (4 + 3.0 / 15)) < 1e-12 && !between.isEstimate)
        // 113 is of the next step, in which only 128 is known: not between 112 and 128. Padded alike, it takes as long as that.
        #expect(table.latency(of: work(outputs: 113)) == Latency(8, isEstimate: true))
        #expect(table.latency(of: work(outputs: 129)) == Latency(8 * 144 / 128, isEstimate: true))
        #expect(table.latency(of: work(outputs: 64, kernel: 1)) == nil && table.latency(of: work(outputs: 64, groups: 64)) == nil)
        #expect(table.latency(of: LayerWork(.product(rows: 1), inputs: 8, outputs: 8)) == nil)
        let kept = try JSONDecoder().decode(LatencyTable.self, from: JSONEncoder().encode(table))
        #expect(kept == table && kept.count == 3)
    }

    @Test("A table of another device carries its name, and what it lacks is not measured")
    func otherDevice() throws {
        let known = work(outputs: 32)
        let text = "# device: a phone\n# batch: 4\r\n\n\(LatencyTable.key(known, .float32)), 1.5\n"
        let table = try LatencyTable(text: text, device: "file")
        #expect(table.device.name == "a phone" && table.device.batch == 4 && !table.device.isLocal)
        #expect(table.latency(of: known) == Latency(1.5) && table.latency(of: work(outputs: 48)) == nil)
        for (text, line) in [
            ("", 1), ("float32 dense in=1 out=1 rows=1", 1), ("# a\nfloat32 dense in=1 out=1 rows=1, -2", 2),
            ("int3 dense in=1 out=1 rows=1, 2", 1),
        ] {
            #expect(throws: LatencyTable.TextError.self, "\(text)") { try LatencyTable(text: text, device: "x") }
            do { _ = try LatencyTable(text: text, device: "x") } catch { #expect(error.line == line) }
        }
    }

    @Test("Between two levels by lists lies a line that is marked; without a level on both sides nothing tells")
    func lists() throws {
        var table = LatencyTable(Self.local)
        let (one, other) = (work(outputs: 64).joined(.relu, nil), work(outputs: 64))
        table.set(6, of: one, .lists(zeros: 500))
        table.set(2, of: one, .lists(zeros: 900))
        #expect(table.latency(of: one, .lists(zeros: 900)) == Latency(2) && table.hasLists)
        #expect(table.latency(of: one, .lists(zeros: 700)) == Latency(4, isEstimate: true))
        #expect(table.latency(of: one, .lists(zeros: 950)) == nil && table.latency(of: other, .lists(zeros: 700)) == nil)
        #expect(table.latency(of: one) == nil)
        #expect(try JSONDecoder().decode(LatencyTable.self, from: JSONEncoder().encode(table)) == table)
        for word in ["lists", "lists-1", "lists1001", "lists0900", "int3"] { #expect(LatencyOption(word: word) == nil, "\(word)") }
    }

    @Test("A layer without what is joined to it is an estimate of the layer with it, and its key says what is joined")
    func joined() throws {
        var table = LatencyTable(Self.local)
        let pooled = work(outputs: 32).joined(.clip(lower: 0, upper: 3), Pooling(kernel: [2, 2], strides: [2, 2], ceilMode: true))
        #expect(pooled.key.hasSuffix("then=Clip pool=2x2 poolstride=2x2 pooldilation=1x1 poolpads=0x0x0x0 poolceil=1"))
        #expect(LayerWork(key: pooled.key) == pooled && pooled.bare == work(outputs: 32))
        table.set(3, of: pooled.bare)
        #expect(table.latency(of: pooled) == Latency(3, isEstimate: true))
        table.set(4, of: pooled)
        #expect(table.latency(of: pooled) == Latency(4))
        let rows = pooled.reading(rows: true)
        #expect(rows.key.contains(" reads=rows then=Clip ") && LayerWork(key: rows.key) == rows && rows.portable == pooled)
        #expect(LayerWork(key: work(outputs: 3).key + " then=Nothing") == nil && LayerWork(key: work(outputs: 3).key + " pool=2x2") == nil)
    }

    @Test("A table of an earlier version keeps its networks alone, for its layers were timed without what is joined to them")
    func earlier() throws {
        let text = """
            {"device": {"name": "cpu", "instructionSet": "AVX2", "threads": 2, "batch": 16, "kernels": "oneDNN 1"},
            "networks": {"abc": 1.5}, "works": {"float32 dense in=1 out=1 rows=1": 2}}
            """
        let table = try JSONDecoder().decode(LatencyTable.self, from: Data(text.utf8))
        #expect(table.device == Self.local && table.measured(network: "abc") == 1.5 && table.count == 0)
    }
}
