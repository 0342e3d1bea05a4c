import Compression
import Networks
import OrderedCollections
import Tensors
import Testing

/// The compression step of learned ranks, against every choice of ranks tried.
@Suite("Ranks of weights within a budget")
struct RankStepTests {
    private static let sizes = [(12, 14), (9, 12), (4, 9)]

    /// Layers one after another whose weights are nearly of a low rank each, and of very different sizes.
    private static func network(seed: UInt64) -> Network {
        var random = SeededGenerator(seed: seed)
        var parameters: [Parameter] = []
        for (place, size) in sizes.enumerated() {
            let (planted, scale) = (Int.random(in: 1...3, using: &random), Double.random(in: 0.01...10, using: &random))
            func normal(_ count: Int) -> [Double] { (0..<count).map { _ in random.normal() } }
            var values = normal(size.0 * size.1).map { 0.3 * $0 }
            for _ in 0..<planted {
                let (left, right) = (normal(size.0), normal(size.1))
                for row in 0..<size.0 { for column in 0..<size.1 { values[row * size.1 + column] += left[row] * right[column] } }
            }
            parameters.append(
                Parameter(
                    name: "fc\(place).weight", role: .weight,
                    values: Tensor(shape: [size.0, size.1], floats: values.map { Float(scale * $0) })))
        }
        let nodes = sizes.indices.map { place in
            Node(
                name: "fc\(place)", operation: .gemm(Gemm(transposeB: true)),
                inputs: [place == 0 ? "input" : "h\(place)", "fc\(place).weight"], outputs: ["h\(place + 1)"])
        }
        return Network(
            name: "n", input: "input", inputShape: [14], output: "h3", nodes: nodes,
            parameters: OrderedDictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0) }))
    }

    private static func trained(_ layer: Layer, _ network: Network, _ plan: LayerPlan = .unchanged) throws -> TrainedLayer {
        let values = try #require(network.parameters[layer.weight]?.values)
        return TrainedLayer(
            layer: layer, weights: values, plan: plan, mask: nil, threshold: 0, deviation: 1, options: TrainedOptions())
    }

    /// Squared error of each rank from 0, relative to the squared size.
    private static func errors(_ layer: TrainedLayer) -> [Double] {
        let geometry = layer.layer.geometry
        let squares = singularValues(layer.floats.floats, rows: geometry.outputs, columns: geometry.inputs).map { $0 * $0 }
        let all = squares.reduce(0, +)
        return (0...squares.count).map { squares.dropFirst($0).reduce(0, +) / all }
    }

    @Test(
        "Of all ranks within the budget they have the least error, and what weights are pulled to has that error",
        arguments: 1...12 as ClosedRange<UInt64>)
    func leastError(seed: UInt64) throws {
        let network = Self.network(seed: seed)
        let layers = try network.layers.map { try Self.trained($0, network) }
        let (errors, dense) = (layers.map(Self.errors), layers.reduce(0) { $0 + $1.layer.count })
        for (unit, share) in [(BudgetUnit.parameters, 0.35), (.multiplyAdds, 0.6), (.parameters, 0.8), (.parameters, 1)] {
            let settings = LearnedRanks(unit, share: share)
            var step = RankStep(settings)
            for layer in layers {
                #expect(settings.includes(layer) && !step.isKnown(layer.layer.weight))
                step.decompose(layer)
            }
            let ranks = try step.ranks(network, plans: [:])
            func cost(_ place: Int, _ rank: Int?) -> Int {
                let (rows, columns) = Self.sizes[place]
                return rank.map { $0 * (rows + columns) } ?? rows * columns
            }
            // Every rank of each layer, and dense.
            let options = errors.map { errors in [nil] + (1..<errors.count).map { Optional($0) } }
            var least = Double.infinity
            for a in options[0] {
                for b in options[1] {
                    for c in options[2] {
                        let chosen = [a, b, c]
                        let sum = chosen.enumerated().map { cost($0, $1) }.reduce(0, +)
                        guard Double(sum) <= share * Double(dense) else { continue }
                        let lost = chosen.enumerated().map { place, rank in rank.map { errors[place][$0] } ?? 0 }
                        least = min(least, lost.reduce(0, +))
                    }
                }
            }
            var (found, taken) = (0.0, 0)
            for (place, layer) in layers.enumerated() {
                let rank = ranks[layer.layer.weight]
                taken += cost(place, rank)
                guard let rank else { continue }
                let target = try #require(step.target(of: layer.layer, rank: rank))
                let squares = zip(layer.floats.floats, target.values.floats).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
                #expect(target.rank == rank && abs(squares / target.squaredNorm - errors[place][rank]) < 1e-6)
                found += squares / target.squaredNorm
            }
            #expect(Double(taken) <= share * Double(dense) && abs(found - least) < 1e-5, "\(ranks): \(found) \(least)")
            #expect(share < 1 || ranks.isEmpty)
        }
    }

    @Test("Weights are pulled to where the penalty has its least, and by no strength beyond")
    func pulls() throws {
        let network = Self.network(seed: 3)
        let layer = try Self.trained(try #require(network.layers.first), network)
        let before = layer.floats.floats
        let target = Tensor(shape: layer.layer.shape, floats: before.map { 0.5 * $0 + 1 })
        layer.pull(to: target, share: 0.25)
        for (index, value) in layer.floats.floats.enumerated() {
            #expect(abs(value - (before[index] + 0.25 * (target.floats[index] - before[index]))) < 1e-4 * max(1, abs(before[index])))
        }
        layer.pull(to: target, share: 1)
        #expect(zip(layer.floats.floats, target.floats).allSatisfy { abs($0 - $1) < 1e-4 * max(1, abs($1)) })
    }

    @Test("What is pruned, coded, bypassed or without a spectrum takes no part, with the reason")
    func obstacles() throws {
        let network = Self.network(seed: 4)
        let layer = try #require(network.layers.first)
        let settings = LearnedRanks(share: 0.5)
        for (plan, word) in [
            (LayerPlan(pruning: .level(0.5)), "pruned"), (LayerPlan(weights: .linear(LinearQuantization(bits: 4))), "linear"),
            (LayerPlan(bypass: true), "bypassed"),
        ] {
            let trained = try Self.trained(layer, network, plan)
            #expect(!settings.includes(trained) && settings.obstacle(trained)?.contains(word) == true)
        }
        #expect(!LearnedRanks(share: 0.5, weights: ["fc1.weight"]).includes(try Self.trained(layer, network)))
        #expect(settings.penalty(turn: 0) == 10 && settings.penalty(turn: 3) == 80 && settings.penalty(turn: 10_000) == 1e30)
    }
}
