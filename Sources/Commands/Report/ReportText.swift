import Compression
import Frames
import Reports
import Screens

/// A report as text for people.
enum ReportText {
    private static let numbers = NumberFormat.unicode

    /// Network, layers, accuracy and size, one below the other.
    static func text(_ report: Report) -> String {
        [
            header(report), remarked(report), measured(report), size(report),
            report.latency.map(time),
        ].compactMap(\.self).joined(
            separator: "\n\n")
    }

    /// The layers, and what is to be said of them.
    private static func remarked(_ report: Report) -> String {
        let remarks = [notKept(report.layers), ranks(report.layers), report.sums.map { "sums: \($0.sentence)" }]
        return ([layers(report).text] + remarks.compactMap(\.self)).joined(separator: "\n")
    }

    private static func header(_ report: Report) -> String {
        let data =
            report.data.map { data in
                data.kind == .generated
                    ? " on \(numbers.integer(data.count)) \(data.name)"
                    : " on \(data.name) \(data.split.rawValue), "
                        + numbers.count(data.count, data.kind == .unlabelled ? "unlabelled example" : "example")
            } ?? ""
        let input = report.data?.input.map { "\ninput      \($0.sentence)" } ?? ""
        let against =
            report.against.map {
                "\nagainst    \($0.name), \(numbers.count($0.parameters, "parameter")): accuracy and sizes are held against it; σ, ratio and dB are of the file itself"
            } ?? ""
        return "\(report.network.name), \(numbers.count(report.network.parameters, "parameter"))\(data)\(against)\(input)"
    }

    /// The figures of the output, and the verdict on them.
    private static func measured(_ report: Report) -> String {
        guard let accuracy = report.accuracy else { return "accuracy: not measured" }
        let isPlanned = accuracy.gains + accuracy.losses > 0 || accuracy.difference != 0 || report.budget != nil
        guard isPlanned, let verdict = VerdictText(accuracy, allowing: report.budget, numbers: numbers) else { return figures(accuracy) }
        return figures(accuracy) + "\nverdict    " + verdict.sentence(isAgreement: accuracy.isAgreement)
    }

    private static func figures(_ report: AccuracyReport) -> String {
        if let found = report.figure { return figure(found, report) }
        if let found = report.fidelity { return fidelity(found, report) }
        return report.isAgreement ? agreement(report) : accuracy(report)
    }

    /// Of labels of positions, several labels or values: `mIoU       61.20 % → 60.87 % (exact on 1,000)`.
    private static func figure(_ found: OutputFigure, _ report: AccuracyReport) -> String {
        let words = FigureText(figure: found, numbers: numbers)
        let isShare = found.reading.measure != .r2
        func text(_ value: Double) -> String { isShare ? numbers.percent(value, digits: 2) : numbers.decimal(value, digits: 4) }
        let extent =
            report.isExact
            ? "exact on \(numbers.integer(report.count))"
            : "\(text(report.interval.low)) … \(text(report.interval.high)), measured on \(numbers.integer(report.evaluated)) of "
                + numbers.integer(report.count)
        let name = report.figureName.padding(toLength: max(11, report.figureName.count + 1), withPad: " ", startingAt: 0)
        let left = report.count < found.examples ? "; of \(numbers.integer(found.examples)): --memory holds the outputs of no more" : ""
        let changed =
            found.reading.decision == .values
            ? ""
            : ": +\(numbers.integer(report.gains)) −\(numbers.integer(report.losses)) of \(numbers.count(found.counted, found.reading.answerName))"
        let lines = [
            "\(name)\(text(report.original)) → \(text(report.current)) (\(extent)\(left))", "paired     \(words.difference)\(changed)",
            "figures    \(words.rows("→").joined(separator: ", "))", "output     \(found.reading.sentence)",
            report.fidelity.map {
                "original   cosine \(numbers.decimal(report.cosine, digits: 6)), error \(decibels($0)) relative to it"
            }, report.arithmeticSentence.map { "arithmetic \($0)" },
        ]
        return (lines.compactMap(\.self) + words.remarks.map { "note       \($0)" }).joined(separator: "\n")
    }

