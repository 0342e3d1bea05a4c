import Compression
import Exports
import Formats
import Frames
import Networks

extension OpenedModel {
    /// Opens the network that this one is held against: one with a graph, the same input, as many classes and the same normalization.
    ///
    /// The card of either says how inputs are normalized where the other has none.
    mutating func reference(_ name: String, data: DataChoice, locations: Locations) throws(CommandFailure) -> OpenedModel {
        let other = try Self.other(name, data: data, inputs: network.source?.edits.inputs ?? [], locations: locations)
        if let difference = difference(from: other) {
            throw CommandFailure(
                "\(network.name) can't be held against \(other.network.name): \(difference). Name the network that it was made of.",
                .badData)
        }
        if card == nil, other.card != nil {
            card = other.card
            loader = DatasetLoader(data, card: card, network: network, arrays)
        }
        return other
    }

    /// Another network with the same further inputs, where it has them.
    private static func other(
        _ name: String, data: DataChoice, inputs: [InputSetting], locations: Locations
    ) throws(CommandFailure) -> OpenedModel {
        guard !inputs.isEmpty else { return try OpenedModel(name, data: data, locations: locations) }
        do throws(CommandFailure) {
            return try OpenedModel(name, data: data, edits: OpeningEdits(inputs: inputs), locations: locations)
        } catch { return try OpenedModel(name, data: data, locations: locations) }
    }

    /// How a container that no plan changes is held against something else than itself; nil for other networks.
    func hintAtReference(plan: CompressionPlan) -> String? {
        guard plan == CompressionPlan(), let path = network.source?.path, PareFile.isContainer(path) else { return nil }
        return "\(network.name) is compared with itself; --against NETWORK compares it with the network that it was made of"
    }

    /// Why both can't be measured on the same examples, or nil.
    private func difference(from other: OpenedModel) -> String? {
        for model in [self, other] where model.network.isWeightsOnly { return "\(model.network.name) has weights and no graph" }
        let (input, otherInput) = (network.exampleWords, other.network.exampleWords)
        if input != otherInput { return "it takes \(input), the other \(otherInput)" }
        if let classes = network.classCount, let others = other.network.classCount, classes != others {
            return "it has \(NumberFormat.unicode.count(classes, "class", "classes")), the other \(others)"
        }
        guard let own = card?.input, let others = other.card?.input else { return nil }
        let isSame = own.scale == others.scale && own.mean == others.mean && own.standardDeviation == others.standardDeviation
        return isSame ? nil : "their model cards normalize inputs differently"
    }
}
