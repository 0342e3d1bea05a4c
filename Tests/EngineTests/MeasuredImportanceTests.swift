import Compression
import Engine
import Foundation
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Importance that is measured on examples, beside what its definition gives by other means.
@Suite("Importance measured on examples")
struct MeasuredImportanceTests {
    private static let count = 6

    private func data(_ network: Network, labels: Bool = true) -> Dataset {
        var data = TrainingSample.noise(for: network, Self.count, seed: 5)
        if !labels { data.labels = [] }
        return data
    }

    private func scores(_ network: Network, _ weight: String, _ criterion: FilterCriterion, _ data: Dataset) throws -> [Double] {
        let removal = FilterRemoval(weight: weight, count: 1, criterion: criterion)
        let measured = try MeasuredImportance(removal, in: network, data: .success(data))
        while try measured.step() {}
        return measured.scores[weight]
    }

    /// Cross-entropy of each example by the reference kernels.
    private func losses(_ network: Network, _ data: Dataset) throws -> [Double] {
        let logits = try NetworkRun(network, input: data.inputs.floats, batch: data.count).logits.map(Double.init)
        let classes = logits.count / data.count
        return data.labels.enumerated().map { example, label in
            let row = logits[example * classes..<(example + 1) * classes]
            let largest = row.max() ?? 0
            return log(row.reduce(0) { $0 + exp($1 - largest) }) + largest - row[row.startIndex + Int(label)]
        }
    }

    private func scaled(_ network: Network, _ names: [String], _ channel: Int, by factor: Double) -> Network {
        var network = network
        for name in names {
            guard let old = network.parameters[name]?.values else { continue }
            let length = old.count / old.shape[0]
            let floats = old.floats.enumerated().map { $0.offset / length == channel ? Float(Double($0.element) * factor) : $0.element }
            network.parameters[name]?.values = Tensor(shape: old.shape, floats: floats)
        }
        return network
    }

    /// By channel and example, what a channel of twice the size would change, of the first order: differences of the reference kernels.
    private func slopes(_ network: Network, _ names: [String], _ channels: Int, _ data: Dataset) throws -> [[Double]] {
        let step = 0.01
        return try (0..<channels).map { channel in
            let more = try losses(scaled(network, names, channel, by: 1 + step), data)
            let less = try losses(scaled(network, names, channel, by: 1 - step), data)
            return zip(more, less).map { ($0 - $1) / (2 * step) }
        }
    }

    private func agree(_ found: [Double], _ expected: [Double], _ share: Double = 0.03) -> Bool {
        let largest = expected.max() ?? 0
        return found.count == expected.count && largest > 0 && zip(found, expected).allSatisfy { abs($0 - $1) <= share * largest }
    }

