import Compression
import Engine
import Networks
import Reports
import Tensors
import Testing

/// A search over plans whose figures are made up: losses of layers that add up but for a part that they have together.
@Suite("Search over options of layers")
struct PlanSearchTests {
    /// Three layers with levels 0, 0.1 … 0.9; what a level costs differs by layer.
    private final class Meter: SearchMeter {
        var measured = 0
        /// After so many measurements somebody ends it.
        var most = Int.max
        var isInterrupted: Bool { measured >= most }
        var plans: [ResolvedPlan] = []

        func measure(_ plan: ResolvedPlan, sizesFile: Bool, stops: (AccuracyReport) -> Bool) throws -> SearchFigures {
            measured += 1
            plans.append(plan)
            let levels = PlanSearchTests.names.map { plan[$0].pruning.amount }
            let loss = PlanSearchTests.loss(levels)
            var report = PlanSearchTests.report(lost: Int((1_000 * loss).rounded()), evaluated: 500)
            if stops(report) { return figures(report, levels, nil) }
            report = PlanSearchTests.report(lost: Int((2_000 * loss).rounded()), evaluated: 2_000)
            return figures(report, levels, sizesFile ? PlanSearchTests.bytes(levels) + 1 : nil)
        }

        /// Milliseconds of a layer's weights, by how many stay: half of them stay as fast as all.
        func second(of weight: String, kept: Double) -> Double {
            hasTimes ? PlanSearchTests.time(of: weight, kept: kept) : (products[weight] ?? 0) * kept
        }

        var hasTimes = false
        var products: [String: Double] {
            Dictionary(uniqueKeysWithValues: zip(PlanSearchTests.names, PlanSearchTests.sizes.map { 2 * Double($0) }))
        }
        /// What was measured of options before.
        var known: [OptionFigure] = []
        var options: [LayerOption.Key] = []

        func measure(
            _ options: [LayerOption], in start: ResolvedPlan, examples: Int?, show: (OptionFigure) -> Void
        ) throws -> [OptionFigure] {
            for option in options where !known.contains(where: { $0.option.key == option.key && $0.evaluated >= examples ?? 2_000 }) {
                guard !isInterrupted else { break }
                measured += 1
                self.options.append(option.key)
                let figure = PlanSearchTests.figure(option, in: start, examples: examples ?? 2_000)
                known.removeAll { $0.option.key == option.key }
                known.append(figure)
                show(figure)
            }
            return known.filter { figure in options.contains { $0.key == figure.option.key } }
        }

        private func figures(_ report: AccuracyReport, _ levels: [Double], _ bytes: Int?) -> SearchFigures {
            let sizes = zip(PlanSearchTests.sizes, levels).map { Int((Double($0) * (1 - $1)).rounded()) }
            var figures = SearchFigures(
                report, layerBytes: Dictionary(uniqueKeysWithValues: zip(PlanSearchTests.names, sizes)),
                products: Dictionary(
                    uniqueKeysWithValues: zip(PlanSearchTests.names, zip(PlanSearchTests.sizes, levels).map { Double($0) * 2 * (1 - $1) })),
                bytes: bytes)
            if hasTimes {
                let times = zip(PlanSearchTests.names, levels).map { ($0, PlanSearchTests.time(of: $0, kept: 1 - $1)) }
                figures.milliseconds = Dictionary(uniqueKeysWithValues: times + [("", 0.5)])
            }
            return figures
        }
    }

    static let names = ["a.weight", "b.weight", "c.weight"]
    static let sizes = [1_000, 4_000, 500]

    /// An option alone, on few examples with an error.
    static func figure(_ option: LayerOption, in start: ResolvedPlan, examples: Int) -> OptionFigure {
        let plan = start.taking([option.weight: option.plan])
        let (levels, before) = (names.map { plan[$0].pruning.amount }, names.map { start[$0].pruning.amount })
        let size = Double(sizes[names.firstIndex(of: option.weight) ?? 0])
        var figure = OptionFigure(
            option, evaluated: examples, count: 2_000, bytes: Int((size * (1 - option.plan.pruning.amount)).rounded()),
            referenceBytes: Int((size * (1 - start[option.weight].pruning.amount)).rounded()))
        let change = loss(levels) - loss(before)
        figure.crossEntropy = OptionFigure.Change(examples < 2_000 ? change * 1.3 : change, interval: nil)
        (figure.divergence, figure.referenceDivergence) = (change * 1.5, 0)
        figure.kept = 1 - option.plan.pruning.amount
        return figure
    }

