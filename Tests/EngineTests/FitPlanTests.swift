import Compression
import Engine
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Plans whose layers are fitted to what they read: gathered in the lane, equal however one came there, refused without training examples.
@Suite("Layers fitted to their inputs in the live engine")
struct FitPlanTests {
    private let data = TrainingSample.data(300, seed: 2, split: .validation)
    private let materials = TrainingMaterials(examples: .ready(TrainingSample.data(400, seed: 1)))

    private func plan(_ names: [String], _ weights: WeightRepresentation, level: Double = 0, mask: MaskChoice? = nil) -> CompressionPlan {
        var layer = LayerPlan(pruning: .level(level), weights: weights)
        (layer.fit, layer.mask) = (.compensated, mask)
        return CompressionPlan(layers: names.map { .init(pattern: $0, plan: layer) })
    }

    /// A padded convolution in groups, and a dense layer [in, out] on all its pixels.
    private func network(groups: Int) -> Network {
        var generator = SeededGenerator(seed: 5)
        func normal(_ shape: Shape, _ scale: Double) -> Tensor {
            Tensor(shape: shape, floats: (0..<shape.count).map { _ in Float(scale * generator.normal()) })
        }
        var network = Network(
            name: "sample", input: "input", inputShape: [2, 3, 2], output: "logits",
            nodes: [
                Node(
                    name: "conv", operation: .convolution(Convolution(kernel: [3, 3], pads: [1, 1, 1, 1], groups: groups)),
                    inputs: ["input", "conv.weight", "conv.bias"], outputs: ["c"]),
                Node(name: "relu", operation: .relu, inputs: ["c"], outputs: ["r"]),
                Node(name: "flatten", operation: .flatten(axis: 1), inputs: ["r"], outputs: ["x"]),
                Node(name: "fc", operation: .matrixMultiplication, inputs: ["x", "fc.weight"], outputs: ["logits"]),
            ], parameters: [:])
        for (name, role, values) in [
            ("conv.weight", Parameter.Role.weight, normal([6, 2 / groups, 3, 3], 0.4)), ("conv.bias", .bias, normal([6], 0.5)),
            ("fc.weight", .weight, normal([36, 3], 0.2)),
        ] {
            network.parameters[name] = Parameter(name: name, role: role, values: values)
        }
        return network
    }

