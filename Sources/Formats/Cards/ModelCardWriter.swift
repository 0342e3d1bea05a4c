import Foundation
import Networks

/// Writes model cards: indented JSON with its keys in the order of the fields, one card a network.
public enum ModelCardWriter {
    /// Writes the card beside its network (``ModelCardReader/path(besides:)``) or anywhere else; an existing file is replaced whole.
    public static func write(_ card: ModelCard, to path: String) throws(FormatError) {
        try FileWriter.write([Data(text(of: card).utf8)], to: path)
    }

    /// The card as text; ``ModelCardReader`` reads an equal card of it.
    public static func text(of card: ModelCard) -> String {
        CardValue.object([
            ("name", .text(card.name)), ("title", card.title.map(CardValue.text)), ("file", .text(card.file)),
            ("sha256", card.sha256.map(CardValue.text)), ("parameters", card.parameters.map { .number("\($0)") }),
            ("data", card.data.map(value)), ("input", card.input.map(value)),
            ("classes", card.classes.map { .list($0.map(CardValue.text)) }), ("training", card.training.map(value)),
            ("accuracy", card.accuracy.map(value)),
        ]).text(indent: 0) + "\n"
    }

    private static func value(_ data: ModelCard.Data) -> CardValue {
        .object([
            ("name", .text(data.name)), ("debianPackage", data.debianPackage.map(CardValue.text)),
            ("training", data.training.map(CardValue.text)), ("validation", data.validation.map(CardValue.text)),
        ])
    }

    private static func value(_ input: ModelCard.Input) -> CardValue {
        func numbers(_ values: [Float]) -> CardValue { .list(values.map { .number("\($0)") }) }
        return .object([
            ("shape", .list(input.shape.map { .number("\($0)") })), ("scale", .number("\(input.scale)")),
            ("mean", numbers(input.mean)), ("standardDeviation", numbers(input.standardDeviation)),
        ])
    }

    private static func value(_ training: ModelCard.Training) -> CardValue {
        .object([
            ("framework", training.framework.map(CardValue.text)), ("architecture", training.architecture.map(CardValue.text)),
            ("seed", training.seed.map { .number("\($0)") }), ("threads", training.threads.map { .number("\($0)") }),
            ("epochs", training.epochs.map { .number("\($0)") }), ("recipe", training.recipe.map(CardValue.text)),
            ("command", training.command.map(CardValue.text)),
        ])
    }

    private static func value(_ accuracy: ModelCard.Accuracy) -> CardValue {
        .object([
            ("validation", accuracy.validation.map { .number("\($0)") }), ("test", accuracy.test.map { .number("\($0)") }),
        ])
    }
}

/// A JSON value whose keys keep their order, which Foundation's encoder does not.
private enum CardValue {
    case text(String)
    case number(String)
    case list([CardValue])
    case object([(String, CardValue?)])

    func text(indent: Int) -> String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): number
        case .list(let values): Self.block("[", values.map { $0.text(indent: indent + 2) }, "]", indent)
        case .object(let fields):
            Self.block(
                "{", fields.compactMap { key, value in value.map { "\(Self.quoted(key)): \($0.text(indent: indent + 2))" } }, "}", indent)
        }
    }

    private static func block(_ start: String, _ lines: [String], _ end: String, _ indent: Int) -> String {
        guard !lines.isEmpty else { return start + end }
        let space = String(repeating: " ", count: indent)
        return "\(start)\n" + lines.map { "\(space)  \($0)" }.joined(separator: ",\n") + "\n\(space)\(end)"
    }

    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
