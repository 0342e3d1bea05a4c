import Compression
import Engine
import Exports
import Networks

extension TrainedState {
    /// The state after least squares of what reads fewer channels or other values than in the network as opened, with normalizations that follow.
    func repaired(from opened: Network, on data: Dataset) throws(CommandFailure) -> TrainedState {
        do {
            let repair = try NetworkRepair(before: opened, after: base(of: opened), kept: KeptPlaces(), data: data)
            while try repair.step() {}
            let fitted = repaired(repair.network, from: nil, of: opened)
            return try fitted.followingNormalization(from: opened, kept: KeptPlaces(), but: repair.followed, of: opened, on: data)
        } catch { throw CommandFailure("the network could not be repaired: \(error)", .badData) }
    }
}

extension Applied {
    /// Writes the network in a format, without one as the ending of the path says, with a card that claims no accuracy.
    func write(to path: String, of opened: OpenedModel, as format: ExportFormat? = nil) throws(CommandFailure) -> ExportReport {
        var card = opened.card
        card?.parameters = network.parameterCount
        card?.accuracy = nil
        let format = try ExportFormat.named(format, by: path)
        do { return try NetworkExport.write(self, as: format, codings: codings, card: card, to: path) } catch {
            throw CommandFailure(error)
        }
    }
}

extension LayerPlan {
    /// Whether it asks for values that least squares would not leave: levels, codebooks, or what is handed on cut.
    var holdsValues: Bool {
        guard !bypass else { return false }
        let own = weights != .float32 && !weights.isProduct || biases != .float32 || activations != nil
        return own || partsInForce?.all.contains { $0.plan.weights != .float32 } == true
    }
}