    @Test(
        "The error of a layer's outputs on the calibration examples is what its figures say, of groups too",
        arguments: [("conv.weight", 1), ("conv.weight", 2), ("fc.weight", 1)])
    func errors(weight: String, groups: Int) throws {
        let network = network(groups: groups)
        let run = EngineRun(network, .ready(data), materials: materials)
        let found = run.settle(plan([weight], .linear(LinearQuantization(bits: 3)), level: 0.3), generation: 1)
        #expect(found.failures.isEmpty && found.accuracy?.isExact == true)
        let versions = run.events.compactMap { event in
            if case .layer(let layer, 1) = event, layer.layer.weight == weight { layer } else { nil }
        }
        #expect(versions.first?.summary.fit == nil, "shown first as it is without")
        let made = try #require(versions.last)
        let fit = try #require(made.summary.fit)
        #expect(fit.examples == 400 && fit.seed == 1 && fit.columns == (weight == "fc.weight" ? 400 : 2_400))
        let training = TrainingSample.data(400, seed: 1)
        let value = weight == "fc.weight" ? "logits" : "c"
        func outputs(_ layer: CompressedLayer?) throws -> [Double] {
            var changed = network
            if let layer { changed.parameters[weight]?.values = layer.weights }
            changed.parameters["conv.bias"]?.values = Tensor(shape: [6], floats: Array(repeating: 0, count: 6))
            // The dense layer reads what the convolution gives with its bias.
            if value == "logits" {
                changed.parameters["conv.bias"]?.values = network.parameters["conv.bias"]?.values ?? Tensor(shape: [6], floats: [])
            }
            return try #require(try NetworkRun(changed, input: training.inputs.floats, batch: 400).values[value]?.values.map(Double.init))
        }
        let before = try outputs(nil)
        let energy = before.reduce(0) { $0 + $1 * $1 }
        func error(_ layer: CompressedLayer?) throws -> Double {
            zip(before, try outputs(layer)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / energy
        }
        let (after, plain) = (try error(made), try error(versions.first))
        #expect(abs(after - (fit.errorAfter ?? 0)) < 1e-4 * after && abs(plain - (fit.errorBefore ?? 0)) < 1e-4 * plain)
        #expect(after < plain)
    }

    @Test("Behind layers that are compressed a layer makes good what they lost, as the outputs on the calibration examples show")
    func sequential() throws {
        let (network, training) = (network(groups: 1), TrainingSample.data(400, seed: 1))
        func plan(_ fit: WeightFit, _ names: [String] = ["conv.weight", "fc.weight"]) -> CompressionPlan {
            var layer = LayerPlan(pruning: .level(0.5), weights: .linear(LinearQuantization(bits: 4)))
            layer.fit = fit
            return CompressionPlan(layers: names.map { .init(pattern: $0, plan: layer) })
        }
        let run = EngineRun(network, .ready(data), materials: materials)
        func made(_ plan: CompressionPlan, _ generation: UInt64) -> [String: CompressedLayer] {
            #expect(run.settle(plan, generation: generation).failures.isEmpty)
            return run.events.reduce(into: [:]) { found, event in
                if case .layer(let layer, generation) = event { found[layer.layer.weight] = layer }
            }
        }
        func error(_ layers: [String: CompressedLayer]) throws -> Double {
            func logits(_ network: Network) throws -> [Float] {
                try #require(try NetworkRun(network, input: training.inputs.floats, batch: 400).values["logits"]?.values)
            }
            var changed = network
            for (weight, layer) in layers { changed.parameters[weight]?.values = layer.weights }
            return zip(try logits(network), try logits(changed)).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        }
        let (alone, behind) = (made(plan(.compensated), 1), made(plan(.sequential), 2))
        // The first layer has nothing before it, and reads the same.
        #expect(behind["conv.weight"]?.weights.floats == alone["conv.weight"]?.weights.floats)
        #expect(behind["fc.weight"]?.weights.floats != alone["fc.weight"]?.weights.floats)
        let (own, following) = (try error(alone), try error(behind))
        #expect(following < 0.95 * own, "\(following) and \(own)")
        // Where nothing before it changes it is the compensated one; another way to the same plan comes to the same.
        #expect(made(plan(.sequential, ["fc.weight"]), 3)["fc.weight"]?.weights.floats == alone["fc.weight"]?.weights.floats)
        #expect(made(plan(.sequential), 4)["fc.weight"]?.weights.floats == behind["fc.weight"]?.weights.floats)
        let fresh = EngineRun(network, .ready(data), materials: materials).settle(plan(.sequential), generation: 1)
        #expect(fresh == run.settle(plan(.sequential), generation: 5))
    }

    @Test("Examples that are named for it take the place of the training examples")
    func ownExamples() {
        let network = TrainingSample.network(seed: 4)
        var other = TrainingMaterials()
        other.calibration = .ready(TrainingSample.data(400, seed: 1))
        let found = EngineRun(network, .ready(data), materials: other).settle(plan(["fc1.weight"], .ternary), generation: 1)
        let known = EngineRun(network, .ready(data), materials: materials).settle(plan(["fc1.weight"], .ternary), generation: 1)
        #expect(found.failures.isEmpty && found.layers["fc1.weight"]?.fit != nil && found == known)
    }

    @Test("After any way to a plan every number is a fresh engine's")
    func ways() throws {
        let network = TrainingSample.network(seed: 4)
        let shared = WeightRepresentation.shared(WeightSharing(bits: 2))
        let plans = [
            plan(["fc1.weight"], shared, level: 0.5), plan(["*"], .ternary, level: 0.4, mask: .obs), CompressionPlan(),
            plan(["fc1.weight"], shared, level: 0.6), plan(["*"], .ternary, level: 0.3, mask: .obs),
            plan(["fc1.weight"], shared, level: 0.5),
        ]
        let run = EngineRun(network, .ready(data), materials: materials)
        for (index, plan) in plans.enumerated() {
            let found = run.settle(plan, generation: UInt64(index + 1))
            let fresh = EngineRun(network, .ready(data), materials: materials)
            #expect(found == fresh.settle(plan, generation: 1) && found.failures.isEmpty, "plan \(index)")
        }
    }

    @Test("Without training examples nothing is fitted, and the cure is said")
    func refusal() {
        let run = EngineRun(TrainingSample.network(seed: 4), .ready(data))
        let found = run.settle(plan(["fc1.weight"], .ternary), generation: 1)
        guard case .plan(let message)? = found.failures.first else { return #expect(Bool(false), "no failure") }
        #expect(message.contains("training examples") && message.contains("--data DIR") && message.contains("fit: nearest"))
        #expect(found.accuracy == nil && found.layers.values.allSatisfy { $0.fit == nil })
    }

    @Test(
        "A training begins with the layers as they were fitted",
        arguments: [WeightRepresentation.shared(WeightSharing(bits: 2)), .linear(LinearQuantization(bits: 3, clip: .maximum)), .float32])
    func training(weights: WeightRepresentation) throws {
        let network = TrainingSample.network(seed: 3)
        let plan = plan(["fc1.weight"], weights, level: 0.4, mask: .obs)
        let run = EngineRun(network, .ready(data), materials: materials)
        let settled = run.settle(plan, generation: 1)
        let order = TrainingOrder(id: "run", plan: plan, recipe: TrainingRecipe(epochs: 0, batchSize: 16), base: nil)
        run.engine.start(.training(order))
        run.take(until: \.isEnd)
        let ended = run.events.compactMap(\.training).compactMap { if case .trained(let state, _) = $0 { state } else { nil } }.last
        let state = try #require(ended)
        let made = run.events.compactMap { event in
            if case .layer(let layer, 1) = event, layer.layer.weight == "fc1.weight" { layer } else { nil }
        }.last
        let kept = try #require(state.layers["fc1.weight"]?.compressed.weights.floats)
        let fitted = try #require(made?.weights.floats)
        #expect(zip(kept, fitted).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(run.settle(plan, generation: 2, base: state).accuracy?.current == settled.accuracy?.current)
    }
}