    /// A small residual network, the first convolution of its first block, and what its channels are scaled by as they leave it: the normalization
    /// behind, or its own parameters where that is taken in.
    private func cases() throws -> [(network: Network, layer: Layer, names: [String])] {
        let network = ChannelNetwork.network(.residualB)
        let layer = network.layers[1]
        let value = try #require(layer.node.map { network.nodes[$0].outputs[0] })
        let reader = try #require(network.index.readers(of: value).first)
        let folded = network.applying(.foldBatchNormalization)
        let own = try #require(folded.layer(of: layer.weight))
        return [
            (network, layer, Array(network.nodes[reader].inputs[1...2])), (folded, own, [own.weight, try #require(own.bias)]),
        ]
    }

    @Test("Taylor of weights and of activations are those of finite differences, with a normalization behind and without")
    func taylor() throws {
        for (network, layer, names) in try cases() {
            let (data, weight) = (data(network), layer.weight)
            let slopes = try slopes(network, names, layer.outputCount, data)
            // All examples are one batch: its loss is their mean.
            let sums = slopes.map { row in abs(row.reduce(0, +)) / Double(row.count) }
            let roots = try scores(network, weight, .taylor, data).map { $0.squareRoot() }
            #expect(agree(roots, sums, 0.05), "\(weight): \(roots) \(sums)")
            let means = slopes.map { row in row.reduce(0) { $0 + abs($1) } / Double(row.count) }
            let norm = means.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let found = try scores(network, weight, .activationTaylor, data)
            #expect(agree(found, means.map { $0 / norm }), "\(weight)")
            #expect(abs(found.reduce(0) { $0 + $1 * $1 } - 1) < 1e-9)
        }
    }

    @Test("Fisher is the mean over examples of ½ (w · ∂ log p / ∂w)² for labels drawn from the softmax, and needs none of the data")
    func fisher() throws {
        let (network, layer, names) = try cases()[1]
        let data = data(network, labels: false)
        let executor = try ReferenceTrainingExecutor(network: network, batchSize: 1)
        var (generator, sums) = (SeededGenerator(seed: CalibrationKey.standard.seed), [Double](repeating: 0, count: layer.outputCount))
        for example in 0..<data.count {
            let size = network.inputShape.count
            executor.withInput { _ = $0.update(fromContentsOf: data.inputs.floats[example * size..<(example + 1) * size]) }
            try executor.forward()
            try executor.withLogits { logits in
                let weights = logits.map { exp(Double($0)) }
                let total = weights.reduce(0, +)
                var (left, label) = (generator.uniform() * total, 0)
                while label < weights.count - 1, left >= weights[label] { (left, label) = (left - weights[label], label + 1) }
                executor.withLogitsGradient { gradient in
                    for place in gradient.indices { gradient[place] = Float(weights[place] / total) - (place == label ? 1 : 0) }
                }
            }
            try executor.backward()
            for name in names {
                let (values, slopes) = (executor.values(of: name), executor.gradient(of: name))
                for place in values.indices {
                    sums[place * sums.count / values.count] += pow(Double(values[place]) * Double(slopes[place]), 2) / 2
                }
            }
        }
        #expect(try agree(scores(network, layer.weight, .fisher, data), sums.map { $0 / Double(data.count) }, 1e-3))
    }

    @Test("APoZ and the mean activation are those of the reference kernels behind the activation")
    func activations() throws {
        let residual = ChannelNetwork.network(.residualB)
        let lenet = try Architecture(name: "lenet-5").network(seed: 2)
        for (network, weight) in [(residual, residual.layers[1].weight), (lenet, "fc1.weight")] {
            let data = data(network, labels: false)
            let node = try #require(network.layer(of: weight)?.node)
            let after = network.nodes[node...].first { if case .unary(.relu) = $0.operation { true } else { false } }
            let value = try #require(after?.outputs.first)
            let made = try #require(NetworkRun(network, input: data.inputs.floats, batch: data.count).values[value])
            let (channels, pixels) = (made.shape[1], made.shape.count / made.shape[0] / made.shape[1])
            func mean(_ of: (Float) -> Double) -> [Double] {
                (0..<channels).map { channel in
                    (0..<data.count).reduce(0) { sum, example in
                        let start = (example * channels + channel) * pixels
                        return sum + made.values[start..<start + pixels].reduce(0) { $0 + of($1) }
                    } / Double(data.count * pixels)
                }
            }
            #expect(try agree(scores(network, weight, .mean, data), mean { Double(abs($0)) }, 1e-4), "\(weight)")
            let alive = mean { $0 == 0 ? 0 : 1 }
            #expect(try agree(scores(network, weight, .apoz, data), alive, 0.02), "\(weight)")
        }
    }

    @Test("What is missing is said, with what can be done")
    func refusals() throws {
        let network = try Architecture(name: "lenet-5").network(seed: 2)
        for criterion in [FilterCriterion.taylor, .activationTaylor] {
            #expect(throws: FilterObstacle.unlabelled(criterion)) {
                try scores(network, "conv1.weight", criterion, data(network, labels: false))
            }
        }
        #expect("\(FilterObstacle.unlabelled(.taylor))".hasSuffix("is 0; choose fisher, which draws labels from its softmax"))
        #expect(throws: FilterObstacle.unactivated(layer: "conv1")) { try scores(network, "conv1.weight", .apoz, data(network)) }
        let removal = FilterRemoval(weight: "conv1.weight", count: 1, criterion: .mean)
        #expect(throws: FilterObstacle.noExamples(.mean, reason: "gone")) {
            try MeasuredImportance(removal, in: network, data: .failure(ThinningData(reason: "gone")))
        }
    }

