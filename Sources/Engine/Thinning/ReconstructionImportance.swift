import Compression
import Kernels
import Networks
import Tensors

/// Measures what the readers of channels lose with them when they are fitted again to the others (``ChannelElimination``). Owned by the lane.
///
/// Places and examples are those of the repair (``LayerPlaces``). The network is gone through once for all readers (``NetworkWalk``), or as often as
/// their moments fill ``momentBytes``. Cost: a run of each node for each example that is looked at behind it, and O(inputs³) for each reader.
final class ReconstructionImportance {
    typealias ChannelSet = (weight: String, makers: [ChannelMaker])

    private enum Work {
        case next
        case looking(LayerLook)
        case eliminating(ChannelElimination, set: Int)
    }

    /// Some sets whose readers are looked at in one walk.
    private struct Pass {
        var sets: [Int]
        let walk: NetworkWalk
        let readers: [LayerPlaces]
        var next = 0
    }

    private let sets: [ChannelSet]
    private let network: Network
    private let shapes: [String: Shape]
    private let data: Dataset
    /// By weight; nothing for readers that can't be fitted.
    private let places: [String: LayerPlaces]
    /// By set.
    private var found: [Int: Result<[Double], FilterObstacle>] = [:]
    /// Sets that no pass has taken.
    private var waiting: [Int]
    private var pass: Pass?
    private var work = Work.next
    /// By weight, of readers of which a set of the pass waits for another reader.
    private var moments: [String: SecondMoments] = [:]

    /// Bytes of the moments of readers that are kept at most, but for those of one set.
    private static let momentBytes = 512 << 20

    /// - Parameter sets: Layers, and what reads their channels.
    init(_ sets: [ChannelSet], of network: Network, data: Dataset) {
        (self.sets, self.network, self.data) = (sets, network, data)
        let shapes = (try? network.shapes(batch: 1)) ?? [:]
        self.shapes = shapes
        var places: [String: LayerPlaces] = [:]
        for weight in Set(sets.flatMap(\.makers).map(\.weight)) {
            guard let layer = network.layer(of: weight), let output = layer.node.flatMap({ network.nodes[$0].outputs.first }),
                let made = shapes[output]
            else { continue }
            let target = FitTarget(layer: layer, value: output, shape: made, outputs: Array(0..<layer.outputCount))
            places[weight] = LayerPlaces(target, of: network, shapes, count: data.count)
        }
        self.places = places
        waiting = []
        for (number, set) in sets.enumerated() {
            if let maker = set.makers.first(where: { places[$0.weight] == nil }) {
                found[number] = .failure(.unfitted(reader: network.layer(of: maker.weight)?.name ?? maker.weight))
            } else {
                waiting.append(number)
            }
        }
    }

    /// By the weight of its layer, the scores of each set's channels, or what can't be fitted, once all is done.
    var result: [(weight: String, scores: Result<[Double], FilterObstacle>)] {
        sets.indices.compactMap { number in found[number].map { (sets[number].weight, $0) } }
    }

    /// Examples of the reader under way that are done, and all; nil where none is looked at.
    var counts: (done: Int, total: Int)? { if case .looking(let look) = work { look.counts } else { nil } }

    /// A batch of a reader, or some milliseconds; false when all is done.
    func step() throws(KernelError) -> Bool {
        guard found.count < sets.count else { return false }
        switch work {
        case .next: begin()
        case .looking(let look):
            if try look.step() { return true }
            take(look)
            work = .next
        case .eliminating(var elimination, let set):
            // Held once only, or every step would copy its matrices.
            work = .next
            if elimination.step() {
                work = .eliminating(elimination, set: set)
            } else {
                finish(set, elimination.scores)
            }
        }
        return found.count < sets.count
    }

    private func begin() {
        let own = pass ?? makePass()
        pass = own
        if let set = own.sets.first(where: { sets[$0].makers.allSatisfy { moments[$0.weight] != nil } }) {
            let losses = sets[set].makers.compactMap(loss)
            work = .eliminating(ChannelElimination(losses, channels: sets[set].makers.first?.channels.count ?? 0), set: set)
        } else if own.next < own.readers.count {
            let source = WalkSource(walk: own.walk, stop: own.next, network: network)
            work = .looking(LayerLook(own.readers[own.next], inputs: source, wanted: nil))
        }
    }

    /// As many sets as have room, one at least.
    private func makePass() -> Pass {
        var (taken, readers, bytes) = (0, Set<String>(), 0)
        for number in waiting {
            let own = Set(sets[number].makers.map(\.weight)).subtracting(readers)
            let more = own.reduce(0) { $0 + 8 * (places[$1].map { $0.sampler.inputs * $0.sampler.inputs } ?? 0) }
            guard taken == 0 || bytes + more <= Self.momentBytes else { break }
            (taken, bytes) = (taken + 1, bytes + more)
            readers.formUnion(own)
        }
        let order = readers.compactMap { places[$0] }.sorted { $0.node < $1.node }
        let walk = NetworkWalk(network, shapes, stops: order.map(\.inputStop), data: data, limit: NetworkRepair.memory / 2)
        defer { waiting.removeFirst(taken) }
        return Pass(sets: Array(waiting.prefix(taken)), walk: walk, readers: order)
    }

    private func take(_ look: LayerLook) {
        guard let own = pass else { return }
        moments[own.readers[own.next].target.layer.weight] = look.moments
        pass?.next += 1
    }

    private func loss(_ maker: ChannelMaker) -> ReaderLoss? {
        guard let layer = places[maker.weight]?.target.layer, let moments = moments[maker.weight] else { return nil }
        let weights = network.parameters[layer.weight].map { layer.rows(of: $0.values) } ?? []
        let taps = moments.inputs / max(1, layer.inputCount(maker.axis))
        let channels = maker.channels.map { $0.flatMap { index in (0..<taps).map { index * taps + $0 } } }
        return ReaderLoss(moments, weights: weights, isCentred: network.isCentred(layer), channels: channels)
    }

    private func finish(_ set: Int, _ scores: [Double]) {
        let isFinite = scores.allSatisfy(\.isFinite)
        found[set] = isFinite ? .success(scores) : .failure(.unfitted(reader: sets[set].makers.first?.weight ?? sets[set].weight))
        pass?.sets.removeAll { $0 == set }
        guard let own = pass else { return }
        let needed = Set(own.sets.flatMap { sets[$0].makers.map(\.weight) })
        moments = moments.filter { needed.contains($0.key) }
        if own.sets.isEmpty { pass = nil }
    }
}

extension Layer {
    /// The length of the axis of inputs.
    fileprivate func inputCount(_ axis: Int) -> Int { axis < shape.rank ? shape[axis] : 0 }
}
