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
    let grid: SearchGrid
    let pins: [SearchPin]
    let keeps: [String]
    let memory: Int
    let end: Date?
    let patience: Int

    private var graph: Network { model.network.graph(of: base) }

    func keeper(_ name: String, data: Dataset, locations: Locations) throws -> SearchKeeper {
        let session: OpenSession
        do throws(SessionError) { session = try model.openSession(name, locations: locations) } catch { throw CommandFailure(error) }
        do {
            try session.contents.identity.check(model, session: name)
            return try SearchKeeper(session, model: model, key: key(data))
        } catch {
            session.discard()
            throw error
        }
    }

    private func key(_ data: Dataset) -> SearchKeeper.Key {
        SearchKeeper.Key(
            network: model.identity.sha256, state: base?.id, data: data.sha256 ?? data.name, split: data.split, examples: data.count,
            plan: CompressionPlan(resolved: start), calibration: model.calibration, environment: LiveEngine.environment())
    }

    func answer(on data: Dataset, keeper: SearchKeeper?) throws -> SearchAnswer {
        let (chooses, confirms) = data.halves(seed: EngineOptions().seed)
        let candidates = try candidates()
        let meter = LiveSearchMeter(model, data: chooses, base: base, memory: memory, end: end)
        let progress = SearchProgress()
        let search = PlanSearch(
            goal.cautious, start: pinned(candidates), candidates: candidates.free, meter: meter, known: keeper?.known ?? []
        ) {
            search in
            progress.show(search)
            keeper?.keep(search)
            if let trial = search.best, let point = point(trial, of: data, part: .choose, among: search.trials.count) {
                keeper?.keep(point)
            }
        }
        try search.run(patience: patience)
        progress.end()
        guard let best = search.best else { throw Interruption.failure("The search was stopped before anything was measured.") }
        let confirming = LiveSearchMeter(model, data: confirms, base: base, memory: memory, end: nil)
        let confirmed = try confirming.measure(best.plan, sizesFile: true) { _ in false }
        if let point = point(best, confirmed, of: data, part: .confirm) { keeper?.keep(point) }
        keeper?.keep(search, isEnd: true)
        try keeper?.finish(best.plan, label: "search: \(goal.words)", data: DataIdentity(data))
        return SearchAnswer(
            network: graph, goal: goal, trial: best, confirmed: confirmed, trials: search.trials.count, options: search.done,
            switches: search.switches, improvements: search.improvements, wasEnded: meter.isInterrupted)
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
            let options = grid.options(for: layer, from: plan)
            result.free.append(
                PlanSearch.Candidate(layer: layer, options: options) { [grid] near in grid.neighbours(of: near, for: layer) })
        }
        guard !result.free.isEmpty else { throw CommandFailure("No layer is left to choose for: pin or keep fewer.", .usage) }
        return result
    }

    private func pinned(_ candidates: Candidates) -> ResolvedPlan { start.taking(candidates.fixed) }

    private func point(
        _ trial: PlanSearch.Trial, _ figures: SearchFigures? = nil, of data: Dataset, part: ExamplePart, among: Int? = nil
    ) -> FrontPoint? {
        let figures = figures ?? trial.figures
        guard let bytes = figures.bytes else { return nil }
        let identity = DataIdentity(data)
        let group = FrontGroup(
            network: model.identity.sha256 ?? model.identity.name, split: data.split, data: identity.sha256 ?? identity.name,
            count: figures.count, measure: figures.measure, part: part)
        let point = try? FrontPoint(
            group: group, value: figures.value, original: figures.original, gains: figures.gains, losses: figures.losses, bytes: bytes,
            originalBytes: model.network.storedByteCount, plan: CompressionPlan(resolved: trial.plan), state: base?.id,
            created: Int64(Date().timeIntervalSince1970 * 1000))
        guard var point else { return nil }
        (point.beyond, point.chosenAmong) = (figures.beyond, among)
        return point
    }
}

extension Dataset {
    /// Two halves, stratified by a seed: what chooses sees the first alone.
    func halves(seed: UInt64) -> (choose: Dataset, confirm: Dataset) {
        let order = EvaluationOrder.stratified(labels: labels.isEmpty ? Array(repeating: 0, count: count) : labels, seed: seed)
        func part(_ part: ExamplePart) -> Dataset { picking(order[part.range(of: order.count)].sorted()) }
        return (part(.choose), part(.confirm))
    }
}

extension SearchGoal {
    /// `at most 35,548 bytes`.
    var words: String {
        let numbers = NumberFormat.unicode
        let also = products.map { " and \(numbers.integer(Int($0))) multiply-adds" } ?? ""
        switch aim {
        case .bytes(let limit): return "at most \(numbers.integer(limit)) bytes\(also)"
        case .loss(let budget): return "at most \(numbers.decimal(100 * budget, digits: 2)) points less\(also)"
        }
    }
}
