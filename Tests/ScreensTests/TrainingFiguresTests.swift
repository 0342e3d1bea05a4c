import Compression
import Engine
import Frames
import Networks
import Reports
import Screens
import Sessions
import Testing

/// What the screen says before, while and after something is trained.
@Suite("Figures of a training")
struct TrainingFiguresTests {
    private func desk() -> Desk {
        var desk = Desk(Samples.opening(size: Size(width: 120, height: 40)))
        desk.beginTraining()
        return desk
    }

    @Test("while the start is measured, the pane and the status say so, with how far it is")
    func measuresTheStart() {
        var desk = desk()
        // The message of the start leaves the status line with the next key.
        desk.press(.tab)
        var progress = TrainingProgress(phase: .measuring, epochs: 5, batches: 781)
        (progress.measured, progress.toMeasure) = (2_500, 10_000)
        desk.send(.engine(.training(progress)))
        #expect(desk.screen.contains("measuring the start") && desk.screen.contains("2,500/10,000 examples"))
        #expect(!desk.screen.contains("epoch 1/5") && !desk.screen.contains("0/781"))
        progress.phase = .preparing
        desk.send(.engine(.training(progress)))
        #expect(desk.screen.contains("computing the teacher's outputs") && desk.screen.contains("2,500/10,000 examples"))
        desk.finish(1)
        progress = desk.progress(.measuring, finished: 1)
        (progress.measured, progress.toMeasure) = (5_000, 10_000)
        desk.send(.engine(.training(progress)))
        #expect(desk.screen.contains("measuring epoch 2/5") && desk.screen.contains("5,000/10,000 examples"))
    }

    @Test("retraining is refused before the panel opens, with the way out: no labels, an operator without a gradient")
    func refusesBeforehand() throws {
        var opening = Samples.opening()
        opening.dataset?.isGenerated = true
        opening.dataset?.labels = []
        var desk = Desk(opening)
        desk.type("r")
        #expect(desk.explorer.stack.isEmpty && desk.explorer.message?.text.contains("start Pare with --data") == true)
        opening = Samples.opening()
        opening.network.nodes.append(Node(name: "tail", operation: .unary(.floor), inputs: ["logits"], outputs: ["p"]))
        opening.network.nodes.append(Node(name: "last", operation: .relu, inputs: ["p"], outputs: ["y"]))
        opening.network.output = "y"
        desk = Desk(opening)
        desk.type("r")
        #expect(desk.explorer.stack.isEmpty)
        #expect(desk.explorer.message?.text.contains("node tail (Floor) can't be trained") == true)
    }

    @Test("the original's accuracy has its ± until it is exact; one that a snapshot of equal kernels and data has is used at once")
    func knownOriginal() throws {
        let environment = Environment(pareVersion: "0", kernels: "oneDNN", instructionSet: "AVX2", threads: 2)
        var report = AccuracyReport.sample(lost: 2, evaluated: 20)
        (report.originalEvaluated, report.original, report.originalInterval) = (24, 0.875, .wilson(successes: 21, of: 24))
        var data = DataIdentity(name: "squares", split: .validation, count: 40, sha256: "ab")
        for kernels in ["oneDNN", "another"] {
            var opening = Samples.opening()
            opening.dataset?.sha256 = "ab"
            opening.environment = environment
            var known = environment
            known.kernels = kernels
            data.input = opening.dataset?.facts
            let kept = Report(
                network: NetworkIdentity(name: "sample", parameters: 1, sha256: nil, fileBytes: nil), data: data,
                accuracy: .sample(lost: 0), bytes: NetworkBytes(original: 4, compressed: nil), sparsity: 0, plan: CompressionPlan(),
                layers: [], environment: known)
            opening.snapshots = [Snapshot(id: 1, name: "first", note: "", created: 1, plan: CompressionPlan(), report: kept)]
            var desk = Desk(opening, isEngineOn: false)
            desk.send(.engine(.accuracy(report, generation: desk.explorer.generation)))
            if kernels == "oneDNN" {
                #expect(desk.screen.contains("90.00 → 80.00 ±"))
                #expect(desk.explorer.accuracy?.value.original == 0.9)
            } else {
                let halfWidth = NumberFormat.unicode.halfWidth(report.originalInterval.halfWidth)
                #expect(desk.screen.contains("87.50 \(halfWidth) → "))
            }
        }
    }

    @Test("the title's σ stays that of the dense weights as opened")
    func deviationAsOpened() throws {
        var desk = desk()
        let layer = try #require(desk.layer)
        let opened = NumberFormat.unicode.standardDeviation(desk.explorer.distributions[layer.weight]?.standardDeviation)
        desk.finish(5)
        let trained = NumberFormat.unicode.standardDeviation(desk.explorer.distributions[layer.weight]?.standardDeviation)
        #expect(opened != trained && desk.screen.contains("\(opened) ·") && !desk.screen.contains(trained))
    }

    @Test("abandoning takes back T and the loss weights that the panel started with, and leaves what was turned since")
    func abandonsLossWeights() {
        for turnsMeanwhile in [false, true] {
            var desk = Desk()
            desk.press(.shiftRight)
            let before = desk.explorer.plan
            desk.type("r")
            while let form = desk.explorer.stack.top(as: RetrainView.self)?.form, form.selected != .distillation { desk.press(.down) }
            desk.press([.left, .left, .enter])
            #expect(desk.explorer.lossWeights != before.lossWeights && desk.explorer.isTraining)
            desk.finish(1)
            if turnsMeanwhile {
                desk.type("T")
                desk.press(.right)
            }
            desk.type("By")
            desk.send(.engine(.trained(nil, desk.progress(.stopped, finished: 1))))
            #expect(desk.explorer.lossWeights == before.lossWeights)
            #expect(desk.explorer.temperature == before.temperature + (turnsMeanwhile ? 0.5 : 0))
        }
    }
}
