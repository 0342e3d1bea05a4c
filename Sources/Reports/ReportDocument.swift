import Compression
import Foundation
import Networks

/// A report as `pare report --json` prints it; a figure that does not exist is null.
///
/// Fractions are 0…1, sizes in bytes, signal to noise in dB, entropies in nats.
public struct ReportDocument: Sendable {
    private let report: Report
    private let warnings: [String]

    /// - Parameter warnings: What of its plan has no effect, a sentence each.
    public init(_ report: Report, warnings: [String] = []) { (self.report, self.warnings) = (report, warnings) }

    /// Pretty-printed UTF-8 with sorted keys and a final line break.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(figures) + Data("\n".utf8)
    }

    /// The whole document as nested figures.
    var figures: JSONFigure {
        [
            "network": Self.network(report.network), "against": report.against.map(Self.network) ?? .null,
            "data": report.data.map(Self.data) ?? .null,
            "accuracy": report.accuracy.flatMap { $0.isAgreement || $0.figure != nil ? nil : Self.accuracy($0) } ?? .null,
            "figure": report.accuracy.flatMap { report in report.figure.map { Self.figure($0, report) } } ?? .null,
            "fidelity": report.accuracy.flatMap { report in report.fidelity.map { Self.fidelity($0, report) } } ?? .null,
            "verdict": report.accuracy?.verdict(allowing: report.budget).map(Self.verdict) ?? .null,
            "agreement": report.accuracy.flatMap { $0.isAgreement && $0.fidelity == nil ? Self.agreement($0) : nil } ?? .null,
            "bytes": [
                "original": .integer(report.bytes.original), "compressed": .integer(report.bytes.compressed),
                "layers": .integer(report.bytes.layers), "others": .integer(report.bytes.others), "ratio": .number(report.bytes.ratio),
                "stored": .integer(report.bytes.stored), "came": .integer(report.bytes.came),
                "ratioOfCame": .number(report.bytes.ratioOfCame),
                "accounting": .text(report.bytes.accounting), "estimated": .boolean(true),
                "file": .integer(report.fileBytes), "fileOthers": .integer(report.rest.flatMap { $0.isExact ? $0.count : nil }),
            ],
            "sparsity": .number(report.layers.isEmpty ? nil : report.sparsity),
            "temperature": .number(report.plan.temperature),
            "sums": report.sums.map(Self.sums) ?? .null, "layers": .list(report.layers.map(Self.layer)),
            "inputs": .list(
                (report.inputs ?? []).map { input in
                    [
                        "name": .text(input.name), "type": .text(input.type), "shape": .text(input.shape),
                        "value": .text(input.value ?? "0"), "assumed": .boolean(input.value == nil),
                    ]
                }),
            "notRun": .list(
                (report.unused ?? []).map { part in
                    ["node": .text(part.node), "reason": .text(part.reason), "parameters": .integer(part.parameters)]
                }),
            "output": report.output.map(Self.output) ?? .null,
            "batchOne": report.batchOne.map(Self.batchOne) ?? .null,
            "warnings": .list(warnings.map { .text($0) }),
            "latency": report.latency.map { latency($0) } ?? .null,
            "environment": [
                "pareVersion": .text(report.environment.pareVersion), "kernels": .text(report.environment.kernels),
                "instructionSet": .text(report.environment.instructionSet),
                "threads": .integer(report.environment.threads),
            ],
        ]
    }

    private static func verdict(_ verdict: Verdict) -> JSONFigure {
        [
            "difference": .number(verdict.difference), "low": .number(verdict.interval.low), "high": .number(verdict.interval.high),
            "scope": .text(verdict.scope.rawValue), "word": .text(verdict.word.rawValue), "budget": .number(verdict.budget),
            "standing": .text(verdict.standing?.rawValue), "needed": .integer(verdict.needed),
        ]
    }

    private static func output(_ fact: OutputFact) -> JSONFigure {
        ["name": .text(fact.name), "others": .list(fact.others.map { .text($0) }), "equal": .list(fact.equal.map { .text($0) })]
    }

    private static func batchOne(_ fact: BatchOneFact) -> JSONFigure {
        [
            "input": .text(fact.input), "ranges": .integer(fact.ranges),
            "wholeInput": fact.wholeInput.map { .list($0.map(JSONFigure.integer)) } ?? .null,
            "wholeInputs": fact.wholeInputs.map { inputs in
                .list(inputs.map { ["name": .text($0.name), "shape": .list($0.shape.map(JSONFigure.integer))] })
            } ?? .null,
        ]
    }

    private static func sums(_ sums: SumsReport) -> JSONFigure {
        [
            "bits": .integer(sums.quantization.bits), "clip": .text(sums.quantization.clip?.rawValue),
            "quantized": .list(sums.quantized.map(JSONFigure.text)), "left": .list(sums.left.map(JSONFigure.text)),
        ]
    }

    /// Milliseconds of one batch; a layer that was not measured is null.
    private func latency(_ latency: LatencySum) -> JSONFigure {
        let layers = report.layers.map { layer -> JSONFigure in
            let time = latency.layers[layer.weight]
            return [
                "name": .text(layer.weight), "milliseconds": .number(time?.milliseconds),
                "estimated": time.map { .boolean($0.isEstimate) } ?? .null,
                "int8Milliseconds": .number(latency.int8?[layer.weight]?.milliseconds),
                "listsMilliseconds": .number(latency.lists?[layer.weight]?.milliseconds),
                "listsEstimated": latency.lists?[layer.weight].map { .boolean($0.isEstimate) } ?? .null,
            ]
        }
        return [
            "device": .text(latency.device.name), "instructionSet": .text(latency.device.instructionSet),
            "threads": .integer(latency.device.threads > 0 ? latency.device.threads : nil),
            "batch": .integer(latency.device.batch > 0 ? latency.device.batch : nil), "kernels": .text(latency.device.kernels),
            "layers": .list(layers), "sum": .number(latency.sum?.milliseconds),
            "sumEstimated": latency.sum.map { .boolean($0.isEstimate) } ?? .null, "others": .number(latency.others),
            "network": .number(latency.whole), "residue": .number(latency.residue),
            "networkByLists": .number(latency.wholeByLists),
        ]
    }

    private static func network(_ network: NetworkIdentity) -> JSONFigure {
        [
            "name": .text(network.name), "parameters": .integer(network.parameters), "sha256": .text(network.sha256),
            "fileBytes": .integer(network.fileBytes),
        ]
    }

    private static func data(_ data: DataIdentity) -> JSONFigure {
        [
            "name": .text(data.name), "split": .text(data.split.rawValue), "count": .integer(data.count),
            "sha256": .text(data.sha256), "kind": .text((data.kind ?? .labelled).rawValue), "input": data.input.map(input) ?? .null,
        ]
    }

    /// Of several inputs each one's, too.
    private static func input(_ input: InputFacts) -> JSONFigure {
        guard let parts = input.parts, case .object(var fields) = one(input) else { return one(input) }
        fields["inputs"] = .list(
            parts.map { part in
                guard case .object(var own) = one(part.facts) else { return .null }
                own["name"] = .text(part.name)
                return .object(own)
            })
        return .object(fields)
    }

    private static func one(_ input: InputFacts) -> JSONFigure {
        [
            "shape": .list(input.shape.map(JSONFigure.integer)), "stored": .text(input.stored), "layout": .text(input.layout?.rawValue),
            "fitting": .text(input.fitting), "scale": .number(Double(input.normalization.scale)),
            "mean": .list(input.normalization.mean.map { .number(Double($0)) }),
            "standardDeviation": .list(input.normalization.standardDeviation.map { .number(Double($0)) }),
            "normalizationFrom": .text(input.origin.rawValue), "assumed": .list(input.assumed.map { .text($0) }),
            "storedLow": .number(Double(input.storedLow)),
            "storedHigh": .number(Double(input.storedHigh)), "low": .number(Double(input.low)), "high": .number(Double(input.high)),
            "notFinite": .integer(input.notFinite),
        ]
    }

    /// Without labels: how far the plan's network agrees with the original.
    private static func agreement(_ report: AccuracyReport) -> JSONFigure {
        [
            "with": .text("original"), "on": .text(report.exampleName + "s"), "share": .number(report.current),
            "low": .number(report.interval.low), "high": .number(report.interval.high), "evaluated": .integer(report.evaluated),
            "exact": .boolean(report.isExact), "changed": .integer(report.losses), "cosine": .number(report.cosine),
            "divergence": .number(report.divergence), "logitsLeftOut": .integer(report.logitsLeftOut),
            "notANumber": .integer(report.notANumber), "seed": .text(String(report.seed)),
        ]
    }

    /// Of labels of positions, several labels or values; what is counted is the answers, and the intervals are by examples.
    private static func figure(_ found: OutputFigure, _ report: AccuracyReport) -> JSONFigure {
        let rows = found.rows.map { row -> (String, JSONFigure) in
            (row.name.rawValue, ["original": .number(row.original), "current": .number(row.current)])
        }
        return [
            "measure": .text(found.reading.measure.rawValue), "original": .number(report.original), "current": .number(report.current),
            "low": .number(report.interval.low), "high": .number(report.interval.high), "difference": .number(found.difference),
            "differenceLow": .number(found.differenceInterval.low), "differenceHigh": .number(found.differenceInterval.high),
            "evaluated": .integer(report.evaluated), "exact": .boolean(report.isExact), "examples": .integer(found.examples),
            "shape": .list(found.reading.shape.map(JSONFigure.integer)), "counts": .text(found.reading.answerName),
            "counted": .integer(found.counted), "ignored": .integer(found.ignored), "leftOut": .integer(found.leftOut),
            "gains": .integer(report.gains), "losses": .integer(report.losses),
            "assumed": found.reading.assumed.map { .text($0) } ?? .null,
            "figures": .object(Dictionary(rows) { first, _ in first }), "seed": .text(String(report.seed)),
        ]
    }

    /// Of an output that is no list of classes: how near it comes to the original's.
    private static func fidelity(_ found: Fidelity, _ report: AccuracyReport) -> JSONFigure {
        [
            "output": .text(found.output), "before": found.before.map { .text($0) } ?? .null,
            "shape": .list(found.shape.map(JSONFigure.integer)), "on": .text(report.exampleName + "s"),
            "cosine": .number(report.cosine), "low": .number(report.interval.low), "high": .number(report.interval.high),
            "squaredError": .number(found.squaredError), "decibels": .number(found.decibels.flatMap { $0.isFinite ? $0 : nil }),
            "largestDeviation": .number(found.largest), "agreement": .number(found.agreement), "evaluated": .integer(report.evaluated),
            "exact": .boolean(report.isExact),
            "examples": .integer(found.examples), "leftOut": .integer(report.logitsLeftOut), "seed": .text(String(report.seed)),
        ]
    }

    private static func accuracy(_ accuracy: AccuracyReport) -> JSONFigure {
        [
            "original": .number(accuracy.original), "current": .number(accuracy.current),
            "low": .number(accuracy.interval.low), "high": .number(accuracy.interval.high),
            "evaluated": .integer(accuracy.evaluated), "exact": .boolean(accuracy.isExact),
            "gains": .integer(accuracy.gains), "losses": .integer(accuracy.losses),
            "mcNemar": accuracy.mcNemar < McNemar.leastPValue ? .null : .number(accuracy.mcNemar),
            "mcNemarLog10": .number(accuracy.mcNemarLog10), "agreement": .number(accuracy.agreement),
            "crossEntropy": .number(accuracy.crossEntropy),
            "originalCrossEntropy": .number(accuracy.originalCrossEntropy), "crossEntropyLeftOut": .integer(accuracy.crossEntropyLeftOut),
            "logitsLeftOut": .integer(accuracy.logitsLeftOut),
            "cosine": .number(accuracy.cosine), "divergence": .number(accuracy.divergence), "nearChance": .boolean(accuracy.isNearChance),
            "topFive": .number(accuracy.topFive), "notANumber": .integer(accuracy.notANumber),
            "perClass": .list(accuracy.perClass.map(JSONFigure.number)),
            "classes": .integer(accuracy.confusion.classCount),
            "confusion": .list(
                accuracy.confusion.cells.map {
                    ["label": .integer($0.label), "prediction": .integer($0.prediction), "count": .integer($0.count)]
                }),
            "seed": .text(String(accuracy.seed)), "arithmetic": arithmetic(accuracy),
        ]
    }

    /// How layers on a grid were computed; null where none reads levels.
    private static func arithmetic(_ accuracy: AccuracyReport) -> JSONFigure {
        guard let name = accuracy.arithmeticName, let layers = accuracy.arithmetic else { return .null }
        let list = layers.map { layer -> JSONFigure in
            [
                "name": .text(layer.weight), "integer": .boolean(layer.obstacle == nil),
                "reason": layer.obstacle.map { .text($0.words(LayerName.owner(of: layer.weight))) } ?? .null,
            ]
        }
        return ["kind": .text(name), "layers": .list(list)]
    }

    /// A layer, with its factors from left to right where it is a product.
    private static func layer(_ layer: LayerSummary) -> JSONFigure {
        var figures = self.figures(layer)
        if let parts = layer.parts, case .object(var fields) = figures {
            fields["parts"] = .list(parts.reversed().map(self.figures))
            figures = .object(fields)
        }
        return figures
    }

    private static func figures(_ layer: LayerSummary) -> JSONFigure {
        [
            "name": .text(layer.weight), "shape": .list(layer.shape.dimensions.map(JSONFigure.integer)),
            "weights": .integer(layer.weights), "standardDeviation": .number(layer.standardDeviation),
            "ratio": layer.plan.pruning.criterion == .ratio && layer.plan.hasAmount ? .number(layer.plan.pruning.amount) : .null,
            "level": layer.plan.pruning.criterion == .level && layer.plan.hasAmount ? .number(layer.plan.pruning.amount) : .null,
            "keep": layer.plan.keep.map(JSONFigure.integer) ?? .null,
            "pattern": layer.plan.pattern.map { .text($0.rawValue) } ?? .null,
            "threshold": layer.plan.pattern == nil || layer.plan.bypass ? .number(layer.threshold) : .null,
            "kept": .number(layer.kept), "sparsity": .number(layer.sparsity),
            "representation": .text(layer.plan.weights.name), "bits": .integer(layer.stored.bits),
            "stored": .text(layer.stored.name), "rank": .integer(layer.factorization?.first),
            "outputRank": .integer(layer.factorization.flatMap { $0.ranks.count > 1 ? $0.last : nil }),
            "keptEnergy": .number(layer.keptEnergy),
            "keptEnergyOf": .text(layer.keptEnergy.map { _ in layer.plan.readsOutputs ? "outputs" : "weights" }),
            "fit": fit(layer), "bypass": .boolean(layer.plan.bypass), "biases": .text(layer.plan.biases.rawValue),
            "centroids": .list(
                layer.codebook.map {
                    [
                        "value": .number($0.value), "count": .integer($0.count),
                        "squaredError": .number($0.squaredError),
                    ]
                }),
            "ladder": ladder(layer),
            "steps": .integer(layer.steps), "distanceFromOptimum": .number(layer.distanceFromOptimum),
            "distanceBound": .number(layer.distanceBound),
            "signalToNoise": [
                "pruning": .number(layer.signalToNoise.pruning),
                "representation": .number(layer.signalToNoise.representation),
                "whole": .number(layer.signalToNoise.whole),
            ],
            "bytes": [
                "dense": .integer(layer.bytes.dense), "sparse": .integer(layer.bytes.sparse),
                "huffman": .integer(layer.bytes.huffman), "fillers": .integer(layer.bytes.fillers),
                "indexBits": .integer(layer.bytes.indexBits), "valueBits": .integer(layer.bytes.valueBits),
                "file": .integer(layer.fileBytes),
            ],
        ]
    }

    /// What fitting a layer to its inputs took and gained; null where it was not done.
    private static func fit(_ layer: LayerSummary) -> JSONFigure {
        guard let fit = layer.fit else { return .null }
        return [
            "examples": .integer(fit.examples), "seed": .integer(Int(clamping: fit.seed)), "columns": .integer(fit.columns),
            "damping": .number(fit.damping), "raised": .integer(fit.raised), "mask": .text(layer.plan.masking.rawValue),
            "groups": .integer(fit.groups), "roundedAlone": .integer(fit.failedGroups),
            "errorBefore": .number(fit.errorBefore), "errorAfter": .number(fit.errorAfter),
        ]
    }

    /// What the weights take by other ways, the bound that no code without contexts passes, and from when on an index pays.
    private static func ladder(_ layer: LayerSummary) -> JSONFigure {
        let ladder = ByteLadder(layer, file: nil)
        return [
            "entropyBytes": .integer(ladder.entropyBytes), "breakEven": .number(ladder.breakEven),
            "rungs": .list(ladder.rungs.filter { !$0.isBound }.map { ["name": .text($0.name), "bytes": .integer($0.bytes)] }),
        ]
    }
}