    /// Of an output that is no list of classes: `fidelity   cosine 0.998731 on 1,000 generated inputs (exact)`.
    private static func fidelity(_ found: Fidelity, _ report: AccuracyReport) -> String {
        let extent =
            report.isExact
            ? "exact"
            : "\(numbers.decimal(report.interval.low, digits: 6)) … \(numbers.decimal(report.interval.high, digits: 6)), measured on "
                + numbers.integer(report.evaluated)
        let left = report.count < found.examples ? ", of \(numbers.integer(found.examples)): --memory holds the outputs of no more" : ""
        let lines = [
            "fidelity   cosine \(numbers.decimal(report.cosine, digits: 6)) on \(numbers.count(report.count, report.exampleName)) (\(extent))\(left)",
            "error      \(decibels(found)) relative to the original, largest deviation \(numbers.significant(found.largest))"
                + leftOut(report.logitsLeftOut, "a value that is not finite"),
            found.agreement.map { "agreement  \(numbers.percent($0, digits: 2)) of the answers are the same" },
            "output     \(found.outputWords)" + (found.before == nil ? ": there is no accuracy" : ""),
            report.arithmeticSentence.map { "arithmetic \($0)" },
        ]
        return lines.compactMap(\.self).joined(separator: "\n")
    }

    private static func decibels(_ found: Fidelity) -> String {
        guard let decibels = found.decibels else { return "not known (the original gives zeros)" }
        return decibels.isFinite ? numbers.signed(decibels, digits: 1) + " dB" : "none"
    }

    /// Without labels: `agreement  98.20 % on 1,000 generated inputs (exact)`.
    static func agreement(_ report: AccuracyReport) -> String {
        let interval =
            "\(numbers.percent(report.interval.low, digits: 2)) … \(numbers.percent(report.interval.high, digits: 2)), measured on "
            + numbers.integer(report.evaluated)
        let similarity =
            report.cosine == nil
            ? "cosine and KL not measured"
            : "cosine \(numbers.decimal(report.cosine, digits: 6)), KL \(numbers.significant(report.divergence)) nats on average"
        let lines = [
            "agreement  \(numbers.percent(report.current, digits: 2)) on \(numbers.count(report.count, report.exampleName)) "
                + "(\(report.isExact ? "exact" : interval)): the same class as the original; not accuracy",
            "logits     \(similarity)\(leftOut(report.logitsLeftOut, "a logit that is not finite"))",
            report.namesOneClass ? "           the original names one class for all inputs: agreement says nothing, the logits do" : nil,
            report.notANumber > 0 ? "NaN        \(numbers.count(report.notANumber, "example")) with NaN logits" : nil,
            report.arithmeticSentence.map { "arithmetic \($0)" },
        ]
        return lines.compactMap { $0 }.joined(separator: "\n")
    }

    /// ` (12 examples with … left out)`; empty where none is.
    private static func leftOut(_ count: Int?, _ what: String) -> String {
        guard let count, count > 0 else { return "" }
        return " (\(numbers.count(count, "example")) with \(what) left out)"
    }