    /// What levels lose: the last layer most, and layers together a little more than each alone.
    static func loss(_ levels: [Double]) -> Double {
        let alone = zip([0.02, 0.05, 0.2], levels).map { $0 * $1 * $1 }
        return alone.reduce(0, +) + 0.3 * alone[0] * alone[1] / 0.05
    }

    static func bytes(_ levels: [Double]) -> Int { 100 + zip(sizes, levels).reduce(0) { $0 + Int((Double($1.0) * (1 - $1.1)).rounded()) } }

    static func report(lost: Int, evaluated: Int) -> AccuracyReport {
        var report = AccuracyReport(
            split: .validation, count: 2_000, evaluated: evaluated, originalEvaluated: 2_000, original: 0.9,
            originalInterval: Interval(0.9),
            current: 0.9 - Double(lost) / Double(evaluated), interval: Interval(0.9), gains: 0, losses: lost, mcNemar: 1, crossEntropy: nil,
            originalCrossEntropy: nil, crossEntropyDifference: nil, agreement: 1, topFive: nil, notANumber: 0,
            confusion: ConfusionTable(classCount: 10), originalConfusion: ConfusionTable(classCount: 10), flipped: [], seed: 1)
        report.crossEntropy = 0.3 + Double(lost) / Double(evaluated)
        report.originalCrossEntropy = 0.3
        return report
    }

    private func layer(_ name: String, _ count: Int) -> Layer {
        Layer(name: name, weight: name, bias: nil, shape: [count / 4, 1], node: nil, isConvolution: false, isTransposed: false)
    }

    private func level(_ amount: Double) -> LayerPlan { LayerPlan(pruning: Pruning(criterion: .level, amount: amount)) }

    private func option(_ amount: Double, of layer: Layer) -> LayerOption {
        LayerOption(
            LayerOption.Key(weight: layer.weight, family: "level", value: amount), plan: level(amount),
            isCoarse: [0.5, 0.8].contains(amount))
    }

    private func search(_ goal: SearchGoal, _ meter: Meter, course: PlanSearch.Course = .init()) throws -> PlanSearch {
        let layers = zip(Self.names, Self.sizes).map { layer($0, $1) }
        let candidates = layers.map { layer in
            PlanSearch.Candidate(
                layer: layer, options: (1..<10).map { option(Double($0) / 10, of: layer) },
                neighbours: { near in
                    [-0.05, 0.05].map { near.pruning.amount + $0 }.filter { (0...1).contains($0) }.map { option($0, of: layer) }
                })
        }
        let start = try CompressionPlan(layers: Self.names.map { .init(pattern: $0, plan: level(0)) }).resolved(for: layers)
        return PlanSearch(goal, start: start, candidates: candidates, meter: meter, course: course)
    }

    private func levels(_ trial: PlanSearch.Trial) -> [Double] { trial.choice.map(\.pruning.amount) }

    /// The least loss of all choices in steps of a tenth within the bytes.
    private func least(_ limit: Int) -> Double {
        var best = Double.infinity
        for a in 0..<10 {
            for b in 0..<10 {
                for c in 0..<10 {
                    let levels = [a, b, c].map { Double($0) / 10 }
                    if Self.bytes(levels) + 1 <= limit { best = min(best, Self.loss(levels)) }
                }
            }
        }
        return best
    }

    /// The fewest bytes of all choices in steps of a tenth that surely lose no more.
    private func smallest(losing budget: Double) -> Int {
        var best = Int.max
        for a in 0..<10 {
            for b in 0..<10 {
                for c in 0..<10 {
                    let levels = [a, b, c].map { Double($0) / 10 }
                    let report = Self.report(lost: Int((2_000 * Self.loss(levels)).rounded()), evaluated: 2_000)
                    if report.verdict(allowing: budget)?.standing == .within { best = min(best, Self.bytes(levels) + 1) }
                }
            }
        }
        return best
    }

    @Test("The best plan within the bytes, as good as all choices of the table tried out", arguments: [4_000, 3_000, 2_000, 1_200])
    func bytes(limit: Int) throws {
        let meter = Meter()
        let goal = SearchGoal(.bytes(limit))
        let search = try search(goal, meter)
        try search.run()
        let best = try #require(search.best)
        #expect(best.figures.bytes.map { $0 <= limit } == true && goal.isMet(by: best.figures))
        #expect(Self.loss(levels(best)) <= least(limit) + 1e-3)
        #expect(search.done == search.total && search.measured >= search.done && search.table.allSatisfy { $0.count >= 10 })
    }

