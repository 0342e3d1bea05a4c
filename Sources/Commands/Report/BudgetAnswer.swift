import Compression
import Engine
import Foundation
import Frames
import Networks
import Reports

/// What a budget gives the layers, as text and as JSON.
struct BudgetAnswer {
    let plan: CompressionPlan
    private let network: Network
    private let budget: NetworkBudget
    private let share: Double
    private let allocation: RankAllocation
    private let report: SpectraReport
    private let times: LayerTimes?
    /// Milliseconds of the network under the plan, measured whole.
    var whole: Double?

    /// Throws where the shapes of the network don't fit, or the plan does not.
    init(
        _ amount: BudgetAmount, isUniform: Bool, network: Network, plan: ResolvedPlan, pinned: Set<String>, report: SpectraReport,
        driver: TrainingDriver, times: LayerTimes? = nil
    ) throws {
        let plans = Dictionary(uniqueKeysWithValues: network.layers.map { ($0.weight, plan[$0.weight]) })
        var (bytes, factors) = ([String: Int](), report.bytes)
        if amount.unit == .bytes, plans.values.contains(where: { $0.ofParameters != .unchanged }) {
            let dense = plan.taking(plans.filter { $0.value.weights.isProduct }.mapValues { _ in .unchanged })
            let made = try driver.measure(CompressionPlan(resolved: dense), base: nil).layers
            bytes = Dictionary(uniqueKeysWithValues: made.map { ($0.layer.weight, $0.summary.estimatedBytes) })
        }
        if amount.unit == .bytes, pinned.contains(where: { plans[$0]?.partsInForce != nil }) {
            for layer in try driver.measure(CompressionPlan(resolved: plan), base: nil).layers {
                factors[layer.layer.weight, default: FactorBytes()].take(layer.summary)
            }
        }
        do throws(ShapeError) {
            budget = try NetworkBudget(
                amount.unit, network: network, plans: plans, spectra: report.spectra, pinned: pinned, bytes: bytes,
                factors: factors, times: times)
        } catch {
            throw CommandFailure("\(error.node): expected \(error.expected), found \(error.actual)", .badData)
        }
        guard budget.dense > 0 else {
            let isTimed = amount.unit == .milliseconds && !network.isWeightsOnly
            let reason =
                isTimed
                ? "no layer has a time: others had the processor too often, or the table lacks them all. Try again, or name another unit."
                : "the network has no \(amount.unit.word) to share out: it has weights without a graph. Name another unit."
            throw CommandFailure(reason, .badData)
        }
        (self.network, self.report, self.times) = (network, report, times)
        share = amount.share(of: budget.dense)
        allocation = isUniform ? budget.uniform(share: share) : budget.allocation(share: share)
        self.plan = CompressionPlan(resolved: plan.taking(budget.plans(for: allocation)))
    }

    /// Whether even the cheapest ranks cost more than the budget.
    private var isOutOfReach: Bool { share * budget.dense < budget.curve.smallest }

    /// Why nothing is written: even the cheapest ranks cost more; nil where they do not.
    var refusal: String? {
        guard isOutOfReach else { return nil }
        let (least, share) = (budget.curve.smallest, (1000 * budget.curve.smallest / budget.dense).rounded(.up) / 10)
        let cost = "\(NumberFormat(glyphs: .unicode).significant(least)) \(budget.unit.word)"
        return "no choice of ranks costs less than \(cost). Name \(budget.unit.word):\(share)% or more, or pin less; nothing was written."
    }

    private var key: CalibrationKey { .standard }

    /// What it is made of and was not measured on this machine.
    var unmeasured: [LayerWork] { times?.unmeasured(budget.plans(for: allocation), network.layers) ?? [] }

    /// The network with the factors of the plan, without their values.
    var factored: Network {
        let plans = budget.plans(for: allocation)
        let made = network.layers.compactMap { layer in
            (plans[layer.weight]?.factorization(of: layer.geometry)).map { (layer.weight, $0) }
        }
        return network.applying(.factorize(Dictionary(uniqueKeysWithValues: made)))
    }

    /// What milliseconds are of, and how far the network under the plan, measured whole, is from what was said.
    private func timing(_ numbers: NumberFormat) -> [String] {
        guard let times else { return [] }
        var lines = ["ms are of float32 kernels on \(times.table.device.words); ~ was not measured but read off a staircase"]
        if !budget.unknown.isEmpty { lines.append("not timed, and in no sum: \(budget.unknown.joined(separator: ", "))") }
        if times.table.device.isLocal, whole == nil || !unmeasured.isEmpty {
            lines.append("not all of it could be timed, for others had the processor too often: asked again, Pare tries again")
        }
        if let whole {
            let part = allocation.cost > 0 ? ", \(numbers.signed(100 * (whole / allocation.cost - 1), digits: 1)) % beside the sum" : ""
            lines.append("the network under the plan, measured whole: \(numbers.significant(whole)) ms\(part)")
        }
        return lines
    }

