import Compression
import Engine
import Networks
import Tensors
import TestSupport
import Testing

/// A repair that goes through its networks once, beside one that runs them anew for each layer.
@Suite("A repair goes through both networks once")
struct RepairWalkTests {
    /// A third of the channels of every layer that can lose some.
    private func cut(_ network: Network, _ layers: [String]? = nil) throws -> (network: Network, kept: KeptPlaces) {
        var removal = FilterRemoval(layers: layers ?? network.layers.map(\.weight), amount: .share(0.34))
        removal.passesHeld = true
        let removed = try removal.removed(from: network)
        var kept = KeptPlaces()
        kept.take(removed, from: network)
        return (try removal.applied(to: network), kept)
    }

    private func repair(_ network: Network, _ data: Dataset, memory: Int = NetworkRepair.memory) throws -> NetworkRepair {
        let cut = try cut(network)
        let repair = try NetworkRepair(before: network, after: cut.network, kept: cut.kept, data: data, memory: memory)
        while try repair.step() { #expect(repair.keptByteCount <= memory, "\(network.name)") }
        #expect(repair.keptByteCount == 0 && repair.progress == 1)
        return repair
    }

    private func isNear(_ first: NetworkRepair, _ second: NetworkRepair) throws -> Bool {
        let input = NetworkRun.input(of: first.network, batch: 2, seed: 3)
        let logits = try [first, second].map { try NetworkRun($0.network, input: input, batch: 2).logits }
        let errors = first.errors.allSatisfy { name, error in
            second.errors[name].map { abs($0.before - error.before) < 1e-4 && abs($0.after - error.after) < 1e-4 } ?? false
        }
        return NetworkRun.difference(logits[0], logits[1]) < 2e-3 && errors && first.errors.count == second.errors.count
            && first.followed == second.followed && first.untouched == second.untouched
    }

    @Test(
        "What is kept changes nothing: each layer is what it is where both networks are run anew for it, or where a part of the examples has room",
        arguments: ChannelNetwork.Kind.allCases)
    func kinds(kind: ChannelNetwork.Kind) throws {
        let network = ChannelNetwork.network(kind)
        let data = TrainingSample.noise(for: network, 40, seed: 5)
        let (anew, once) = (try repair(network, data, memory: 0), try repair(network, data))
        #expect(try isNear(anew, once))
        #expect(try isNear(anew, repair(network, data, memory: 60_000)))
        if anew.errors.count > 2 { #expect(once.nodeRuns < anew.nodeRuns, "\(once.nodeRuns) \(anew.nodeRuns)") }
        // Each node once for each example, at most; of these two also what stands between where batches are no longer one example after another.
        let isMixed = kind == .swin || kind == .sequenceFirst
        #expect(once.nodeRuns <= (isMixed ? 4 : 2) * network.nodes.count * data.count)
    }

    @Test("Random networks")
    func random() throws {
        var count = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            let network = RandomNetwork.network(seed: seed)
            guard network.unsupportedNodes.isEmpty, network.layers.contains(where: { network.filterObstacle(of: $0) == nil }) else {
                continue
            }
            let data = TrainingSample.noise(for: network, 24, seed: seed)
            let once = try repair(network, data)
            #expect(try isNear(repair(network, data, memory: 0), once), "seed \(seed)")
            count += once.errors.isEmpty ? 0 : 1
        }
        #expect(count >= 8, "only \(count) networks")
    }

    @Test("Nodes that are run, and looks at them, grow with the depth and not with its square")
    func linear() throws {
        let found = try [10, 20, 40].map { depth in
            let network = LinearCostTests.chain(depth, name: "repaired \(depth)")
            let data = TrainingSample.noise(for: network, 16, seed: 2)
            let cut = try cut(network, ["l0.weight"])
            func runs(_ memory: Int) throws -> (runs: Int, visits: Int, count: Int) {
                var repair: NetworkRepair?
                let steps = try WorkCount.steps(of: network.name) {
                    let made = try NetworkRepair(before: network, after: cut.network, kept: cut.kept, data: data, memory: memory)
                    while try made.step() {}
                    repair = made
                }
                return (repair?.nodeRuns ?? 0, steps.visits, repair?.errors.count ?? 0)
            }
            let (once, anew) = (try runs(NetworkRepair.memory), try runs(0))
            // All layers behind the first one, three nodes each, and the last product in the network before.
            #expect(once.count == depth - 1 && once.runs == 16 * (6 * (depth - 1) + 1))
            #expect(anew.runs == 16 * (1..<depth).reduce(0) { $0 + 6 * $1 + 1 })
            return once.visits
        }
        #expect(found[2] - found[1] == 2 * (found[1] - found[0]), "\(found)")
    }

    @Test("Importance by reconstruction goes through the network once for all readers")
    func reconstruction() throws {
        let found = try [10, 20, 40].map { depth in
            let network = LinearCostTests.chain(depth, name: "ranked \(depth)")
            var removal = FilterRemoval(layers: network.layers.map(\.weight), amount: .share(0.3), criterion: .reconstruction)
            removal.passesHeld = true
            _ = network.channelGroups
            return try WorkCount.steps(of: network.name) {
                let measured = try MeasuredImportance(removal, in: network, data: .success(TrainingSample.noise(for: network, 16, seed: 2)))
                while try measured.step() {}
                #expect(measured.scores.byLayer.count == depth - 1)
            }.visits
        }
        #expect(found[2] - found[1] == 2 * (found[1] - found[0]), "\(found)")
    }
}

/// The repair as its definition reads: for each layer both networks are run whole by the reference kernels, and all places are taken.
private struct PlainRepair {
    let before: Network
    var network: Network
    let kept: KeptPlaces
    let data: Dataset
    private(set) var errors: [String: (before: Double, after: Double)] = [:]