    private static func layers(_ report: Report) -> TextTable {
        var table = TextTable([
            ("layer", .left), ("shape", .left), ("weights", .right), ("σ", .right), ("prune", .right), ("threshold", .right),
            ("kept", .right), ("values", .left), ("bits", .right), ("used", .right), ("dB", .right), ("bytes ~", .right),
            ("file", .right),
        ])
        let layers = report.layers.flatMap { [$0] + partsToTell($0) }
        table.rows = layers.map { layer in
            [
                layer.name, layer.shape.description, numbers.integer(layer.weights), numbers.significant(layer.standardDeviation),
                pruning(layer.plan), layer.plan.pattern == nil || layer.plan.bypass ? numbers.significant(layer.threshold) : "–",
                numbers.percent(layer.kept), layer.stored.name, layer.stored.width,
                layer.codebook.isEmpty ? "–" : numbers.integer(layer.codebook.count), numbers.decibels(layer),
                numbers.integer(layer.bytes.huffman), numbers.integer(layer.fileBytes),
            ]
        }
        if let latency = report.latency {
            table.titles.append("ms")
            table.alignments.append(.right)
            let parts = Set(report.layers.flatMap { partsToTell($0).map(\.weight) })
            for (place, layer) in layers.enumerated() {
                table.rows[place].append(parts.contains(layer.weight) ? "" : milliseconds(latency.layers[layer.weight]))
            }
            for (title, times) in [("by lists", latency.lists), ("int8", latency.int8)] {
                guard let times else { continue }
                table.titles.append(title)
                table.alignments.append(.right)
                for (place, layer) in layers.enumerated() {
                    table.rows[place].append(times[layer.weight].map { milliseconds($0) } ?? "")
                }
            }
        }
        if let rest = rest(report, columns: table.titles.count) { table.rows.append(rest) }
        return table
    }

    /// The factors of a layer from left to right, where some have plans of their own.
    private static func partsToTell(_ layer: LayerSummary) -> [LayerSummary] {
        layer.plan.partsInForce == nil ? [] : (layer.parts ?? []).reversed()
    }

    /// `1.23`, `~1.23` off a staircase, `not measured`.
    private static func milliseconds(_ time: Latency?) -> String {
        time.map { ($0.isEstimate ? "~" : "") + numbers.significant($0.milliseconds) } ?? "not measured"
    }

    /// `time       12.3 ms, layers 11.0 ms, others 1.00 ms, 0.30 ms beside them: batch 16, …`.
    private static func time(_ latency: LatencySum) -> String {
        let whole = latency.whole.map { numbers.significant($0) + " ms" } ?? "not measured whole"
        let layers = latency.sum.map { "layers \(milliseconds($0)) ms" } ?? "some layers not measured"
        let others = latency.others.map { ", others \(numbers.significant($0)) ms" } ?? ""
        let residue = latency.residue.map { ", \($0 < 0 ? numbers.minus : "")\(numbers.significant(abs($0))) ms beside them" } ?? ""
        let lists = latency.wholeByLists.map { "; by lists of what is left, where that is faster, \(numbers.significant($0)) ms" }
        return "time       \(whole), \(layers)\(others)\(residue): one batch in float32, \(latency.device.words)\(lists ?? "")"
    }

    /// What belongs to no layer, so that both columns of bytes sum to the sizes below; nil without layers.
    private static func rest(_ report: Report, columns: Int) -> [String]? {
        guard !report.layers.isEmpty, report.bytes.others != nil || report.rest?.isExact == true else { return nil }
        let file = report.rest.flatMap { $0.isExact ? $0.count : nil }
        let blank = Array(repeating: "", count: columns - 3)
        return ["biases, graph"] + blank + [numbers.integer(report.bytes.others), numbers.integer(file)]
    }

    /// What a layer came with and no file keeps, in words; nil where there is nothing such.
    private static func notKept(_ layers: [LayerSummary]) -> String? {
        let lost = layers.filter(\.losesGivenCodes).map { "\($0.name) (\($0.stored.name))" }
        guard !lost.isEmpty else { return nil }
        return "not kept as such: \(lost.joined(separator: ", ")). Bytes are counted, and files written, by their float values."
    }

