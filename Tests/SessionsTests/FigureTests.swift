import Compression
import Foundation
import GRDB
import Reports
import Sessions
import Tensors
import Testing

/// Figures of options as sessions keep them.
@Suite("Figures of a session")
struct FigureTests {
    private let folder: TemporaryFolder
    private let sessions: SessionFolder

    init() throws {
        folder = try TemporaryFolder()
        sessions = SessionFolder(own: folder.path)
    }

    private func context(_ amount: Double) -> SensitivityContext {
        SensitivityContext(
            network: "ab", base: nil, data: DataIdentity(name: "points", split: .validation, count: 100, sha256: nil), part: .all, seed: 1,
            plan: CompressionPlan(layers: [.init(pattern: "fc1.weight", plan: LayerPlan(pruning: .level(amount)))]),
            environment: Environment(pareVersion: "1", kernels: "k", instructionSet: "i", threads: 1))
    }

    private func figure(_ value: Double, evaluated: Int) -> OptionFigure {
        let option = LayerOption(.init(weight: "a/b*?[.weight", family: "level", value: value), plan: LayerPlan(pruning: .level(value)))
        var figure = OptionFigure(option, evaluated: evaluated, count: 100, bytes: 3, referenceBytes: 9)
        figure.divergence = .nan
        figure.crossEntropy = OptionFigure.Change(0.25, interval: Interval(low: -0.1, high: .infinity))
        return figure
    }

    @Test("what was finished is there after a kill at any point, each once and by the most examples; test is not counted")
    func killed() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<5 {
            let name = "s\(generator.next() % 1_000_000)"
            let made = try SessionSample.create(name, in: sessions)
            let all = (0..<20).flatMap { value in [50, 100].map { (context(Double(value % 2)), figure(Double(value), evaluated: $0)) } }
            let cut = Int.random(in: 1...all.count, using: &generator)
            for (context, figure) in all.prefix(cut) { made.writer.keep([figure], of: context) }
            made.writer.drain()
            // As a kill leaves it: the file and its log.
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: made.path + suffix, toPath: folder.path + "/k\(name).sqlite" + suffix)
            }
            made.writer.close()
            let killed = try OpenSession.open("k\(name)", in: sessions)
            let kept = SessionFolder.figures(path: killed.path)
            let found = [0.0, 1].flatMap { kept.figures(of: context($0)) }
            let values = found.map(\.option.value)
            #expect(Set(values).count == values.count && values.count == (cut + 1) / 2)
            for figure in found { #expect(figure.evaluated == (Int(figure.option.value) < cut / 2 ? 100 : 50)) }
            #expect(found.allSatisfy { $0.divergence?.isNaN == true && $0.crossEntropy?.interval?.high == .infinity })
            #expect(kept.figures(of: context(0.5)).isEmpty && killed.contents.testMeasurements == 0)
            killed.writer.close()
        }
    }

    @Test("of contexts those used last stay")
    func limit() throws {
        let made = try SessionSample.create("a", in: sessions)
        for number in 0..<70 { made.writer.keep([figure(0.5, evaluated: 100)], of: context(Double(number))) }
        made.writer.keep([figure(0.6, evaluated: 100)], of: context(10))
        made.writer.close()
        let kept = SessionFolder.figures(path: made.path)
        #expect(kept.figures(of: context(5)).isEmpty && kept.figures(of: context(69)).count == 1)
        #expect(kept.figures(of: context(10)).map(\.option.value) == [0.5, 0.6])
    }
}
