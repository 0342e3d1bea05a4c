import Compression
import Engine
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Filters that are removed and what reads them, as tasks of the lane.
@Suite("Filters that are removed with a repair")
struct RepairedRemovalTests {
    private func lane(_ network: Network, _ data: Dataset, repairs: Bool) -> DerivedState? {
        let run = EngineRun(network, .ready(data), materials: TrainingMaterials(examples: .ready(data)))
        let removal = FilterRemoval(weight: network.layers[0].weight, count: max(1, network.layers[0].outputCount / 3))
        run.engine.start(.filterRemoval(FilterRemovalOrder(removal, base: nil, label: "fewer", options: .init(repairs: repairs))))
        run.take(until: \.isEnd)
        return run.events.lazy.compactMap { $0.report(DerivedState.self) }.first
    }

    /// Squared difference of logits on other inputs than those of the repair, drawn as they were, as a part of their squares.
    private func distance(_ network: Network, _ other: Network) throws -> Double {
        let input = TrainingSample.noise(for: network, 24, seed: 77).inputs.floats
        let first = try NetworkRun(network, input: input, batch: 24).logits
        let second = try NetworkRun(other, input: input, batch: 24).logits
        let squares = first.reduce(0) { $0 + Double($1 * $1) }
        return squares > 0 ? zip(first, second).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) } / squares : 0
    }

    @Test("Random networks: shapes are those without a repair, zeros of what reads stay, and the logits are nearer to the original's")
    func random() throws {
        var (cut, repaired, count, details) = (0.0, 0.0, 0, [String]())
        for seed in 1...60 as ClosedRange<UInt64> {
            var opened = RandomNetwork.network(seed: seed)
            guard opened.unsupportedNodes.isEmpty, let first = opened.layers.first, opened.filterObstacle(of: first) == nil else {
                continue
            }
            // Every fifth weight of what follows is masked.
            for layer in opened.layers.dropFirst() {
                guard let values = opened.parameters[layer.weight]?.values else { continue }
                let masked = values.floats.enumerated().map { $0.offset % 5 == 0 ? 0 : $0.element }
                opened.parameters[layer.weight]?.values = Tensor(shape: values.shape, floats: masked)
            }
            let data = TrainingSample.noise(for: opened, 200, seed: seed)
            guard let plain = lane(opened, data, repairs: false)?.state.base(of: opened), let made = lane(opened, data, repairs: true)
            else {
                Issue.record("seed \(seed)")
                continue
            }
            let fitted = made.state.base(of: opened)
            try fitted.check()
            #expect(made.label.hasPrefix("fewer, repaired"), "seed \(seed): \(made.label)")
            #expect(fitted.parameters.mapValues(\.shape) == plain.parameters.mapValues(\.shape), "seed \(seed)")
            for layer in plain.layers {
                let pairs = zip(plain.parameters[layer.weight]?.values.floats ?? [], fitted.parameters[layer.weight]?.values.floats ?? [])
                #expect(pairs.allSatisfy { $0 != 0 || $1 == 0 }, "seed \(seed) \(layer.name)")
            }
            let (lost, left) = (try distance(opened, plain), try distance(opened, fitted))
            (cut, repaired, count) = (cut + lost, repaired + left, count + 1)
            details.append("\(seed): \(lost) \(left)")
        }
        #expect(count >= 8, "only \(count) networks")
        #expect(repaired < 0.95 * cut, "\(repaired) of \(cut) in \(count) networks: \(details)")
    }
}
