import Compression
import Kernels
import Networks
import Tensors

/// Measures what the readers of channels lose with them when they are fitted again to the others (``ChannelElimination``). Owned by the lane.
///
/// Places and examples are those of the repair (``LayerLook``). Cost: a run of the examples up to each reader, and O(inputs³) for each.
final class ReconstructionImportance {
    private enum Work {
        case next
        case looking(LayerLook, Layer)
        case eliminating(ChannelElimination)
    }

    /// By the weight of its layer, the scores of each set's channels, or what can't be fitted, once all is done.
    private(set) var result: [(weight: String, scores: Result<[Double], FilterObstacle>)] = []
    private let sets: [(weight: String, makers: [ChannelMaker])]
    private let network: Network
    private let shapes: [String: Shape]
    private let data: Dataset
    private var work = Work.next
    /// Readers of the set under way that were looked at.
    private var readers: [ReaderLoss] = []

    /// - Parameter sets: Layers, and what reads their channels.
    init(_ sets: [(weight: String, makers: [ChannelMaker])], of network: Network, data: Dataset) {
        (self.sets, self.network, self.data) = (sets, network, data)
        shapes = (try? network.shapes(batch: 1)) ?? [:]
    }

    /// Examples of the reader under way that are done, and all; nil where none is looked at.
    var counts: (done: Int, total: Int)? { if case .looking(let look, _) = work { look.counts } else { nil } }

    /// A batch of a reader, or some milliseconds; false when all is done.
    func step() throws(KernelError) -> Bool {
        guard result.count < sets.count else { return false }
        let set = sets[result.count]
        switch work {
        case .next: try begin(set)
        case .looking(let look, let layer):
            if try look.step() { return true }
            take(look, layer, set.makers[readers.count])
            work = .next
        case .eliminating(var elimination):
            // Held once only, or every step would copy its matrices.
            work = .next
            guard elimination.step() else {
                let scores = elimination.scores
                finish(
                    scores.allSatisfy(\.isFinite) ? .success(scores) : .failure(.unfitted(reader: set.makers.first?.weight ?? set.weight)))
                break
            }
            work = .eliminating(elimination)
        }
        return result.count < sets.count
    }

    private func begin(_ set: (weight: String, makers: [ChannelMaker])) throws(KernelError) {
        guard readers.count < set.makers.count else {
            work = .eliminating(ChannelElimination(readers, channels: set.makers.first?.channels.count ?? 0))
            readers = []
            return
        }
        let maker = set.makers[readers.count]
        guard let layer = network.layer(of: maker.weight), let look = try look(layer) else {
            return finish(.failure(.unfitted(reader: network.layer(of: maker.weight)?.name ?? maker.weight)))
        }
        work = .looking(look, layer)
    }

    private func look(_ layer: Layer) throws(KernelError) -> LayerLook? {
        guard let output = layer.node.flatMap({ network.nodes[$0].outputs.first }), let made = shapes[output] else { return nil }
        let target = FitTarget(layer: layer, value: output, shape: made, outputs: Array(0..<layer.outputCount))
        return try LayerLook(target, of: network, shapes, before: network, data: data)
    }

    private func take(_ look: LayerLook, _ layer: Layer, _ maker: ChannelMaker) {
        let weights = network.parameters[layer.weight].map { layer.rows(of: $0.values) } ?? []
        let taps = look.moments.inputs / max(1, layer.inputCount(maker.axis))
        let channels = maker.channels.map { $0.flatMap { index in (0..<taps).map { index * taps + $0 } } }
        readers.append(ReaderLoss(look.moments, weights: weights, isCentred: network.isCentred(layer), channels: channels))
    }

    private func finish(_ scores: Result<[Double], FilterObstacle>) {
        result.append((sets[result.count].weight, scores))
        (readers, work) = ([], .next)
    }
}

extension Layer {
    /// The length of the axis of inputs.
    fileprivate func inputCount(_ axis: Int) -> Int { axis < shape.rank ? shape[axis] : 0 }
}