    init(before: Network, after: Network, kept: KeptPlaces, data: Dataset) {
        (self.before, network, self.kept, self.data) = (before, after, kept, data)
    }

    mutating func run() throws {
        let first = try #require(network.layers.firstIndex { kept.kept[$0.weight]?[1] != nil })
        for layer in network.layers[first...] where layer.groups == 1 && !layer.isTransposed { try repair(layer) }
    }

    private mutating func repair(_ layer: Layer) throws {
        let node = network.nodes[try #require(layer.node)]
        let (own, other) = try (
            NetworkRun(network, input: data.inputs.floats, batch: data.count).values,
            NetworkRun(before, input: data.inputs.floats, batch: data.count).values
        )
        let (read, made) = (try #require(own[node.inputs[0]]), try #require(other[node.outputs[0]]))
        let outputs = kept.kept[layer.weight]?[0] ?? Array(0..<made.shape[1])
        let places = made.shape.count / made.shape[0] / made.shape[1]
        var (fitted, held) = ([[Float]](), [[Float]]())
        for example in 0..<data.count {
            for place in 0..<places {
                let target = outputs.map { made.values[(example * made.shape[1] + $0) * places + place] }
                let column = window(node, read, example, place, made.shape) + target
                if example % 8 == 7 { held.append(column) } else { fitted.append(column) }
            }
        }
        let inputs = try #require(fitted.first).count - outputs.count
        let (moments, judge) = (sums(fitted, inputs), sums(held, inputs))
        let weights = try #require(network.parameters[layer.weight]).values.floats
        let normalization = network.nodes.filter { $0.inputs.first == node.outputs[0] }.first {
            if case .batchNormalization = $0.operation { true } else { false }
        }
        let fit = try #require(ReaderFit(moments, heldOut: judge, weights: weights, isCentred: layer.bias != nil || normalization != nil))
        var (rows, bias) = (fit.weights, layer.bias == nil ? nil : fit.bias)
        errors[layer.weight] = fit.relativeError
        let hasNormalization = network.nodes.contains { if case .batchNormalization = $0.operation { true } else { false } }
        if !hasNormalization, !layer.givesLogits { moments.match(&rows, bias: &bias) }
        set(layer.weight, rows.map { Float($0) })
        if let name = layer.bias, let bias { set(name, bias.map { Float($0) }) }
        if let normalization { try follow(normalization, moments, rows, bias) }
    }

    private mutating func set(_ name: String, _ floats: [Float]) {
        guard let shape = network.parameters[name]?.shape else { return }
        network.parameters[name]?.values = Tensor(shape: shape, floats: floats)
    }

    private mutating func follow(_ node: Node, _ moments: SecondMoments, _ rows: [Double], _ bias: [Double]?) throws {
        for (input, name) in [(3, node.inputs[3]), (4, node.inputs[4])] {
            let values = try #require(before.parameters[name]).values.floats
            let left = kept.kept[name]?[0] ?? Array(values.indices)
            let floats = moments.outputMoments(of: rows).enumerated().map { row, output -> Float in
                let (now, was) = (output.found.variance, output.wanted.variance)
                let scale = now > 0 && was > 0 ? Float(max(0.25, now / was).squareRoot()) : 1
                return input == 3
                    ? Float(output.found.mean + (bias?[row] ?? 0)) - Float(output.wanted.mean - Double(values[left[row]])) * scale
                    : values[left[row]] * scale * scale
            }
            set(name, floats)
        }
    }

    /// What an output is made of: of a convolution of two axes its window, of a product the row.
    private func window(_ node: Node, _ read: ReferenceTensor, _ example: Int, _ place: Int, _ made: Shape) -> [Float] {
        guard case .convolution(let settings) = node.operation else {
            let width = read.shape[1]
            return Array(read.values[example * width..<(example + 1) * width])
        }
        let (channels, height, width) = (read.shape[1], read.shape[2], read.shape[3])
        let (top, side) = (place / made[3] * settings.strides[0], place % made[3] * settings.strides[1])
        return (0..<channels * settings.kernel[0] * settings.kernel[1]).map { number in
            let (channel, tap) = number.quotientAndRemainder(dividingBy: settings.kernel[0] * settings.kernel[1])
            let y = top + tap / settings.kernel[1] - settings.pads[0]
            let x = side + tap % settings.kernel[1] - settings.pads[1]
            guard y >= 0, y < height, x >= 0, x < width else { return 0 }
            return read.values[((example * channels + channel) * height + y) * width + x]
        }
    }

    private func sums(_ columns: [[Float]], _ inputs: Int) -> SecondMoments {
        let size = columns.first?.count ?? inputs
        var moments = SecondMoments(inputs: inputs, outputs: size - inputs)
        let rows = (0..<size).flatMap { row in columns.map { $0[row] } }
        var next = 0
        while next < columns.count { next = moments.add(rows, columns: columns.count, from: next) }
        return moments
    }
}

extension RepairWalkTests {
    @Test(
        "Each layer is what least squares over whole runs of the reference kernels gives, with normalizations that follow and without any")
    func definition() throws {
        let residual = ChannelNetwork.network(.residualB)
        for network in [residual, residual.applying(.foldBatchNormalization)] {
            let data = TrainingSample.noise(for: network, 16, seed: 6)
            let cut = try cut(network)
            var plain = PlainRepair(before: network, after: cut.network, kept: cut.kept, data: data)
            try plain.run()
            let found = try repair(network, data)
            #expect(found.errors.count > 8 && found.errors.count == plain.errors.count)
            for (name, error) in plain.errors {
                let own = try #require(found.errors[name])
                #expect(abs(own.before - error.before) < 1e-3 && abs(own.after - error.after) < 1e-3, "\(name) \(own) \(error)")
            }
            let input = NetworkRun.input(of: plain.network, batch: 4, seed: 3)
            let logits = try [plain.network, found.network, cut.network].map { try NetworkRun($0, input: input, batch: 4).logits }
            let (near, far) = (NetworkRun.difference(logits[1], logits[0]), NetworkRun.difference(logits[2], logits[0]))
            #expect(near < 5e-3 && far > 20 * near, "\(near) \(far)")
        }
    }
}
