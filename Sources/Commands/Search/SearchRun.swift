import Compression
import Engine
import Foundation
import Frames
import Networks
import Reports
import Sessions

/// One search: examples dealt out, options listed, measured, and what was chosen confirmed on the other half.
struct SearchRun {
    let model: OpenedModel
    let base: TrainedState?
    let start: ResolvedPlan
    let goal: SearchGoal
    /// Of a goal in milliseconds.
    var timing: SearchTiming?
    let grid: SearchGrid
    let pins: [SearchPin]
    let keeps: [String]
    let memory: Int
    let end: Date?
    let patience: Int

    private var graph: Network { model.network.graph(of: base) }

    func answer(on data: Dataset, session: String?, locations: Locations) throws -> SearchAnswer {
        let candidates = try self.candidates()
        let keeper = try session.map { try self.keeper($0, candidates, data: data, locations: locations) }
        defer { keeper?.close() }
        let known = KnownFigures(keeper?.known, needsKept: goal.products != nil || goal.milliseconds != nil)
        let meter = LiveSearchMeter(
            model, data: data, part: .choose, base: base, memory: memory, end: end, times: timing?.times, known: known
        ) { keeper?.keep($0) }
        let progress = SearchProgress()
        var points = 0
        let search = PlanSearch(
            goal.cautious, start: start.taking(candidates.fixed), candidates: candidates.free, meter: meter,
            course: keeper?.course ?? PlanSearch.Course()
        ) { search in
            progress.show(search)
            keeper?.keep(search)
            guard search.trials.count > points, let trial = search.newest else { return }
            points = search.trials.count
            if let point = point(search.plan(trial.choice), trial.figures, of: data, part: .choose, among: points) { keeper?.keep(point) }
        }
        try search.run(patience: patience)
        progress.end()
        guard let best = search.best else { throw Interruption.failure("The search was stopped before anything was measured.") }
        let plan = search.plan(best.choice)
        let confirming = LiveSearchMeter(model, data: data, part: .confirm, base: base, memory: memory, end: nil, times: timing?.times)
        let confirmed = try confirming.measure(plan, sizesFile: true) { _ in false }
        if let point = point(plan, confirmed, of: data, part: .confirm) { keeper?.keep(point) }
        keeper?.keep(search, isEnd: true)
        try keeper?.finish(plan, label: "search: \(goal.words)", data: DataIdentity(data))
        return SearchAnswer(
            network: graph, goal: goal, whole: try timing?.whole(under: plan), plan: plan, trial: best, confirmed: confirmed,
            trials: search.trials.count, options: search.done,
            measured: search.measured, switches: search.switches, improvements: search.improvements, wasEnded: meter.isInterrupted)
    }

    private func keeper(_ name: String, _ candidates: Candidates, data: Dataset, locations: Locations) throws -> SearchKeeper {
        let session = try OpenSession.opened(orMade: name, for: model, locations: locations)
        let key = SearchKeeper.Key(
            network: model.identity.sha256, state: base?.id, data: data.sha256 ?? data.name, split: data.split, examples: data.count,
            plan: CompressionPlan(resolved: start.taking(candidates.fixed)), calibration: model.calibration,
            environment: LiveEngine.environment(), goal: goal, options: candidates.free.flatMap { $0.options.map(\.key) },
            fit: grid.fit)
        do { return try SearchKeeper(session, model: model, key: key) } catch {
            session.discard()
            throw error
        }
    }

    func examples() throws(CommandFailure) -> Dataset {
        switch model.data(.validation) {
        case .none: throw CommandFailure("There are no examples to search on: name them with --data.", .noInput)
        case .ready(let data): return data
        case .load(let load):
            do { return try load() } catch { throw (error as? CommandFailure) ?? CommandFailure("\(error)", .badData) }
        }
    }

    /// The layers with a choice, and what the others are.
    private struct Candidates {
        var free: [PlanSearch.Candidate] = []
        var fixed: [String: LayerPlan] = [:]
    }

    private func candidates() throws(CommandFailure) -> Candidates {
        var (grid, result) = (grid, Candidates())
        for pattern in keeps {
            for layer in try graph.layers(named: pattern, option: "--keep") { result.fixed[layer.weight] = start[layer.weight] }
        }
        for pin in pins {
            for layer in try graph.layers(named: pin.pattern, option: "--pin") {
                if pin.isSingle {
                    guard let plan = pin.plan(of: layer, from: start[layer.weight]), (try? plan.validate(for: layer)) != nil else {
                        throw CommandFailure("--pin \(pin.pattern): \(layer.name) can't have these values.", .usage)
                    }
                    result.fixed[layer.weight] = plan
                } else {
                    grid.limits[layer.weight, default: [:]].merge(pin.ranges) { $1 }
                }
            }
        }
        for layer in graph.layers where result.fixed[layer.weight] == nil {
            let plan = start[layer.weight]
            result.free.append(
                PlanSearch.Candidate(
                    layer: layer, options: grid.options(for: layer, from: plan),
                    fitted: { [grid] near in grid.fitted(near, of: layer, from: plan) },
                    neighbours: { [grid] near in grid.neighbours(of: near, for: layer, from: plan) }))
        }
        guard !result.free.isEmpty else { throw CommandFailure("No layer is left to choose for: pin or keep fewer.", .usage) }
        return result
    }

    private func point(
        _ plan: ResolvedPlan, _ figures: SearchFigures, of data: Dataset, part: ExamplePart, among: Int? = nil
    ) -> FrontPoint? {
        guard let bytes = figures.bytes else { return nil }
        let identity = DataIdentity(data)
        let group = FrontGroup(
            network: model.identity.sha256 ?? model.identity.name, split: data.split, data: identity.sha256 ?? identity.name,
            count: figures.count, measure: figures.measure, part: part)
        let point = try? FrontPoint(
            group: group, value: figures.value, original: figures.original, gains: figures.gains, losses: figures.losses, bytes: bytes,
            originalBytes: model.network.storedByteCount, plan: CompressionPlan(resolved: plan), state: base?.id,
            created: Int64(Date().timeIntervalSince1970 * 1000))
        guard var point else { return nil }
        (point.beyond, point.chosenAmong) = (figures.beyond, among)
        return point
    }
}

extension SearchGoal {
    /// `at most 35,548 bytes`.
    var words: String {
        let numbers = NumberFormat.unicode
        let also =
            milliseconds.map { " and \(numbers.significant($0, 3)) ms" } ?? products.map {
                " and \(numbers.integer(Int($0))) multiply-adds"
            }
            ?? ""
        switch aim {
        case .bytes(let limit): return "at most \(numbers.integer(limit)) bytes\(also)"
        case .loss(let budget): return "at most \(numbers.decimal(100 * budget, digits: 2)) points less\(also)"
        }
    }
}
