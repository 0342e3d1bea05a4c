import Compression
import Networks
import Reports

/// One option for each layer under a goal: measured alone, chosen together, measured whole, corrected, and then improved one switch at a time.
///
/// 1. Options of free layers are measured in the plan that the search starts from, as the sensitivity measures them: coarse ones on few examples, all on
///    few, then those that may be chosen on more (``PlanSearch/survey()``). After each of these stages a ``Knapsack`` chooses by the sums that are known, and
///    what it chooses is measured whole, so that a plan is there early. 2. With all of them it chooses again, losses are rescaled by measured over
///    predicted, and once more. 3. Options beside the chosen ones are measured too, and it chooses once more. 4. Single layers are switched, or two against
///    each other, the most promising first; each is stopped as soon as it surely is no better (a confidence sequence that may be watched, errors of the k-th
///    comparison 0.05 / (k · (k + 1)), so 0.05 in all), until somebody ends it or a number of them in a row brought nothing.
///
/// The best plan that was measured whole is known at every time. Where it is ended while options are measured, what is known decides once more, and that plan is
/// measured. Nothing here sees the examples that confirm it.
package final class PlanSearch {
    /// A layer that is free, with what it may become.
    package struct Candidate: Sendable {
        package var layer: Layer
        /// What it may become besides its plan in the start.
        package var options: [LayerOption]
        /// A plan of it with weights that are fitted to what the layer reads; nil where that is not wanted, can't be, or is so already.
        package var fitted: @Sendable (LayerPlan) -> LayerOption?
        /// Options beside one, for a closer look.
        package var neighbours: @Sendable (LayerPlan) -> [LayerOption]

        package init(
            layer: Layer, options: [LayerOption], fitted: @escaping @Sendable (LayerPlan) -> LayerOption? = { _ in nil },
            neighbours: @escaping @Sendable (LayerPlan) -> [LayerOption] = { _ in [] }
        ) {
            (self.layer, self.options, self.fitted, self.neighbours) = (layer, options, fitted, neighbours)
        }
    }

    /// One option as it was measured.
    package struct Measured: Codable, Hashable, Sendable {
        package var weight: String
        package var plan: LayerPlan
        /// Beside the start.
        package var loss: Double
        package var bytes: Int
        /// Of the second budget.
        package var second: Double
        package var evaluated: Int
    }

    /// A plan that was measured whole.
    package struct Trial: Codable, Hashable, Sendable {
        /// Plans of the free layers, in their order.
        package var choice: [LayerPlan]
        package var figures: SearchFigures
        /// What the sums said before it was measured.
        package var predictedLoss: Double
        package var predictedBytes: Double
    }

    /// What a search decided on its way. One that was cut off decides it again so: what it went by is no longer known, for more is.
    package struct Course: Codable, Hashable, Sendable {
        /// The options of each stage.
        package var stages: [[LayerOption]] = []
        /// What was chosen after each stage.
        package var choices: [[[LayerPlan]]] = []
        /// Plans that were measured whole.
        package var trials: [Trial] = []

        package init() {}
    }

    let goal: SearchGoal
    package let start: ResolvedPlan
    var candidates: [Candidate]
    let meter: any SearchMeter
    private let show: (PlanSearch) -> Void
    package internal(set) var course: Course
    /// How many of its stages, and of its choices, this run has come to.
    var (stage, choices) = (0, 0)
    private let known: [[LayerPlan]: Trial]
    /// Options of each layer in the order in which they were first wanted, and what was measured of them.
    var wanted: [[LayerOption]]
    var figures: [LayerOption.Key: OptionFigure] = [:]
    /// What is known of each layer's options, the start in front.
    package internal(set) var table: [[Measured]] = []
    /// What measured losses of each layer are multiplied by.
    var scales: [Double]
    /// Of everything that has no choice.
    var fixedBytes = 0.0
    var fixedSecond = 0.0
    package internal(set) var trials: [[LayerPlan]: Trial] = [:]
    package internal(set) var best: Trial?
    /// The one that was measured last.
    package private(set) var newest: Trial?
    /// Options that are known, those that this run measured, and how many there are to measure.
    package var done: Int { figures.count }
    package internal(set) var measured = 0
    package var total: Int { wanted.reduce(0) { $0 + $1.count } }
    /// Switches that were begun, and those that brought something.
    package internal(set) var switches = 0
    package internal(set) var improvements = 0
    /// Switches that were ended early.
    var refused: Set<[LayerPlan]> = []
    /// Whether it was ended and comes to its last plan.
    private var isConcluding = false

    /// - Parameters:
    ///   - course: What an earlier run of the same search had decided.
    ///   - show: Called after each measurement.
    package init(
        _ goal: SearchGoal, start: ResolvedPlan, candidates: [Candidate], meter: any SearchMeter, course: Course = Course(),
        show: @escaping (PlanSearch) -> Void = { _ in }
    ) {
        (self.goal, self.start, self.candidates, self.meter, self.show) = (goal, start, candidates, meter, show)
        (self.course, scales) = (course, Array(repeating: 1, count: candidates.count))
        known = Dictionary(course.trials.map { ($0.choice, $0) }) { $1 }
        wanted = candidates.map { _ in [] }
    }

    /// Runs to its end; ``best`` has what it came to. Throws where a plan can't be measured.
    ///
    /// - Parameter patience: So many switches in a row without a gain end it.
    package func run(patience: Int = 40) throws {
        try measureStart()
        try survey()
        guard !meter.isInterrupted else { return try conclude() }
        try choose()
        try refine()
        try improve(patience: patience)
    }

    /// Whether somebody wants it to end.
    var isEnding: Bool { meter.isInterrupted && !isConcluding }

    /// Chooses by what is known, and measures that, though it is to end.
    private func conclude() throws {
        isConcluding = true
        defer { isConcluding = false }
        table = rows
        try choose(most: 1)
    }

    /// A plan with these layers.
    package func plan(_ choice: [LayerPlan]) -> ResolvedPlan {
        start.taking(Dictionary(zip(candidates.map(\.layer.weight), choice)) { $1 })
    }

    /// Measures a choice whole, once; nil where that was ended early.
    @discardableResult
    func attempt(
        _ choice: [LayerPlan], predicted: (loss: Double, bytes: Double), stops: (AccuracyReport) -> Bool = { _ in false }
    ) throws -> Trial? {
        if let known = trials[choice] { return known }
        if let known = known[choice] { return take(known) }
        let figures = try meter.measure(plan(choice), sizesFile: true) { stops($0) || isEnding && best != nil }
        guard figures.isExact else { return nil }
        let trial = Trial(choice: choice, figures: figures, predictedLoss: predicted.loss, predictedBytes: predicted.bytes)
        course.trials.append(trial)
        return take(trial)
    }

    private func take(_ trial: Trial) -> Trial {
        trials[trial.choice] = trial
        newest = trial
        if best.map({ goal.prefers(trial.figures, to: $0.figures) }) ?? true { best = trial }
        say()
        return trial
    }

    /// Tells how far it is.
    func say() { show(self) }

    private func measureStart() throws {
        let choice = candidates.map { start[$0.layer.weight] }
        guard let trial = try attempt(choice, predicted: (0, 0)) else { return }
        let free = Set(candidates.map(\.layer.weight))
        let figures = trial.figures
        fixedBytes = Double(figures.bytes ?? 0) - figures.layerBytes.filter { free.contains($0.key) }.reduce(0) { $0 + Double($1.value) }
        fixedSecond = figures.second(of: goal).filter { !free.contains($0.key) }.reduce(0) { $0 + $1.value }
        table = rows
    }

    /// The start's own figures.
    var startFigures: SearchFigures? { trials[candidates.map { start[$0.layer.weight] }]?.figures }
}
