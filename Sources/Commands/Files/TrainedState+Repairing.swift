import Compression
import Engine
import Exports
import Networks

extension TrainedState {
    /// The state after least squares of what reads fewer channels or other values than in the network as opened, with normalizations that follow.
    func repaired(from opened: Network, on data: Dataset) throws(CommandFailure) -> TrainedState {
        do {
            let repair = try NetworkRepair(before: opened, after: base(of: opened), kept: KeptPlaces(), scope: .behind, data: data)
            while try repair.step() {}
            let fitted = repaired(repair.network, from: nil, of: opened)
            return try fitted.followingNormalization(from: opened, kept: KeptPlaces(), of: opened, on: data)
        } catch { throw CommandFailure("the network could not be repaired: \(error)", .badData) }
    }

    /// Writes the state's network in a format, without one as the ending of the path says.
    func write(to path: String, of opened: OpenedModel, as format: ExportFormat? = nil) throws(CommandFailure) -> ExportReport {
        let applied = applied(to: opened.network)
        var card = opened.card
        card?.parameters = applied.network.parameterCount
        card?.accuracy = nil
        let format = try ExportFormat.named(format, by: path)
        do { return try NetworkExport.write(applied, as: format, codings: applied.codings, card: card, to: path) } catch {
            throw CommandFailure(error)
        }
    }
}
