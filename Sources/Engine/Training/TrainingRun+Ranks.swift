import Compression
import Networks
import Tensors

extension TrainingRun {
    /// A piece of the turn of learned ranks that is due; then the next batch, or behind the last one the measurement.
    func learnRanks() throws(TrainingFailure) {
        guard let network = parts?.network else { return }
        if try parts?.ranks?.advance(network.layers, of: network.network) == true { return }
        if progress.batch < progress.batches { return try beginBatch() }
        work = .measure(Measurement(state: .collect([])))
    }
}

extension TrainingCheckpoint {
    /// Buffers of learned ranks: `ranks/NAME`, what the weights of a layer are pulled to.
    static let ranksPrefix = "ranks/"

    func ranks(_ request: TrainingRequest, _ layers: [TrainedLayer]) throws(TrainingFailure) -> RankLearning? {
        var targets: [String: Tensor] = [:]
        for weight in (header.learnedRanks?.norms ?? [:]).keys.sorted() {
            guard let layer = layers.first(where: { $0.layer.weight == weight }) else { throw failure("its header has a layer \(weight)") }
            targets[weight] = try buffer(Self.ranksPrefix + weight, count: layer.layer.count).reshaped(layer.layer.shape)
        }
        return try RankLearning(
            request.policies, epochs: request.recipe.epochs, layers: layers, kept: header.learnedRanks, targets: targets)
    }
}

extension RankLearning {
    var buffers: [String: Tensor] {
        targets.reduce(into: [:]) { $0[TrainingCheckpoint.ranksPrefix + $1.key] = $1.value.reshaped([$1.value.count]) }
    }
}
