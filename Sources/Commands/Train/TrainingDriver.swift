import Compression
import Engine
import Formats
import Foundation
import Networks
import Reports
import Screens
import Tensors

/// Trains and measures without a screen, by the same engine: one order after another, with progress as it comes.
final class TrainingDriver {
    /// How one training ended.
    struct Outcome {
        var state: TrainedState
        var progress: TrainingProgress
        /// The state of the last measured epoch.
        var latest: TrainedState?
    }

    /// What a plan gives on a split.
    struct Figures {
        var report: Report
        var layers: [CompressedLayer]
        /// Of one example through the dense network; nil where its shapes don't fit.
        var multiplyAdds: Int?
    }

    let network: Network
    private let identity: NetworkIdentity
    private let engine: LiveEngine
    private let news: News
    private var generation: UInt64 = 0
    /// What is measured on, once it was loaded.
    private(set) var dataset: Dataset?
    private var hasToldStop = false

    /// Measures on a part of `split`; trains on the training examples.
    init(
        _ model: OpenedModel, split: DatasetSplit = .validation, part: ExamplePart = .all, memory: Int,
        keptFigures: (@Sendable (SensitivityContext) -> [OptionFigure])? = nil
    ) {
        var options = EngineOptions(memoryBudget: memory << 20, niceness: 0)
        (options.keptFigures, options.part) = (keptFigures, part)
        network = model.network
        identity = model.identity
        let news = News()
        self.news = news
        options.calibration = model.calibration
        engine = LiveEngine(
            network: network, data: model.data(split), materials: model.materials, options: options
        ) { news.come() }
    }

    deinit { engine.stop() }

    /// Trains and returns the best state; Ctrl-C ends it early with what is best by then.
    func train(
        _ order: TrainingOrder, keep: (TrainingCheckpoint) throws(CommandFailure) -> Void = { _ in }, show: (TrainingProgress) -> Void
    ) throws -> Outcome {
        try Self.checkTeachers(order.recipe)
        var latest: TrainedState?
        let end: TrainingReport? = try run(.training(order)) { report in
            switch report {
            case .standing(let progress): show(progress)
            case .epoch(let state, _): latest = state
            case .checkpoint(let checkpoint): try keep(checkpoint)
            case .turned, .trained, .failed: break
            }
        }
        guard case .trained(let state, let progress)? = end else { throw Interruption.failure() }
        show(progress)
        guard let state else { throw Interruption.failure() }
        return Outcome(state: state, progress: progress, latest: latest)
    }

    /// Trains the missing cells of a grid; `show` is told of everything, Ctrl-C ends it with what is finished.
    func train(_ order: GridOrder, show: (GridReport) throws -> Void) throws -> TrainingGrid {
        try Self.checkTeachers(order.grid.recipe)
        return try run(.grid(order), show: show)?.grid ?? order.grid
    }

    /// The spectra of all layers that can be factored.
    func spectra(_ order: SpectraOrder) throws -> SpectraReport {
        let found: SpectraReport? = try run(.spectra(order)) { (_: SpectraReport) in }
        guard let found, found.isComplete else { throw Interruption.failure() }
        return found
    }

    /// The options of layers, a table for each kind; `show` is told of everything, Ctrl-C ends it with what is known.
    func sensitivity(_ order: SensitivityOrder, show: (SensitivityReport) throws -> Void) throws -> [SensitivityTable] {
        var tables: [SensitivityKind: SensitivityTable] = [:]
        func take(_ report: SensitivityReport) throws {
            if let table = report.table { tables[table.kind] = table }
            try show(report)
        }
        if let end: SensitivityReport = try run(.sensitivity(order), show: take) { try take(end) }
        let found = order.kinds.compactMap { tables[$0] }
        guard found.contains(where: { !$0.measured.isEmpty || $0.options.isEmpty }) else {
            throw Interruption.failure("The sensitivity was stopped before anything was measured.")
        }
        return found
    }

    /// Runs a task to its end, whose report it returns; `show` is told of all before it. Ctrl-C stops it. Throws where it can't go on.
    private func run<Report: TaskReport>(_ task: LaneTask, show: (Report) throws -> Void) throws -> Report? {
        engine.start(task)
        while true {
            news.wait()
            if Interruption.isWanted, !hasToldStop {
                hasToldStop = true
                engine.tell(task.id, .stop)
            }
            for event in engine.takeEvents() {
                switch event {
                case .task(task.id, .report(let report)): if let report = report as? Report { try show(report) }
                case .task(task.id, .ended(let report)):
                    if let reason = report.reason { throw CommandFailure(reason, .badData) }
                    return report as? Report
                case .failed(let failure, _) where failure.isFatal: throw CommandFailure(failure.description, .badData)
                case .data(let dataset):
                    self.dataset = dataset
                    if let warning = dataset.warning { Standard.error("pare: \(warning)") }
                default: break
                }
            }
        }
    }

    /// Throws for a teacher's file that is not there: better at once than after the examples are read.
    static func checkTeachers(_ recipe: TrainingRecipe) throws(CommandFailure) {
        for case .file(let path) in recipe.teachers where !FileManager.default.fileExists(atPath: path) {
            throw CommandFailure("There is no file \(path), which was named as a teacher.", .noInput)
        }
    }

    /// The exact figures of a plan on a base.
    func measure(_ plan: CompressionPlan, base: TrainedState?) throws(CommandFailure) -> Figures {
        generation += 1
        engine.request(plan, generation: generation, base: base)
        engine.waitUntilSettled()
        var found = Findings(dataset: dataset)
        for event in engine.takeEvents() {
            if case .failed(let failure, _) = event { throw CommandFailure(failure.description, .badData) }
            found.take(event)
        }
        dataset = found.dataset
        let graph = network.graph(of: base)
        let made = found.layers(of: graph)
        let report = Report(
            of: network, graph: graph, identity: identity, data: dataset.map(DataIdentity.init), plan: plan, layers: made.map(\.summary),
            accuracy: found.accuracy?.value, environment: engine.environment)
        return Figures(report: report, layers: made, multiplyAdds: (try? graph.multiplyAdds())?.reduce(0, +))
    }
}

extension OpenedModel {
    /// What the engine needs to train this network.
    var materials: TrainingMaterials {
        let (example, inputs) = (network.inputShape, network.givenInputs)
        var materials = TrainingMaterials(examples: data(.train)) { path in
            do throws(FormatError) {
                let card = try ModelCardReader.card(besides: path)
                let teacher = try NetworkReader.read(path, card: card)
                let given = inputs.filter { name, _ in teacher.inputs.contains { $0.name == name } }
                guard teacher.inputs.first?.isOpen == true || !given.isEmpty, !teacher.isWeightsOnly else { return teacher }
                let isOpen = teacher.inputs.first?.isOpen == true
                return try NetworkReader.read(path, card: card, example: isOpen ? example : nil, inputs: given)
            } catch {
                throw CommandFailure(error.message, .badData)
            }
        }
        if let calibrationExamples { materials.calibration = .ready(calibrationExamples) }
        return materials
    }
}