    func text(_ accuracy: AccuracyReport?, repaired: AccuracyReport? = nil) -> String {
        let numbers = NumberFormat(glyphs: .unicode)
        func amount(_ cost: Double, _ isEstimate: Bool = false) -> String {
            let text = budget.unit == .milliseconds ? numbers.significant(cost) : numbers.integer(Int(min(cost.rounded(), 1e18)))
            return (isEstimate ? "~" : "") + text
        }
        var table = TextTable([
            ("layer", .left), ("rank", .right), ("of", .right), ("energy kept", .right), (budget.unit.word, .right), ("last step", .right),
            ("next step", .right),
        ])
        let choices = Dictionary(uniqueKeysWithValues: allocation.choices.map { ($0.weight, $0) })
        for layer in network.layers {
            guard let choice = choices[layer.weight] else {
                table.rows.append([layer.name, layer.hasSpectrum ? "as it is" : "no factors", "", "", "", "", ""])
                continue
            }
            func gain(_ value: Double?) -> String { value.map { numbers.significant($0 * budget.dense) } ?? "" }
            table.rows.append([
                layer.name, choice.option.rank.map { numbers.integer($0) } ?? "dense", numbers.integer(Self.largest(layer)),
                numbers.percent(choice.option.energy), amount(choice.option.cost, choice.option.isEstimate),
                gain(choice.lastGain), gain(choice.nextGain),
            ])
        }
        let kept = numbers.percent(budget.energy(allocation))
        let of = report.weighting == .outputs ? "outputs on \(key.examples) training examples (seed \(key.seed))" : "weights"
        var lines = [
            "\(budget.unit.word) at most \(amount(share * budget.dense)) of \(amount(budget.dense)): \(amount(allocation.cost, budget.isEstimate(allocation)))",
            "energy kept \(kept) of the \(of), mean over the layers", "", table.text,
            "steps: energy for the cost of the whole network; last: over the best cheaper rank, next: of the best dearer one",
        ]
        if isOutOfReach { lines.append("no choice is cheaper than \(amount(budget.curve.smallest))") }
        lines += timing(numbers)
        if let accuracy {
            lines += [
                "",
                "accuracy \(numbers.percent(accuracy.original, digits: 2)) \u{2192} \(numbers.percent(accuracy.current, digits: 2)) on \(accuracy.count) examples",
            ]
            if let repaired { lines.append("repaired \(numbers.percent(repaired.current, digits: 2))") }
        }
        return lines.joined(separator: "\n")
    }

    func json(_ accuracy: AccuracyReport?, repaired: AccuracyReport? = nil, warnings: [String] = []) throws -> String {
        let choices = Dictionary(uniqueKeysWithValues: allocation.choices.map { ($0.weight, $0) })
        let options = Dictionary(uniqueKeysWithValues: budget.curve.layers.map { ($0.weight, $0.options) })
        let layers = network.layers.map { layer -> JSONFigure in
            let choice = choices[layer.weight]
            return [
                "name": .string(layer.name), "weight": .string(layer.weight), "largest": .integer(Self.largest(layer)),
                "hasChoice": .boolean(choice != nil), "rank": .integer(choice?.option.rank), "cost": .number(choice?.option.cost),
                "keptEnergy": .number(choice?.option.energy), "lastGain": .number(choice?.lastGain), "nextGain": .number(choice?.nextGain),
                "options": .list(
                    (options[layer.weight] ?? []).map { option in
                        [
                            "rank": .integer(option.rank), "cost": .number(option.cost), "keptEnergy": .number(option.energy),
                            "estimated": .boolean(option.isEstimate),
                        ]
                    }),
            ]
        }
        let answer: JSONFigure = [
            "event": .string("result"), "unit": .string(budget.unit.word), "weighting": .string(report.weighting.rawValue),
            "remark": .text(report.remark), "warnings": .list(warnings.map { .text($0) }),
            "calibration": ["examples": .integer(key.examples), "seed": .integer(Int(key.seed))], "budget": .number(share * budget.dense),
            "cost": .number(allocation.cost), "isMet": .boolean(!isOutOfReach),
            "dense": .number(budget.dense), "smallest": .number(budget.curve.smallest),
            "keptEnergy": .number(budget.energy(allocation)), "layers": .list(layers), "accuracy": .number(accuracy?.current),
            "originalAccuracy": .number(accuracy?.original), "repairedAccuracy": .number(repaired?.current),
            "split": .text(accuracy?.split.rawValue),
            "device": .text(times?.table.device.words), "estimated": .boolean(budget.isEstimate(allocation)),
            "notMeasured": .list(budget.unknown.map { .text($0) }), "network": .number(whole),
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(answer), as: UTF8.self)
    }

    private static func largest(_ layer: Layer) -> Int { FactorMethod.channel.largestRanks(of: layer.geometry).first ?? 0 }
}
