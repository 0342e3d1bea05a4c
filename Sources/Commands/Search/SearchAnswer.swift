import Compression
import Engine
import Exports
import Foundation
import Frames
import Networks
import Reports
import Screens

/// What a search came to: predicted, measured where it was chosen, and confirmed, side by side.
struct SearchAnswer {
    let network: Network
    let goal: SearchGoal
    /// Milliseconds of the network under the plan, measured whole; nil where that was not asked for, of another device, and where others disturbed it.
    var whole: Double?
    let plan: ResolvedPlan
    let trial: PlanSearch.Trial
    let confirmed: SearchFigures
    let trials: Int
    /// Options that are known, and those of them that this run measured.
    let options: Int
    let measured: Int
    let switches: Int
    let improvements: Int
    let wasEnded: Bool

    /// Decided by the examples that nothing was chosen on.
    var isMet: Bool { goal.isMet(by: confirmed) }

    private var numbers: NumberFormat { .unicode }

    /// Whether the interval of what was confirmed lies within, or beyond, what the figure may lose.
    private var standing: String {
        guard case .loss(let budget) = goal.aim else { return isMet ? "met" : "not met" }
        guard !isMet else { return "met" }
        return confirmed.beyond.map { $0.high < -budget } ?? true ? "not met" : "not known: the interval reaches beyond what may be lost"
    }

    private func change(_ value: Double) -> String {
        confirmed.measure == "r2" ? numbers.signed(value, digits: 4) : numbers.signed(100 * value, digits: 2) + " points"
    }

    private func measured(_ name: String, _ figures: SearchFigures) -> String {
        let beyond = figures.beyond.map { ", on others like them \(change($0.low)) … \(change($0.high))" } ?? ""
        return
            "\(name) \(figures.measure) \(numbers.qualityText(figures.original, figures.measure)) → "
            + "\(numbers.qualityText(figures.value, figures.measure)), \(change(figures.difference)) "
            + "(+\(figures.gains) −\(figures.losses) of \(numbers.integer(figures.count)))\(beyond); "
            + "loss \(numbers.signed(figures.loss, digits: 4))"
    }

    var text: String {
        var table = TextTable([("layer", .left), ("plan", .left), ("bytes", .right)])
        table.rows = network.layers.map { layer in
            [layer.name, Self.words(plan[layer.weight]), numbers.integer(trial.figures.layerBytes[layer.weight])]
        }
        let bytes = trial.figures.bytes ?? 0
        let came = network.storedByteCount
        let lines =
            [
                "goal      \(goal.words): \(standing)",
                "file      \(numbers.integer(bytes)) B, \(numbers.ratio(Double(came) / Double(max(1, bytes)))) smaller; "
                    + "predicted \(numbers.integer(Int(trial.predictedBytes.rounded())))",
                "predicted loss \(numbers.signed(trial.predictedLoss, digits: 4)), the sum of what single layers lose",
                measured("choose   ", trial.figures) + "; chosen among \(numbers.count(trials, "measured plan")) on these examples",
                measured("confirm  ", confirmed),
                "products  \(numbers.integer(Int(trial.figures.productSum.rounded()))) multiply-adds of nonzero weights, for one example",
            ] + (time.map { [$0] } ?? []) + [
                "\(numbers.count(options, "option")) of layers, \(numbers.count(switches, "switch", "switches")) tried, \(improvements) brought something"
                    + (wasEnded ? "; ended early" : "")
            ]
        return table.text + "\n\n" + lines.joined(separator: "\n")
    }

    /// What the sum of the layers expects, and what the network takes.
    private var time: String? {
        guard let expected = trial.figures.millisecondSum else { return nil }
        let found = whole.map { ", \(numbers.significant($0, 3)) ms measured whole" } ?? ", not measured whole"
        return "time      ~\(numbers.significant(expected, 3)) ms by its layers\(found) (\(goal.device ?? ""))"
    }

    /// `level 0.90, 8 centroids`.
    static func words(_ plan: LayerPlan) -> String {
        var parts: [String] = []
        if plan.pruning.amount > 0 {
            parts.append("\(plan.pruning.criterion.rawValue) \(NumberFormat.unicode.significant(plan.pruning.amount, 3))")
        }
        switch plan.weights {
        case .float32: break
        case .shared(let sharing): parts.append("\(1 << sharing.bits) centroids")
        case .linear(let linear): parts.append("\(linear.bits) bits")
        default: parts.append(plan.weights.name)
        }
        if let pattern = plan.pattern { parts.insert(pattern.rawValue, at: 0) }
        if plan.readsInputs { parts.append(plan.fitting.rawValue) }
        return parts.isEmpty ? "as it is" : parts.joined(separator: ", ")
    }

    func json() throws -> String {
        func figures(_ found: SearchFigures) -> JSONFigure {
            [
                "examples": .integer(found.count), "original": .number(found.original), "value": .number(found.value),
                "difference": .number(found.difference), "gains": .integer(found.gains), "losses": .integer(found.losses),
                "low": .number(found.beyond?.low), "high": .number(found.beyond?.high), "loss": .number(found.loss),
                "measure": .string(found.measure),
            ]
        }
        let layers = network.layers.map { layer -> JSONFigure in
            [
                "name": .string(layer.name), "weight": .string(layer.weight), "plan": .string(Self.words(plan[layer.weight])),
                "bytes": .integer(trial.figures.layerBytes[layer.weight]), "macs": .number(trial.figures.products[layer.weight]),
            ]
        }
        let (first, amount): (String, JSONFigure) =
            switch goal.aim {
            case .bytes(let limit): ("bytes", .integer(limit))
            case .loss(let budget): ("loss", .number(budget))
            }
        let aim: JSONFigure = .object([first: amount, "macs": .number(goal.products), "ms": .number(goal.milliseconds)])
        let answer: JSONFigure = [
            "event": .string("result"), "goal": aim, "isMet": .boolean(isMet), "standing": .string(standing),
            "bytes": .integer(trial.figures.bytes), "originalBytes": .integer(network.storedByteCount),
            "predictedBytes": .number(trial.predictedBytes), "predictedLoss": .number(trial.predictedLoss),
            "choose": figures(trial.figures), "confirm": figures(confirmed), "macs": .number(trial.figures.productSum),
            "ms": .number(trial.figures.millisecondSum), "msMeasured": .number(whole), "device": .text(goal.device),
            "layers": .list(layers), "plan": .string(try PlanFile.text(of: CompressionPlan(resolved: plan))),
            "options": .integer(options), "measured": .integer(measured), "plans": .integer(trials), "switches": .integer(switches),
            "improvements": .integer(improvements),
            "wasEnded": .boolean(wasEnded),
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(answer), as: UTF8.self)
    }
}
