import Compression
import Engine
import Networks
import Sessions

extension SpectraOrder: TaskRequest {
    public var task: LaneTask { .spectra(self) }
}

extension SpectraReport: ShownReport {
    func show(on explorer: inout Explorer) {
        if let reason { return explorer.say(reason, .error) }
        explorer.changeNewestBudget { $0.refresh($1) }
    }
}

/// One budget over the ranks of all layers.
extension Explorer {
    /// By weight.
    var layerPlans: [String: LayerPlan] { layers.reduce(into: [:]) { $0[$1.weight] = plan(of: $1) } }

    func plan(ofWeight weight: String) -> LayerPlan { resolvedPlan[weight] }

    /// What is done with the factors of layers that may have a rank, by weight.
    var factorPlans: [String: LayerPlan] {
        layers.filter(\.hasSpectrum).reduce(into: [:]) { $0[$1.weight] = plan(of: $1).ofFactors }
    }

    /// The spectra that were found of the state in force; those of the weights where those of outputs can't be had.
    func spectra(_ weighting: LowRank.Weighting) -> SpectraReport? {
        guard let report = tasks.report(of: .spectra, as: SpectraReport.self), report.base == base?.id, report.isComplete,
            report.factors == factorPlans
        else { return nil }
        return report.weighting == weighting || report.remark != nil ? report : nil
    }

    /// Why there is no budget, or nil.
    var budgetObstacle: String? {
        if layers.isEmpty { return "this network has no layer with weights" }
        return layers.contains(where: \.hasSpectrum) ? nil : "no layer of this network can become factors"
    }

    mutating func openBudget() {
        open(BudgetView.self)
        if stack.top(as: BudgetView.self)?.budget == nil { findSpectra() }
    }

    /// Has the lane find the spectra that the view asks for.
    mutating func findSpectra() {
        guard let view = stack.top(as: BudgetView.self) else { return }
        start(SpectraOrder(base: base, weighting: view.weighting, factors: factorPlans))
    }

    /// Times what a budget in milliseconds is made of: layers and some of their ranks, and what the answer has beside them.
    mutating func timeBudget() {
        guard let view = stack.top(as: BudgetView.self), view.unit == .milliseconds, timingObstacle == nil else { return }
        let network = desk.graph.network
        let known = tasks.report(of: .latency, as: LatencyReport.self)?.table
        let table = known ?? LatencyTable(.local(threads: LiveEngine.environment().threads, batch: 1))
        guard let times = layerTimes ?? (try? LayerTimes(network, in: table)) else { return }
        let answer = view.allocation.flatMap { view.budget?.plans(for: $0) } ?? [:]
        let wanted = (times.wanted(network.layers) + times.unmeasured(answer, network.layers)).filter { table.measured($0) == nil }
        let isWhole = table.measured(network: (try? network.timingKey()) ?? "") != nil
        if wanted.isEmpty, isWhole { return }
        start(LatencyOrder(table, base: base, also: wanted.map { TimedWork($0) }))
    }

    mutating func changeBudgetUnit() {
        changeBudget { $0.changeUnit() }
        timeBudget()
    }

    mutating func changeBudgetWeighting() {
        changeBudget { view in
            view.weighting = view.weighting == .outputs ? .plain : .outputs
            view.share = nil
        }
        if stack.top(as: BudgetView.self)?.budget == nil { findSpectra() }
    }

    /// Changes the view of the budget, and finds its curve anew.
    mutating func changeBudget(_ change: (inout BudgetView) -> Void) {
        changeTop(BudgetView.self) { view, explorer in
            change(&view)
            view.refresh(explorer)
        }
    }

    /// The same wherever the view is on the stack.
    mutating func changeNewestBudget(_ change: (inout BudgetView, Explorer) -> Void) {
        guard var view = stack.newest(BudgetView.self) else { return }
        change(&view, self)
        stack.replace(view)
    }

    /// Turns the budget, and gives every layer the rank that follows.
    mutating func turnBudget(by steps: Int, time: Int64) {
        changeTop(BudgetView.self) { view, explorer in
            let before = view.share
            view.turn(by: steps, explorer)
            if view.share == before { explorer.say("the budget is at its end", .warning) }
        }
        applyBudget(time: time)
    }

    /// The layer stays as it is, or takes part again; what the budget gives the others follows where it was turned.
    mutating func pinLayer(time: Int64) {
        guard let layer = selectedWhole else { return }
        changeBudget { view in
            if view.pinned.remove(layer.weight) == nil { view.pinned.insert(layer.weight) }
        }
        applyBudget(time: time)
    }

    private mutating func applyBudget(time: Int64) {
        guard let view = stack.top(as: BudgetView.self), let budget = view.budget, let allocation = view.allocation, let share = view.share
        else { return }
        let text = "budget: \(view.unit.title) at most \(numbers.percent(share, digits: 0))"
        change(budget.plans(for: allocation), ChangeKind(key: "budget/\(view.unit.word)", isStep: true, time: time) { _ in text })
        if budget.isEstimate(allocation) { timeBudget() }
    }
}
