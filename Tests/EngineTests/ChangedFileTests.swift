import Compression
import Engine
import Networks
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Results of a file that another program cuts or writes to are dropped, and everything else goes on.
@Suite("Files that change under the engine")
struct ChangedFileTests {
    private static let plan = CompressionPlan(layers: [
        .init(pattern: "*", plan: LayerPlan(pruning: Pruning(criterion: .ratio, amount: 1)))
    ])

    @Test("Weights: one message, no results, and every request is settled", arguments: [true, false])
    func weights(isCut: Bool) throws {
        let file = try ChangingFile((0..<1 << 16).map { Float($0 % 97) - 48 })
        let tensors: OrderedDictionary = ["a.weight": file.tensor([128, 256]), "b.weight": file.tensor([128, 256], from: 1 << 15)]
        let run = EngineRun(Network(weights: tensors, name: "mapped"), .none)
        #expect(run.settle(CompressionPlan(), generation: 1).layers.count == 2)
        if isCut { file.cut(to: 4096) } else { try file.overwrite() }
        let after = run.settle(Self.plan, generation: 2)
        #expect(after.layers.isEmpty && after.bytes == nil)
        let change = try #require(file.map.change)
        // Once, for the request or for what the lane was at when it met the change.
        let told = run.events.compactMap { if case .failed(.changed(let change), _) = $0 { change } else { nil } }
        #expect(told == [change] && "\(EngineFailure.changed(change))".contains(file.path))
        let again = run.settle(CompressionPlan(), generation: 3)
        #expect(again.layers.isEmpty && again.bytes == nil)
    }

    @Test("Examples: cut while they are measured, accuracy ends and layers go on", .enabled(if: Bundled.hasData))
    func examples() throws {
        let network = try Bundled.network("lenet-5")
        let data = try Bundled.validation()
        var generator = SeededGenerator(seed: 5)
        let count = 20_000
        let file = try ChangingFile((0..<count * 784).map { _ in Float(generator.uniform()) })
        let mapped = Dataset(
            name: "mapped", split: .validation, inputs: file.tensor([count, 1, 28, 28]),
            labels: (0..<count).map { Int32($0 % 10) }, classNames: data.classNames, normalization: data.normalization)
        let run = EngineRun(network, .ready(mapped))
        run.engine.request(CompressionPlan(), generation: 1)
        run.take { if case .accuracy = $0 { true } else { false } }
        file.cut(to: 40_000)
        run.take { if case .settled(1) = $0 { true } else { false } }
        let reports = run.events.compactMap { if case .accuracy(let report, _) = $0 { report } else { nil } }
        #expect(!reports.contains { $0.isExact })
        let failures = run.events.compactMap { if case .failed(.data(let text), _) = $0 { text } else { nil } }
        #expect(failures.count == 1 && failures[0].contains(file.path))
        let next = run.settle(Self.plan, generation: 2)
        #expect(next.layers.count == 4 && next.accuracy == nil)
    }
}