    @Test("A stream adds up what its layers say; the layers of a network are measured in one pass as each by itself")
    func together() throws {
        let network = ChannelNetwork.network(.residualB)
        let data = data(network)
        let weights = network.layers[0..<4].map(\.weight)
        for criterion in [FilterCriterion.taylor, .mean] {
            let removal = FilterRemoval(layers: weights, amount: .count(1), criterion: criterion)
            let measured = try MeasuredImportance(removal, in: network, data: .success(data))
            while try measured.step() {}
            // The second layer of a block makes the stream that the first one of all began.
            for weight in [weights[0], weights[1], weights[3]] {
                #expect(try measured.scores[weight] == scores(network, weight, criterion, data), "\(weight)")
            }
        }
    }

    @Test("Reconstruction: a filter that another one stands for goes first, and the repaired network is the one before")
    func reconstruction() throws {
        var network = try Architecture(name: "lenet-5").network(seed: 4)
        var floats = try #require(network.parameters["conv1.weight"]?.values).floats
        for place in 0..<25 { floats[7 * 25 + place] = floats[2 * 25 + place] }
        network.parameters["conv1.weight"]?.values = Tensor(shape: [20, 1, 5, 5], floats: floats)
        let examples = TrainingSample.noise(for: network, 96, seed: 5)
        let found = try scores(network, "conv1.weight", .reconstruction, examples)
        let least = try #require(found.indices.min { found[$0] < found[$1] })
        #expect([2, 7].contains(least) && found[least] < 1e-3 && found.sorted()[1] > 10 * found[least])
        let removal = FilterRemoval(weight: "conv1.weight", count: 1, criterion: .reconstruction)
        let thinning = FilterThinning([removal], options: .init(), from: nil, of: network, data: .success(examples))
        while try thinning.step() {}
        let smaller = try #require(thinning.state).base(of: network)
        let (now, before) = (
            try NetworkRun(smaller, input: examples.inputs.floats, batch: examples.count).logits,
            try NetworkRun(network, input: examples.inputs.floats, batch: examples.count).logits
        )
        let largest = before.map(abs).max() ?? 0
        #expect(zip(now, before).allSatisfy { abs($0 - $1) < 0.02 * largest })
    }

    @Test("By reconstruction channels of a shared order go by what they lose for each multiply-add that they save")
    func prices() throws {
        let network = ChannelNetwork.network(.residualB)
        let examples = TrainingSample.noise(for: network, 96, seed: 5)
        let layers = [network.layers[1].weight, network.layers[3].weight]
        var removal = FilterRemoval(layers: layers, amount: .aim(.multiplyAdds, 0.75), criterion: .reconstruction)
        removal.ranking = .global
        let measured = try MeasuredImportance(removal, in: network, data: .success(examples))
        while try measured.step() {}
        let cut = try removal.cut(network, by: measured.scores)
        let whole = try #require(network.cost(.multiplyAdds))
        #expect(try #require(removal.applied(to: network, by: measured.scores).cost(.multiplyAdds)) <= Int(0.75 * Double(whole)))
        let ratios = try cut.shares.map { share in
            let one = try FilterRemoval(weight: share.layer.weight, count: 1).applied(to: network)
            let price = Double(whole - (try #require(one.cost(.multiplyAdds))))
            let own = measured.scores[share.layer.weight].map { $0 / price }
            return (
                gone: share.places.map { own[$0] }.max() ?? 0,
                kept: own.indices.filter { !share.places.contains($0) }.map { own[$0] }.min() ?? 0
            )
        }
        #expect(ratios.count == 2 && cut.shares.allSatisfy { $0.gone > 0 }, "\(cut.shares.map(\.gone))")
        #expect(try #require(ratios.map(\.gone).max()) <= (try #require(ratios.map(\.kept).min())) * 1.000001)
    }

    @Test("Reconstruction refuses channels that are read in groups alone")
    func unfitted() throws {
        let network = ChannelNetwork.network(.grouped)
        let held = network.layers.filter { network.filterObstacle(of: $0) == nil }
        #expect(!held.isEmpty)
        let outcomes = held.map { layer in
            do { return try scores(network, layer.weight, .reconstruction, data(network)).isEmpty ? "" : "found" } catch {
                return "\(error)"
            }
        }
        #expect(outcomes.contains { $0.contains("no layer reads them as a product does") }, "\(outcomes)")
    }
}
