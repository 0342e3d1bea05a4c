import Compression
import Engine
import Frames
import Networks
import Reports
import Screens
import Sessions
import Testing

@Suite("One size for one thing")
struct ByteFigureTests {
    private func file(_ explorer: Explorer, isExact: Bool = true) -> FileBytes {
        let layers = explorer.layers.enumerated().map { index, layer in
            (layer.weight, FileBytes.Layer(streams: [.dense: 1_000 * (index + 1)], coding: .dense, overhead: 7, estimate: 900))
        }
        return FileBytes(total: 12_345, layers: Dictionary(uniqueKeysWithValues: layers), isExact: isExact)
    }

    private func snapshot(_ explorer: Explorer, file: FileBytes?) -> Snapshot {
        let identity = NetworkIdentity(name: "sample", parameters: 0, sha256: nil, fileBytes: nil)
        var report = Report(
            of: explorer.network, identity: identity, data: nil, plan: explorer.plan,
            layers: explorer.layers.compactMap { explorer.compressed[$0.weight]?.value.summary }, accuracy: nil,
            environment: Environment(pareVersion: "0", kernels: "", instructionSet: "", threads: 1))
        if let file { report.take(file: file.total, layers: file.layers.mapValues(\.bytes)) }
        return Snapshot(id: 1, name: "kept", note: "", created: 0, plan: explorer.plan, report: report)
    }

    @Test("Size line, table, comparison and list of sessions name the same bytes; only estimates carry ~")
    func agree() throws {
        for isKnown in [true, false] {
            let sample = Desk(Samples.opening())
            var opening = Samples.opening(size: Size(width: 200, height: 50))
            let kept = snapshot(sample.explorer, file: isKnown ? file(sample.explorer) : nil)
            opening.snapshots = [kept]
            var desk = Desk(opening)
            desk.send(.engine(.file(file(desk.explorer), generation: desk.explorer.generation)))
            #expect(desk.screen.contains(" 12,345 B") && !desk.screen.contains("~"))
            for bytes in ["1,007", "2,007", "3,007", "4,007"] { #expect(desk.screen.contains(" \(bytes)")) }
            let estimate = try #require(kept.report.bytes.compressed)
            let shown = isKnown ? "12,345" : "~\(NumberFormat.unicode.integer(estimate))"
            desk.press(.character("c"))
            #expect(desk.screen.contains("bytes \(shown)"))
            #expect(desk.screen.contains("~") == !isKnown)
            let summary = SnapshotSummary(kept)
            #expect(summary.size == kept.report.size && summary.size?.isExact == isKnown)
        }
    }

    @Test("The figures that are copied are those of the table")
    func copied() {
        var desk = Desk(Samples.opening())
        desk.send(.engine(.file(file(desk.explorer), generation: desk.explorer.generation)))
        desk.press(.character("y"))
        let copied = desk.effects.compactMap { if case .copy(let text) = $0 { text } else { nil } }
        #expect(copied.count == 1 && copied.allSatisfy { $0.contains("12,345 B") && $0.contains("4,007 B") })
    }

    @Test("A network without layers has no size: nothing is 0 bytes, and no factor is made of it")
    func none() {
        var opening = Samples.opening()
        opening.network.nodes = [Node(name: "flatten", operation: .flatten(axis: 1), inputs: ["input"], outputs: ["logits"])]
        var desk = Desk(opening, isEngineOn: false)
        let bytes = NetworkBytes(of: desk.explorer.network, layers: [], summaries: [])
        desk.send(.engine(.network(bytes, sparsity: 0, generation: desk.explorer.generation)))
        #expect(desk.screen.contains("not known: no layer was found") && !desk.screen.contains(" 0 B"))
    }
}
