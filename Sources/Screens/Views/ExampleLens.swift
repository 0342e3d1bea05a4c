import Frames
import Networks
import Reports

/// What both networks say of one example, from the logits that were kept: turning T answers at once.
struct ExampleLens {
    /// Softened outputs of one network.
    struct Column {
        /// What stands above it, the longest first: `original T 5`, `orig. T 5`, `orig T5`.
        let names: [String]
        /// softmax(logits / T), by class.
        let probabilities: [Double]
        let role: Role
        let isFresh: Bool
    }

    let explorer: Explorer
    var numbers: NumberFormat { explorer.numbers }
    /// Nil where the data have no labels.
    let label: Int?
    /// What is known of it that is more than a class.
    private let targets: [Float]?
    let names: [String]
    /// The logits of the original and under the plan; empty until this example was measured.
    private let original: [Float]
    private let current: [Float]

    init(_ explorer: Explorer, _ dataset: Dataset, example index: Int) {
        self.explorer = explorer
        label = dataset.labels.indices.contains(index) ? Int(dataset.labels[index]) : nil
        targets = dataset.targets == nil || index >= dataset.count ? nil : dataset.known(of: index)
        let table = explorer.findings.logits?.value
        let isMeasured = table.map { table in
            table.classCount > 0 && table.original.count >= (index + 1) * table.classCount
                && table.current.count >= (index + 1) * table.classCount && table.evaluated.contains(index)
        }
        if let table, isMeasured == true {
            original = Array(table.originalRow(index))
            current = Array(table.currentRow(index))
        } else {
            (original, current) = ([], [])
        }
        names = (0..<max(original.count, explorer.findings.classCount)).map {
            dataset.classNames.indices.contains($0) ? dataset.classNames[$0] : String($0)
        }
    }

    /// Whether the plan's logits belong to the plan as it stands.
    var isFresh: Bool { explorer.findings.logits?.generation == explorer.generation }

    /// What the networks are called: while the original teaches, it is the teacher.
    private var isTeaching: Bool { explorer.isTraining && explorer.training?.recipe.teachers == [.original] }
    private var first: String { isTeaching ? "teacher" : "original" }
    private var second: String { isTeaching ? "student" : "current" }

    /// A network's heading at T, shorter and shorter.
    private func names(_ network: String, temperature: Double) -> [String] {
        let short = ["original": "orig", "current": "now", "teacher": "teach", "student": "stud"][network] ?? network
        let text = temperatureText(temperature)
        return ["\(network) T \(text)", "\(short)\(short == "now" ? "" : ".") T \(text)", "\(short) T\(text)"]
    }

    private var isFinite: Bool { (original + current).allSatisfy(\.isFinite) }

    /// The original at T, the original at 1, the plan's at T; nothing until measured or where a logit is no number.
    var columns: [Column] {
        guard !original.isEmpty, isFinite else { return [] }
        let temperature = explorer.temperature
        return [
            Column(
                names: names(first, temperature: temperature), probabilities: Softmax.probabilities(original, temperature: temperature),
                role: .seriesOriginal, isFresh: true),
            Column(
                names: names(first, temperature: 1), probabilities: Softmax.probabilities(original, temperature: 1), role: .overlay,
                isFresh: true),
            Column(
                names: names(second, temperature: temperature), probabilities: Softmax.probabilities(current, temperature: temperature),
                role: .series,
                isFresh: isFresh),
        ]
    }

    /// With as many digits as it has, two at most.
    private func temperatureText(_ temperature: Double) -> String {
        let digits = [0, 1].first { digits in
            let scaled = temperature * (digits == 0 ? 1 : 10)
            return abs(scaled - scaled.rounded()) < 1e-9
        }
        return numbers.decimal(temperature, digits: digits ?? 2)
    }

    /// Label, predictions, and the divergence of this example.
    var words: [StyledText] {
        let named = label.map { StyledText("label ", .muted) + StyledText(name(of: $0), .title) } ?? unnamed
        guard !original.isEmpty else {
            let isOfClasses = explorer.accuracy?.value.fidelity == nil && explorer.accuracy?.value.figure == nil
            return [named, StyledText(isOfClasses ? "not measured yet" : "the output is no list of classes", .muted)]
        }
        guard isFinite else { return [named, StyledText("an output is no number", .warning)] }
        return [
            named, prediction(first, original, isFresh: true), prediction(second, current, isFresh: isFresh),
            StyledText("KL ", .muted) + ViewText.figure(numbers.significant(divergence) + " nat", isFresh: isFresh)
                + StyledText(" at T", .muted),
        ]
    }

    /// Of targets the values, of many how many; `no label` else.
    private var unnamed: StyledText {
        guard let targets else { return StyledText("no label", .muted) }
        return StyledText("label ", .muted)
            + StyledText(
                targets.count <= 4
                    ? targets.map { numbers.significant(Double($0)) }.joined(separator: " ")
                    : "of \(numbers.integer(targets.count)) values", .title)
    }

    private func prediction(_ network: String, _ logits: [Float], isFresh: Bool) -> StyledText {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        guard let label else { return StyledText(network + " ", .muted) + ViewText.figure(name(of: best), isFresh: isFresh) }
        let isRight = best == label
        return StyledText(network + " ", .muted)
            + ViewText.figure("\(name(of: best)) \(isRight ? "right" : "wrong")", isFresh: isFresh, isRight ? .good : .bad)
    }

    private func name(of index: Int) -> String { names.indices.contains(index) ? names[index] : String(index) }

    /// KL(original ‖ current) at T, in nats.
    private var divergence: Double {
        Softmax.divergence(
            Softmax.probabilities(original, temperature: explorer.temperature),
            from: Softmax.probabilities(current, temperature: explorer.temperature))
    }

    /// Mean entropies and divergence over all evaluated examples.
    var summary: [StyledText] {
        guard let lens = explorer.findings.lens?.value, lens.examples + lens.leftOut > 0 else { return [] }
        guard lens.examples > 0 else { return [StyledText("no example has finite outputs of both networks", .warning)] }
        let isFresh = explorer.isLensFresh && lens.temperature == explorer.temperature
        let leftOut = lens.leftOut == 0 ? "" : " (\(numbers.integer(lens.leftOut)) with outputs that are not finite left out)"
        let scope = "over \(numbers.count(lens.examples, "example"))\(leftOut) at T \(temperatureText(lens.temperature)):"
        return [
            StyledText(scope, .muted),
            StyledText("entropy ", .muted) + StyledText(numbers.decimal(lens.originalEntropy, digits: 3), isFresh ? .text : .muted)
                + StyledText(" \(explorer.glyphs.arrow) ", .muted)
                + ViewText.figure(numbers.decimal(lens.currentEntropy, digits: 3), isFresh: isFresh),
            StyledText("KL ", .muted) + ViewText.figure(numbers.significant(lens.divergence) + " nat", isFresh: isFresh),
        ]
    }
}
