import Compression
import Frames
import Networks
import Reports

/// What options cost and win, as text for people.
struct SensitivityText {
    private let numbers = NumberFormat.unicode
    private let network: Network
    private let names: [String: String]

    /// A loss that is called small in the table of layers.
    private static let smallLoss = 0.01

    init(_ network: Network) {
        self.network = network
        names = Dictionary(network.layers.map { ($0.weight, $0.name) }) { first, _ in first }
    }

    /// Of each kind what it is, the layers, and the best next steps.
    func text(_ tables: [SensitivityTable]) -> String { tables.map(text).joined(separator: "\n\n\n") }

    private func text(_ table: SensitivityTable) -> String {
        if table.options.isEmpty { return "\(heading(table))\n\nno layer has such an option" }
        if table.kind == .leaveOneOut { return [heading(table), bypasses(table)].joined(separator: "\n\n") }
        return [heading(table), layers(table), steps(table)].joined(separator: "\n\n")
    }

    private func heading(_ table: SensitivityTable) -> String {
        let data = table.context.data
        let part = table.context.part == .all ? "" : ", the half to \(table.context.part.rawValue) on"
        let what =
            switch table.kind {
            case .isolated: "each layer alone, all others as they came"
            case .marginal: "each layer from the plan on"
            case .leaveOneOut: "the plan with a layer bypassed: what the layer would give back"
            }
        return "\(network.name), \(table.kind.rawValue): \(what)\n"
            + "on \(data.name) \(data.split.rawValue), \(numbers.count(table.count, "example"))\(part); "
            + "\(numbers.integer(table.doneCount)) of \(numbers.count(table.options.count, "option")) measured as far as needed"
    }

    /// By layer and family the option that wins most and loses a point at most.
    private func layers(_ table: SensitivityTable) -> String {
        var rows = TextTable([
            ("layer", .left), ("family", .left), ("up to", .left), (table.figureName, .right), ("bytes won", .right), ("examples", .right),
            ("", .left),
        ])
        for weight in table.weights {
            for family in table.families(of: weight) {
                let known = table.curve(of: weight, family).compactMap(\.figure)
                let small = known.filter { $0.remark == nil && loss($0) <= Self.smallLoss }
                let start = [names[weight] ?? weight, family]
                guard let best = small.max(by: { $0.bytesWon < $1.bytesWon }) else {
                    rows.rows.append(start + ["–", "", "", "", known.isEmpty ? "not measured" : "no step within a point"])
                    continue
                }
                rows.rows.append(
                    start + [
                        best.option.label, points(best.figure?.value), numbers.integer(best.bytesWon), numbers.integer(best.evaluated),
                        best.isExact ? "exact" : "",
                    ])
            }
        }
        let unit = hasFigure(table) ? "a point of \(table.figureName)" : "a hundredth of the squared error"
        return "What wins most bytes within \(unit), by layer and family\n\(rows.text)"
    }

    private func hasFigure(_ table: SensitivityTable) -> Bool { table.measured.contains { $0.figure != nil } }

    /// What it costs of accuracy, or of what is in its place.
    private func loss(_ figure: OptionFigure) -> Double {
        figure.figure.map { -$0.value } ?? figure.change(of: .squaredError) ?? .infinity
    }

    private func steps(_ table: SensitivityTable) -> String {
        let steps = table.nextSteps()
        guard !steps.isEmpty else { return "No next step: no option wins bytes." }
        let unit =
            switch table.measure {
            case .crossEntropy: "change of the cross-entropy"
            case .divergence: "change of the divergence from the original"
            case .squaredError: "change of the squared error"
            }
        return "Best next steps: least \(unit) for a byte won, the best of each family of a layer\n\(figures(steps, table))"
    }

    private func bypasses(_ table: SensitivityTable) -> String { figures(table.measured, table) }

    private func figures(_ figures: [OptionFigure], _ table: SensitivityTable) -> String {
        let isOfClasses = table.measured.contains { $0.divergence != nil }
        var rows = TextTable([
            ("", .right), ("layer", .left), ("option", .left), (isOfClasses ? "KL" : "error", .right), ("cross-entropy", .right),
            (table.figureName, .right), ("95 %", .right), ("changed", .right), ("bytes", .right), ("won", .right), ("examples", .right),
            ("", .left),
        ])
        for (place, figure) in figures.enumerated() {
            let interval = figure.figure?.interval.map { "\(points($0.low)) … \(points($0.high))" } ?? ""
            let change = figure.change(of: isOfClasses ? .divergence : .squaredError)
            rows.rows.append([
                String(place + 1), names[figure.option.weight] ?? figure.option.weight, figure.option.label, signed(change),
                signed(figure.crossEntropy?.value), points(figure.figure?.value), interval, "+\(figure.gains) −\(figure.losses)",
                "\(numbers.integer(figure.referenceBytes)) → \(numbers.integer(figure.bytes))", numbers.integer(figure.bytesWon),
                numbers.integer(figure.evaluated), figure.remark ?? (figure.isExact ? "exact" : ""),
            ])
        }
        return rows.text
    }

    /// `−0.32`, in points of a hundred.
    private func points(_ value: Double?) -> String { value.map { numbers.signed(100 * $0, digits: 2) } ?? "" }

    private func signed(_ value: Double?) -> String { value.map { numbers.signed($0, digits: 4) } ?? "" }
}
