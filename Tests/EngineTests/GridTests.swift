import Compression
import Engine
import Networks
import Reports
import Tensors
import TestSupport
import Testing

/// The grid temperature × bits in a running engine.
@Suite("Grids of trainings")
struct GridTests {
    private let network = TrainingSample.network(seed: 3)
    private let training = TrainingSample.data(208, seed: 1)
    private let data = TrainingSample.data(90, seed: 2, split: .validation)

    private func grid(bits: [Int] = [2, 3], epochs: Int = 2) -> TrainingGrid {
        TrainingGrid(
            plan: TrainingSample.plan(
                LayerPlan(weights: .linear(LinearQuantization(bits: 8))), LayerPlan(weights: .shared(WeightSharing(bits: 5)))),
            recipe: TrainingRecipe(epochs: epochs, batchSize: 16, rate: LearningRate(rate: 0.02), seed: 7, teachers: [.original]),
            temperatures: [4, 1], bits: bits)
    }

    private func engine() -> EngineRun {
        EngineRun(network, .ready(data), materials: TrainingMaterials(examples: .ready(training)))
    }

    private func isEnd(_ event: EngineEvent) -> Bool { event.isEnd && event.report(GridReport.self) != nil }

    private func last(_ run: EngineRun) throws -> TrainingGrid {
        for report in run.events.reversed().compactMap({ $0.report(GridReport.self) }) {
            #expect(report.failure == nil)
            return report.grid
        }
        return try #require(nil as TrainingGrid?)
    }

    @Test("Each cell is what a training of its own gives, whatever else is asked for meanwhile")
    func cells() throws {
        let run = engine()
        run.engine.start(.grid(GridOrder(grid())))
        run.engine.start(
            .training(TrainingOrder(id: "live", plan: CompressionPlan(), recipe: TrainingRecipe(epochs: 3, batchSize: 16, seed: 2))))
        for generation in 1...4 as ClosedRange<UInt64> {
            _ = run.settle(TrainingSample.plan(LayerPlan(pruning: .ratio(0.1 * Double(generation)))), generation: generation)
        }
        run.take(until: isEnd)
        // The training was more urgent.
        let ends = run.events.indices.filter { run.events[$0].isEnd }
        #expect(ends.count == 2 && ends.first.map { isEnd(run.events[$0]) } == false)
        let found = try last(run)
        #expect(found.missing.isEmpty && found.cells.count == 4 && found.temperatures == [1, 4])
        for place in found.places {
            let alone = engine()
            alone.engine.start(.training(TrainingOrder(id: "alone", plan: found.plan(at: place), recipe: found.recipe)))
            alone.take(until: \.isEnd)
            guard case .trained(_, let progress)? = alone.events.last(where: \.isEnd)?.training else {
                Issue.record("nothing was trained")
                continue
            }
            let (cell, best) = (try #require(found.cell(at: place)), try #require(progress.best))
            #expect(cell.accuracy == best.accuracy && cell.crossEntropy == best.crossEntropy, "\(place)")
            #expect(cell.divergence == best.divergence && cell.epoch == best.number && cell.divergence != nil)
        }
    }

    @Test("A grid that is ended goes on with the cells that are missing; known ones are kept")
    func resume() throws {
        let run = engine()
        run.engine.start(.grid(GridOrder(grid(epochs: 40))))
        run.take { $0.report(GridReport.self)?.grid.cells.count == 1 }
        run.engine.tell(grid(epochs: 40).task, .stop)
        run.take(until: isEnd)
        let begun = try last(run)
        #expect((1...3).contains(begun.cells.count))
        run.forget()
        run.engine.start(.grid(GridOrder(begun)))
        run.take(until: isEnd)
        let whole = try last(run)
        #expect(whole.missing.isEmpty && Array(whole.cells.prefix(begun.cells.count)) == begun.cells)
        var wider = grid(bits: [2, 3, 4], epochs: 40)
        wider.keepCells(of: whole)
        #expect(wider.missing == [.init(bits: 4, temperature: 1), .init(bits: 4, temperature: 4)])
        var other = grid(epochs: 3)
        other.keepCells(of: whole)
        #expect(other.cells.isEmpty)
    }

    @Test("A paused grid stands still until it is resumed; an abandoned one ends without a result")
    func pause() throws {
        let run = engine()
        run.engine.start(.grid(GridOrder(grid(epochs: 2_000))))
        run.take { $0.report(GridReport.self)?.progress != nil }
        let id = grid(epochs: 2_000).task
        run.engine.tell(id, .pause)
        _ = run.settle(CompressionPlan(), generation: 1)
        run.forget()
        _ = run.settle(TrainingSample.plan(LayerPlan(pruning: .level(0.5))), generation: 2)
        #expect(!run.events.contains { $0.report(GridReport.self) != nil })
        run.engine.tell(id, .resume)
        run.take { $0.report(GridReport.self) != nil }
        run.engine.tell(TaskID(.grid, "another"), .stop)
        run.engine.tell(id, .abandon)
        run.take(until: \.isEnd)
        #expect(run.events.last(where: \.isEnd)?.report(TaskEnd.self).map { $0.reason == nil } == true)
    }

    @Test("A grid whose examples are cut says so, and ends")
    func cutExamples() throws {
        let file = try ChangingFile(training.inputs.floats)
        var mapped = training
        mapped.inputs = file.tensor(training.inputs.shape)
        let run = EngineRun(network, .ready(data), materials: TrainingMaterials(examples: .ready(mapped)))
        run.engine.start(.grid(GridOrder(grid(epochs: 10_000))))
        run.take { $0.report(GridReport.self)?.progress != nil }
        file.cut(to: 16)
        #expect(run.take(until: isEnd))
        let report: GridReport = try #require(run.events.last(where: isEnd)?.report())
        #expect(report.failure?.description.contains(file.path) == true)
    }

    @Test("A grid that is asked for after the network's file was cut says so")
    func cutNetwork() throws {
        let weight = try #require(network.parameters["fc1.weight"]?.values)
        let file = try ChangingFile(weight.floats)
        var mapped = network
        mapped.parameters["fc1.weight"]?.values = file.tensor(weight.shape)
        let run = EngineRun(mapped, .ready(data), materials: TrainingMaterials(examples: .ready(training)))
        _ = run.settle(CompressionPlan(), generation: 1)
        file.cut(to: 16)
        run.engine.start(.grid(GridOrder(grid())))
        #expect(run.take(until: isEnd))
        let report: GridReport = try #require(run.events.last(where: isEnd)?.report())
        #expect(report.failure?.description.contains(file.path) == true)
    }

    @Test("Bits go into every representation that has them, the best is the most accurate")
    func values() throws {
        var grid = grid()
        let plan = grid.plan(at: .init(bits: 3, temperature: 4))
        #expect(plan.temperature == 4 && plan.layers.map(\.plan.weights.bits) == [3, 3])
        #expect(grid.plan.commonBits == 2...8 && CompressionPlan().commonBits == nil)
        for (temperature, accuracy, entropy) in [(1.0, 0.8, 0.5), (4.0, 0.8, 0.4)] {
            grid.add(
                .init(bits: 2, temperature: temperature, accuracy: accuracy, crossEntropy: entropy, divergence: 0.1, epoch: 1, seconds: 1))
        }
        #expect(grid.best(bits: 2)?.temperature == 4 && grid.best(bits: 3) == nil)
    }
}