    @Test("The smallest plan that surely loses no more, and every smaller one of the table loses more")
    func loss() throws {
        let meter = Meter()
        let goal = SearchGoal(.loss(0.02))
        let search = try search(goal, meter)
        try search.run()
        let best = try #require(search.best)
        #expect(goal.isMet(by: best.figures) && (best.figures.beyond?.low ?? -1) >= -0.02)
        let reached = try #require(best.figures.bytes)
        for trial in search.trials.values where (trial.figures.bytes ?? .max) < reached { #expect(!goal.isMet(by: trial.figures)) }
        #expect(reached <= smallest(losing: 0.02))
    }

    @Test("A goal out of reach leaves the smallest plan, and says so")
    func outOfReach() throws {
        let goal = SearchGoal(.bytes(100))
        let search = try search(goal, Meter())
        try search.run()
        let best = try #require(search.best)
        let sizes = search.trials.values.compactMap(\.figures.bytes)
        #expect(!goal.isMet(by: best.figures) && best.figures.bytes == sizes.min() && levels(best).allSatisfy { $0 > 0.9 })
    }

    @Test("Ended at any time it has a plan that was measured whole, within the goal as soon as two options of each layer are known")
    func interruption() throws {
        for most in [1, 5, 7, 12, 25, 31, 33, 60] {
            let meter = Meter()
            meter.most = most
            let goal = SearchGoal(.bytes(3_000))
            let search = try search(goal, meter)
            try search.run()
            let best = try #require(search.best)
            // What it comes to is chosen, made and measured after the end, at most six times until the file fits.
            #expect(meter.measured <= most + 6)
            if most >= 7 { #expect(goal.isMet(by: best.figures), "ended after \(most)") }
        }
    }

    @Test("Ended anywhere and gone on with, it decides as if it had not been, and measures nothing twice")
    func resumed() throws {
        for goal in [SearchGoal(.bytes(2_000)), SearchGoal(.loss(0.02))] {
            let meter = Meter()
            let whole = try search(goal, meter)
            try whole.run()
            for most in [3, 8, 12, 29, 45, 70] {
                let first = Meter()
                first.most = most
                let begun = try search(goal, first)
                try begun.run()
                let again = Meter()
                again.known = first.known
                let second = try search(goal, again, course: begun.course)
                try second.run()
                #expect(second.best == whole.best && second.table == whole.table && second.course.stages == whole.course.stages)
                #expect(Set(second.trials.keys) == Set(whole.trials.keys), "\(goal) after \(most)")
                #expect(first.options.count + again.options.count == meter.options.count)
            }
        }
    }

    @Test("What a sensitivity measured is not measured again")
    func shared() throws {
        let (fresh, meter) = (Meter(), Meter())
        let start = try search(SearchGoal(.bytes(2_000)), meter).start
        for (name, size) in zip(Self.names, Self.sizes) {
            for amount in 1..<10 {
                meter.known.append(Self.figure(option(Double(amount) / 10, of: layer(name, size)), in: start, examples: 2_000))
            }
        }
        try search(SearchGoal(.bytes(2_000)), fresh).run()
        try search(SearchGoal(.bytes(2_000)), meter).run()
        // Only what lies beside the chosen ones is new.
        #expect(fresh.options.count >= 27 && meter.options.count <= 12)
    }

    private static func time(of weight: String, kept: Double) -> Double {
        let place = names.firstIndex(of: weight) ?? 0
        return Double(sizes[place]) / 1_000 * min(1, 2 * kept)
    }

    @Test("A second budget on milliseconds is kept, what is no layer among them")
    func milliseconds() throws {
        let meter = Meter()
        meter.hasTimes = true
        let free = try search(SearchGoal(.bytes(5_000)), meter)
        try free.run()
        let before = try #require(free.best?.figures.millisecondSum)
        let search = try search(SearchGoal(.bytes(5_000), milliseconds: 0.6 * before), meter)
        try search.run()
        let best = try #require(search.best)
        let time = try #require(best.figures.millisecondSum)
        #expect(time <= 0.6 * before && time > 0.5 && (best.figures.bytes ?? .max) <= 5_000)
        // Without zeros that make layers faster no plan is within it.
        #expect(best.choice.contains { $0.pruning.amount > 0.5 } && best.figures.loss >= free.best?.figures.loss ?? .infinity)
    }

    @Test("A second budget on multiply-adds is kept")
    func products() throws {
        let search = try search(SearchGoal(.bytes(4_000), products: 5_000), Meter())
        try search.run()
        let best = try #require(search.best)
        #expect(best.figures.productSum <= 5_000 && (best.figures.bytes ?? .max) <= 4_000)
    }
}
