import Foundation
import Networks

/// Reads model cards: `lenet-5.json` beside `lenet-5.onnx`.
public enum ModelCardReader {
    /// A card is small; more is some other JSON file: 1 MiB.
    static let largestCard = 1 << 20

    /// Where the card of a network lies: its path with the extension `json`.
    public static func path(besides network: String) -> String {
        URL(fileURLWithPath: network).deletingPathExtension().appendingPathExtension("json").path
    }

    /// The card beside a network; nil where there is none. Throws where there is one that can't be used.
    public static func card(besides network: String) throws(FormatError) -> ModelCard? {
        let path = path(besides: network)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try read(path)
    }

    /// The card in a file, its numbers checked.
    public static func read(_ path: String) throws(FormatError) -> ModelCard {
        let file = try MappedFile(path: path)
        guard file.count <= largestCard else {
            throw refusal(.limit, path, "at most \(largestCard) bytes", "\(file.count)")
        }
        let card: ModelCard
        do {
            card = try JSONDecoder().decode(ModelCard.self, from: withExtendedLifetime(file) { Data(file.bytes) })
        } catch {
            throw refusal(.malformed, path, "JSON with name, file and input of a network", Self.reason(error))
        }
        try check(card, path)
        return card
    }

    private static func check(_ card: ModelCard, _ path: String) throws(FormatError) {
        guard let input = card.input else { return }
        let deviations = input.standardDeviation
        guard input.scale.isFinite, input.scale != 0, !input.mean.isEmpty, input.mean.allSatisfy(\.isFinite),
            !deviations.isEmpty, deviations.allSatisfy({ $0.isFinite && $0 > 0 })
        else {
            throw refusal(.malformed, path, "a scale and deviations other than 0 and at least one mean", "something else")
        }
        guard !input.shape.isEmpty, input.shape.allSatisfy({ (1...1 << 24).contains($0) }), input.shape.count <= 8 else {
            throw refusal(.malformed, path, "an input shape of 1…8 sizes", "\(input.shape)")
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "something else" }
        switch error {
        case .keyNotFound(let key, _): return "no \(quoted(key.stringValue))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "another kind of value at \(quoted(context.codingPath.map(\.stringValue).joined(separator: ".")))"
        default: return "no valid JSON"
        }
    }

    private static func refusal(_ kind: FormatError.Kind, _ path: String, _ expected: String, _ actual: String) -> FormatError {
        FormatError(
            kind, file: path, reading: "model card", expected: expected, actual: actual, cure: "Correct the card or remove it.")
    }
}
