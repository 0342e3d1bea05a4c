import Compression
import Foundation

/// What options do to a network as `pare sensitivity --json` prints it; a figure that does not exist is null.
///
/// Changes are shares of 1 (or R²), nats, and bytes.
public struct SensitivityDocument: Sendable {
    private let tables: [SensitivityTable]
    private let network: NetworkIdentity
    private let warnings: [String]

    public init(_ tables: [SensitivityTable], network: NetworkIdentity, warnings: [String] = []) {
        (self.tables, self.network, self.warnings) = (tables, network, warnings)
    }

    /// Pretty-printed UTF-8 with sorted keys and a final line break.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(figures) + Data("\n".utf8)
    }

    private var figures: JSONFigure {
        [
            "network": ["name": .text(network.name), "sha256": .text(network.sha256), "parameters": .integer(network.parameters)],
            "tables": .list(tables.map(Self.table)), "warnings": .list(warnings.map { .text($0) }),
        ]
    }

    private static func table(_ table: SensitivityTable) -> JSONFigure {
        let context = table.context
        return [
            "kind": .text(table.kind.rawValue), "figure": .text(table.figureName), "measure": .text(table.measure.rawValue),
            "complete": .boolean(table.isComplete), "options": .list(table.options.map { option($0, table) }),
            "next": .list(
                table.nextSteps().map { step in
                    ["layer": .text(step.option.weight), "family": .text(step.option.family), "value": .number(step.option.value)]
                }),
            "data": [
                "name": .text(context.data.name), "split": .text(context.data.split.rawValue), "count": .integer(table.count),
                "part": .text(context.part.rawValue), "sha256": .text(context.data.sha256), "seed": .integer(Int(clamping: context.seed)),
            ],
            "environment": [
                "pareVersion": .text(context.environment.pareVersion), "kernels": .text(context.environment.kernels),
                "instructionSet": .text(context.environment.instructionSet), "threads": .integer(context.environment.threads),
            ],
        ]
    }

    private static func option(_ option: LayerOption, _ table: SensitivityTable) -> JSONFigure {
        let figure = table.figure(option.key)
        return [
            "layer": .text(option.weight), "family": .text(option.family), "value": .number(option.value), "label": .text(option.label),
            "measured": .integer(figure?.evaluated ?? 0), "of": .integer(table.count), "exact": .boolean(figure?.isExact ?? false),
            "divergence": .number(figure?.divergence), "referenceDivergence": .number(figure?.referenceDivergence),
            "crossEntropy": change(figure?.crossEntropy), "figure": change(figure?.figure), "gains": .integer(figure?.gains),
            "losses": .integer(figure?.losses), "squaredError": .number(figure?.squaredError),
            "referenceSquaredError": .number(figure?.referenceSquaredError), "notFinite": .integer(figure?.notFinite),
            "referenceNotFinite": .integer(figure?.referenceNotFinite), "bytes": .integer(figure?.bytes),
            "referenceBytes": .integer(figure?.referenceBytes), "remark": .text(figure?.remark),
        ]
    }

    private static func change(_ change: OptionFigure.Change?) -> JSONFigure {
        guard let change else { return .null }
        return ["value": .number(change.value), "low": .number(change.interval?.low), "high": .number(change.interval?.high)]
    }
}
