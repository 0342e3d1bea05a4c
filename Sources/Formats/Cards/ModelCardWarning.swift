import Networks

/// What a user should know about a network's card before trusting its accuracy.
public enum ModelCardWarning: Hashable, Sendable {
    /// There is no card: the network may have been trained on the examples that it is measured on.
    case noCard
    /// The card was written for another file.
    case otherFile(expected: String, actual: String)
    /// The card states another number of parameters.
    case otherParameters(expected: Int, actual: Int)

    /// One sentence.
    public var message: String {
        switch self {
        case .noCard: "no model card: the network may have been trained on these validation examples"
        case .otherFile(let expected, let actual):
            "the model card is of another file (SHA-256 \(escaped(expected, limit: 12)) there, \(escaped(actual, limit: 12)) here)"
        case .otherParameters(let expected, let actual):
            "the model card says \(expected) parameters, the network has \(actual)"
        }
    }
}

extension ModelCard {
    /// What does not agree between a card and a network; a network without its SHA-256 is not compared by it.
    public static func warnings(card: ModelCard?, network: Network) -> [ModelCardWarning] {
        guard let card else { return [.noCard] }
        var warnings: [ModelCardWarning] = []
        if let expected = card.sha256, let actual = network.source?.fileSHA256, !actual.isEmpty, expected.lowercased() != actual {
            warnings.append(.otherFile(expected: expected, actual: actual))
        }
        if let expected = card.parameters, expected != network.parameterCount {
            warnings.append(.otherParameters(expected: expected, actual: network.parameterCount))
        }
        return warnings
    }
}
