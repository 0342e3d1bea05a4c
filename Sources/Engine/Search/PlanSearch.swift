import Compression
import Networks
import Reports

/// One option for each layer under a goal: measured alone, chosen together, measured whole, corrected, and then improved one switch at a time.
///
/// 1. Every option of every free layer is measured in the plan that the search starts from, the last layers first; one that surely costs more than 10 points
///    is left where that is known. 2. A ``Knapsack`` chooses by sums; what it chooses is measured whole, losses are rescaled by measured over predicted, and
///    it chooses again. 3. Options beside the chosen ones are measured too, and it chooses once more. 4. Single layers are switched, or two against each
///    other, the most promising first; each is stopped as soon as it surely is no better (a confidence sequence that may be watched, errors of the k-th
///    comparison 0.05 / (k · (k + 1)), so 0.05 in all), until somebody ends it or a number of them in a row brought nothing.
///
/// The best plan that was measured whole is known at every time. Nothing here sees the examples that confirm it.
package final class PlanSearch {
    /// A layer that is free, with what it may become.
    package struct Candidate: Sendable {
        package var layer: Layer
        /// Its plan in the start is one of them, in front.
        package var options: [LayerPlan]
        /// Options beside one, for a closer look.
        package var neighbours: @Sendable (LayerPlan) -> [LayerPlan]

        package init(layer: Layer, options: [LayerPlan], neighbours: @escaping @Sendable (LayerPlan) -> [LayerPlan] = { _ in [] }) {
            (self.layer, self.options, self.neighbours) = (layer, options, neighbours)
        }
    }

    /// One option as it was measured.
    package struct Measured: Codable, Hashable, Sendable {
        package var weight: String
        package var plan: LayerPlan
        /// Beside the start.
        package var loss: Double
        package var bytes: Int
        package var products: Double
        package var evaluated: Int
    }

    /// A plan that was measured whole.
    package struct Trial: Sendable {
        package var plan: ResolvedPlan
        package var choice: [LayerPlan]
        package var figures: SearchFigures
        /// What the sums said before it was measured.
        package var predictedLoss: Double
        package var predictedBytes: Double
    }

    let goal: SearchGoal
    let start: ResolvedPlan
    var candidates: [Candidate]
    let meter: any SearchMeter
    private let show: (PlanSearch) -> Void
    /// What is known of each layer's options, in their order.
    package internal(set) var table: [[Measured]] = []
    /// What measured losses of each layer are multiplied by.
    var scales: [Double]
    /// Of everything that has no choice.
    var fixedBytes = 0.0
    var fixedProducts = 0.0
    var baseLoss = 0.0
    package internal(set) var trials: [[LayerPlan]: Trial] = [:]
    package internal(set) var best: Trial?
    /// How many options are measured, and how many there are to measure.
    package internal(set) var done = 0
    package internal(set) var total = 0
    /// Switches that were begun, and those that brought something.
    package internal(set) var switches = 0
    package internal(set) var improvements = 0
    /// Switches that were ended early.
    var refused: Set<[LayerPlan]> = []
    /// Options that were measured before, by an earlier run.
    private let known: [String: [LayerPlan: Measured]]

    /// - Parameters:
    ///   - known: Measured options of an earlier run of the same search.
    ///   - show: Called after each measurement.
    package init(
        _ goal: SearchGoal, start: ResolvedPlan, candidates: [Candidate], meter: any SearchMeter, known: [Measured] = [],
        show: @escaping (PlanSearch) -> Void = { _ in }
    ) {
        (self.goal, self.start, self.candidates, self.meter, self.show) = (goal, start, candidates, meter, show)
        scales = Array(repeating: 1, count: candidates.count)
        self.known = Dictionary(grouping: known, by: \.weight).mapValues { Dictionary($0.map { ($0.plan, $0) }) { $1 } }
        total = candidates.reduce(0) { $0 + $1.options.count }
    }

    /// Runs to its end; ``best`` has what it came to. Throws where a plan can't be measured.
    ///
    /// - Parameter patience: So many switches in a row without a gain end it.
    package func run(patience: Int = 40) throws {
        try measureStart()
        try measureOptions()
        try choose()
        try refine()
        try improve(patience: patience)
    }

    /// A plan with these layers.
    func plan(_ choice: [LayerPlan]) -> ResolvedPlan {
        start.taking(Dictionary(zip(candidates.map(\.layer.weight), choice)) { $1 })
    }

    /// Measures a choice whole, once; nil where that was ended early.
    @discardableResult
    func attempt(
        _ choice: [LayerPlan], predicted: (loss: Double, bytes: Double), stops: (AccuracyReport) -> Bool = { _ in false }
    ) throws -> Trial? {
        if let known = trials[choice] { return known }
        let plan = plan(choice)
        let figures = try meter.measure(plan, sizesFile: true) { stops($0) || meter.isInterrupted && best != nil }
        guard figures.isExact else { return nil }
        let trial = Trial(plan: plan, choice: choice, figures: figures, predictedLoss: predicted.loss, predictedBytes: predicted.bytes)
        trials[choice] = trial
        if best.map({ goal.prefers(figures, to: $0.figures) }) ?? true { best = trial }
        show(self)
        return trial
    }

    private func measureStart() throws {
        let choice = candidates.map { start[$0.layer.weight] }
        let figures = try meter.measure(start, sizesFile: true) { _ in false }
        let free = Set(candidates.map(\.layer.weight))
        fixedBytes = Double(figures.bytes ?? 0) - figures.layerBytes.filter { free.contains($0.key) }.reduce(0) { $0 + Double($1.value) }
        fixedProducts = figures.products.filter { !free.contains($0.key) }.reduce(0) { $0 + $1.value }
        baseLoss = figures.loss
        trials[choice] = Trial(
            plan: start, choice: choice, figures: figures, predictedLoss: 0, predictedBytes: Double(figures.bytes ?? 0))
        best = trials[choice]
        table = candidates.map { candidate in
            let weight = candidate.layer.weight
            return [
                Measured(
                    weight: weight, plan: start[weight], loss: 0, bytes: figures.layerBytes[weight] ?? 0,
                    products: figures.products[weight] ?? 0, evaluated: figures.count)
            ]
        }
        done = candidates.count
        show(self)
    }

    /// The last layers first: what lies before them is kept.
    private func measureOptions() throws {
        for place in candidates.indices.reversed() {
            for option in candidates[place].options { try measure(option, of: place) }
        }
    }

    /// Adds an option to the table, unless it is there or the search is to end.
    func measure(_ option: LayerPlan, of place: Int) throws {
        let weight = candidates[place].layer.weight
        guard !meter.isInterrupted, !table[place].contains(where: { $0.plan == option }) else { return }
        if let known = known[weight]?[option] {
            table[place].append(known)
        } else {
            let figures = try meter.measure(start.taking([weight: option]), sizesFile: false) { report in
                Self.isHopeless(report) || meter.isInterrupted
            }
            guard figures.evaluated > 0, figures.isExact || !meter.isInterrupted else { return }
            table[place].append(
                Measured(
                    weight: weight, plan: option, loss: figures.loss - baseLoss, bytes: figures.layerBytes[weight] ?? 0,
                    products: figures.products[weight] ?? 0, evaluated: figures.evaluated))
        }
        done += 1
        show(self)
    }

    /// Surely more than 10 points worse: what exactly it costs no choice needs.
    private static func isHopeless(_ report: AccuracyReport) -> Bool {
        guard report.figure == nil, report.fidelity == nil, report.evaluated >= 200, report.losses > report.gains else { return false }
        return Interval.pairedSequence(
            gains: report.gains, losses: report.losses, of: report.evaluated, population: report.count
        ).high < -0.1
    }
}