    /// What is to be said of ranks, a line for each layer; nil where there is nothing.
    private static func ranks(_ layers: [LayerSummary]) -> String? {
        let lines = layers.flatMap { layer in layer.remarks.filter(\.isOfRank).map { "\(layer.name): \($0.text(numbers))" } }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// `1.20 σ`, `92.0% all`, `2:4`, `50.0% blocks 8`, `95.0% ≥ 5,000` where so many weights stay at least; `bypass` for a layer that is left as it came.
    private static func pruning(_ plan: LayerPlan) -> String {
        if plan.bypass { return LayerPlan.bypassWord }
        let pruning = plan.pruning
        guard plan.prunes else { return "–" }
        if !plan.hasAmount, let pattern = plan.pattern { return pattern.rawValue }
        let scope =
            (plan.isRankedWithOthers ? " all" : "") + (plan.pattern.map { " \($0.rawValue)" } ?? "")
            + (plan.keep.map { " ≥ \(numbers.integer($0))" } ?? "")
        let isRatio = pruning.criterion == .ratio
        return (isRatio ? numbers.decimal(pruning.amount, digits: 2) + " σ" : numbers.percent(pruning.amount)) + scope
    }

    static func accuracy(_ accuracy: AccuracyReport) -> String {
        let exact =
            accuracy.isExact
            ? "exact on \(numbers.integer(accuracy.count))"
            : "\(numbers.percent(accuracy.interval.low, digits: 2)) … \(numbers.percent(accuracy.interval.high, digits: 2)), "
                + "measured on \(numbers.integer(accuracy.evaluated)) of \(numbers.integer(accuracy.count))"
        return """
            accuracy   \(numbers.percent(accuracy.original, digits: 2)) → \(numbers.percent(accuracy.current, digits: 2)) (\(exact))
            paired     +\(numbers.integer(accuracy.gains)) −\(numbers.integer(accuracy.losses)), McNemar p \(numbers.probability(accuracy.mcNemar)), \
            agreement \(numbers.percent(accuracy.agreement, digits: 2))
            CE         \(crossEntropy(accuracy))\
            \(accuracy.notANumber > 0 ? "\nNaN        \(numbers.count(accuracy.notANumber, "example")) with NaN logits, counted as wrong" : "")\
            \(accuracy.arithmeticSentence.map { "\narithmetic \($0)" } ?? "")
            """
    }

    /// `0.2048 → 0.2051 nats (cross-entropy)`.
    private static func crossEntropy(_ accuracy: AccuracyReport) -> String {
        let leftOut = leftOut(accuracy.crossEntropyLeftOut, "a cross-entropy that is not finite")
        guard let before = accuracy.originalCrossEntropy, let after = accuracy.crossEntropy else { return "not measured\(leftOut)" }
        return "\(numbers.decimal(before, digits: 4)) → \(numbers.decimal(after, digits: 4)) nats (cross-entropy)\(leftOut)"
    }

    private static func file(_ bytes: Int, _ report: Report) -> String {
        let ratio = Double(report.bytes.original) / Double(max(1, bytes))
        let ratios =
            report.bytes.cameSmaller
            ? "\(numbers.ratio(report.bytes.ratio(ofFile: bytes))) of what came, \(numbers.ratio(ratio)) of float32" : numbers.ratio(ratio)
        // Where no layer was found there is no factor.
        let factors = report.bytes.compressed == nil ? "" : ", \(ratios)"
        return "\nfile       \(numbers.integer(bytes)) B\(factors) (exact: `pare export --format pare`, biases and graph included)"
    }

    private static func size(_ report: Report) -> String {
        """
        size       \(numbers.integer(report.bytes.cameSmaller ? report.bytes.came : report.bytes.original)) → \(estimate(report.bytes))
        zeros      \(numbers.percent(report.layers.isEmpty ? nil : report.sparsity, digits: 2)) of the weights
        """ + (report.fileBytes.map { file($0, report) } ?? "")
    }

    /// `~71,201 B, 24.2× (…)`; in words where no layer was found.
    private static func estimate(_ bytes: NetworkBytes) -> String {
        guard let compressed = bytes.compressed else { return "not known: no layer was found" }
        let accounting = "estimated, accounting \"\(bytes.accounting)\""
        let parts =
            bytes.others.map { ": layers \(numbers.integer(bytes.layers)) B, other parameters \(numbers.integer($0)) B as stored" }
            ?? ": biases not counted"
        let ratio =
            bytes.cameSmaller
            ? "\(numbers.ratio(bytes.ratioOfCame)) of what came, \(numbers.ratio(bytes.ratio)) of \(numbers.integer(bytes.original)) as float32"
            : numbers.ratio(bytes.ratio)
        return "~\(numbers.integer(compressed)) B, \(ratio) (\(accounting)\(parts))"
    }
}
