import Compression
import Engine
import Frames
import Networks

/// One budget over all layers: what it costs and keeps on the curve of all budgets, and a row for each layer with its rank, its kept energy, and what
/// its last and next step gain for their cost.
package struct BudgetView: ScreenView {
    package static var place: Place { .budget }

    /// What is counted.
    package internal(set) var unit = BudgetUnit.parameters
    /// Of ``NetworkBudget/dense``; nil until it was turned.
    package internal(set) var share: Double?
    /// What the factors are nearest to.
    var weighting = LowRank.Weighting.outputs
    /// Weights of layers that stay as they are.
    package internal(set) var pinned: Set<String> = []
    /// Nil until there are spectra.
    package internal(set) var budget: NetworkBudget?
    /// What milliseconds are of.
    private var device: LatencyDevice?
    /// The plans as the view was opened: what layers become that have no rank.
    private let opened: [String: LayerPlan]
    /// What layers without a rank take, as far as it was known then.
    private let bytes: [String: Int]

    package init?(_ explorer: Explorer) {
        opened = explorer.layerPlans
        bytes = explorer.layers.reduce(into: [:]) { found, layer in
            guard explorer.isFresh(layer), !explorer.plan(of: layer).weights.isProduct else { return }
            found[layer.weight] = explorer.summary(of: layer)?.estimatedBytes
        }
        refresh(explorer)
    }

    package func title(_ explorer: Explorer) -> String { "One budget over all layers" }

    /// Finds the curve anew, from the spectra that are there.
    mutating func refresh(_ explorer: Explorer) {
        let times = unit == .milliseconds ? explorer.layerTimes : nil
        guard let report = explorer.spectra(weighting), times != nil || unit != .milliseconds else { return budget = nil }
        let plans = opened.merging(explorer.layerPlans.filter { pinned.contains($0.key) }) { $1 }
        var factors = report.bytes
        for layer in explorer.layers where explorer.isFresh(layer) {
            guard let summary = explorer.summary(of: layer), summary.plan.partsInForce != nil else { continue }
            factors[layer.weight, default: FactorBytes()].take(summary)
        }
        budget = try? NetworkBudget(
            unit, network: explorer.desk.graph.network, plans: plans, spectra: report.spectra, pinned: pinned, bytes: bytes,
            factors: factors, times: times)
        device = times?.table.device
    }

    /// The choice under the budget; nil before the first turn.
    var allocation: RankAllocation? { share.flatMap { share in budget?.allocation(share: share) } }

    package var rowWord: String { "layer" }

    package func move(by offset: Int, _ explorer: inout Explorer) { explorer.moveSelection(by: offset, amongWholes: true) }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        guard let budget else { return ViewText.hint(waiting(explorer), explorer, in: area, on: &frame) }
        let lines = ViewText.flow(heading(budget, explorer), width: area.width)
        let shown = Array(lines.prefix(max(1, area.height / 3)))
        let rest = ViewText.draw(shown, explorer, in: area, on: &frame)
        let height = rest.height >= 14 ? min(10, rest.height / 3) : 0
        let (chart, table) = rest.splitTop(height)
        if height > 0 { self.chart(budget).draw(in: chart, on: &frame, glyphs: explorer.glyphs) }
        BudgetTable(self, budget, explorer).draw(in: table, on: &frame, glyphs: explorer.glyphs)
    }

    /// Why there is no curve yet.
    func waiting(_ explorer: Explorer) -> String {
        if unit == .milliseconds, explorer.spectra(weighting) != nil {
            if explorer.tasks.isRunning(.latency) { return "layers and ranks are being timed" + String(explorer.glyphs.ellipsis) }
            return explorer.timingObstacle ?? "nothing was timed; the palette's ms times the layers"
        }
        guard explorer.tasks.isRunning(.spectra) else { return "the spectra of the layers are not there; Enter finds them" }
        let work = weighting == .outputs ? "gathering outputs on training examples" : "factoring the layers"
        return work + String(explorer.glyphs.ellipsis)
    }

    private func heading(_ budget: NetworkBudget, _ explorer: Explorer) -> [StyledText] {
        let numbers = explorer.numbers
        func amount(_ cost: Double) -> String { self.amount(cost, explorer) + (unit == .bytes ? " B" : "") }
        var parts = [
            StyledText(share == nil ? "\(unit.title) " : "", .muted) + StyledText("of \(amount(budget.dense)) without ranks", .text)
        ]
        if let share, let allocation {
            parts.insert(
                StyledText("\(unit.title) at most ", .knob) + StyledText(numbers.percent(share, digits: 0), .knob), at: 0)
            let sign = budget.isEstimate(allocation) ? "~" : ""
            parts.append(StyledText("costs ", .muted) + StyledText(sign + amount(allocation.cost), .value))
            parts.append(StyledText("energy kept ", .muted) + StyledText(numbers.percent(budget.energy(allocation)), .value))
            if share * budget.dense < budget.curve.smallest { parts.append(StyledText("no choice is cheaper", .warning)) }
            if !isInForce(budget, allocation, explorer) { parts.append(StyledText("the plan is another one by now", .warning)) }
        } else {
            parts.append(StyledText("arrow keys turn the budget", .text))
        }
        return parts + timing(budget, explorer) + remarks(explorer)
    }

    /// A cost in its unit, without its word.
    func amount(_ cost: Double, isEstimate: Bool = false, _ explorer: Explorer) -> String {
        let numbers = explorer.numbers
        return (isEstimate ? "~" : "") + (unit == .milliseconds ? numbers.significant(cost) : numbers.integer(Int(cost.rounded())))
    }

    /// What milliseconds are of, and what has none.
    private func timing(_ budget: NetworkBudget, _ explorer: Explorer) -> [StyledText] {
        guard let device else { return [] }
        var parts = [StyledText("float32 on \(device.words)", .muted)]
        if explorer.tasks.isRunning(.latency) {
            parts.append(StyledText("being timed" + String(explorer.glyphs.ellipsis), .muted))
        } else if !budget.unknown.isEmpty {
            parts.append(StyledText("not timed, and in no sum: \(budget.unknown.joined(separator: ", "))", .warning))
        }
        return parts
    }

    /// What the energies are of.
    private func remarks(_ explorer: Explorer) -> [StyledText] {
        guard let report = explorer.spectra(weighting) else { return [] }
        var parts: [StyledText] = []
        switch report.weighting {
        case .plain: parts.append(StyledText("energies of the weights", .muted))
        case .outputs:
            let key = CalibrationKey.standard
            parts.append(StyledText("energies of outputs on \(key.examples) training examples, seed \(key.seed)", .muted))
            let few = report.spectra.values.count(where: \.isFew)
            if few > 0 {
                let least = OutputMoments.wantedPixels
                parts.append(
                    StyledText("\(explorer.numbers.count(few, "layer")) measured on fewer than \(least) outputs a channel", .warning))
            }
        }
        if let remark = report.remark { parts.append(StyledText(remark, .warning)) }
        return parts
    }

    func isInForce(_ budget: NetworkBudget, _ allocation: RankAllocation, _ explorer: Explorer) -> Bool {
        budget.plans(for: allocation).allSatisfy { explorer.plan(ofWeight: $0.key) == $0.value }
    }

    /// Kept energy at each hundredth of the cost, bright up to the budget.
    private func chart(_ budget: NetworkBudget) -> LineChart {
        let values = (0...100).map { step -> Double? in
            let share = Double(step) / 100
            guard share * budget.dense >= budget.curve.smallest else { return nil }
            return budget.energy(share: share)
        }
        var series = [LineChart.Series(values, role: .muted)]
        if let share {
            series.append(LineChart.Series(values.enumerated().map { Double($0) / 100 <= share + 1e-9 ? $1 : nil }, role: .series))
        }
        return LineChart(series: series, labelFactor: 100, stepCount: 101, mark: share.map { Int((100 * $0).rounded()) })
    }
}

extension Place {
    public static let budget = Place("budget", .screen)
}

extension BudgetUnit {
    /// On the screen.
    var title: String {
        switch self {
        case .parameters, .bytes: rawValue
        case .multiplyAdds: "MACs"
        case .milliseconds: "ms"
        }
    }
}
