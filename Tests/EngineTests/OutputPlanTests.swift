import Compression
import Engine
import Kernels
import Networks
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Plans whose factors are nearest to outputs: gathered in the lane, equal however one came there, refused without training examples.
@Suite("Factors by outputs in the live engine")
struct OutputPlanTests {
    private let data = TrainingSample.data(300, seed: 2, split: .validation)
    private let materials = TrainingMaterials(examples: .ready(TrainingSample.data(400, seed: 1)))

    /// A convolution with padding, a Relu, and a dense layer on all its pixels.
    private static func network() -> Network {
        var generator = SeededGenerator(seed: 5)
        func normal(_ shape: Shape, _ scale: Double) -> Tensor {
            Tensor(shape: shape, floats: (0..<shape.count).map { _ in Float(scale * generator.normal()) })
        }
        let parameters = [
            Parameter(name: "conv.weight", role: .weight, values: normal([6, 1, 3, 3], 0.4)),
            Parameter(name: "conv.bias", role: .bias, values: normal([6], 0.5)),
            Parameter(name: "fc.weight", role: .weight, values: normal([72, 3], 0.2)),
        ]
        return Network(
            name: "sample", input: "input", inputShape: [1, 3, 4], output: "logits",
            nodes: [
                Node(
                    name: "conv", operation: .convolution(Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])),
                    inputs: ["input", "conv.weight", "conv.bias"], outputs: ["c"]),
                Node(name: "relu", operation: .relu, inputs: ["c"], outputs: ["r"]),
                Node(name: "flatten", operation: .flatten(axis: 1), inputs: ["r"], outputs: ["x"]),
                Node(name: "fc", operation: .matrixMultiplication, inputs: ["x", "fc.weight"], outputs: ["logits"]),
            ],
            parameters: OrderedDictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0) }))
    }

    private func plan(_ names: [String], rank: Int, _ weighting: LowRank.Weighting = .outputs) -> CompressionPlan {
        CompressionPlan(
            layers: names.map { .init(pattern: $0, plan: LayerPlan(weights: .factors(LowRank(.number(rank), weighting: weighting)))) })
    }

    private func layers(_ run: EngineRun, generation: UInt64) -> [String: CompressedLayer] {
        run.events.reduce(into: [:]) { found, event in
            if case .layer(let layer, generation) = event { found[layer.layer.weight] = layer }
        }
    }

    @Test("The error of a layer's outputs on the calibration examples is what its kept energy says", arguments: [false, true])
    func energies(isConvolution: Bool) throws {
        let network = Self.network()
        let weight = isConvolution ? "conv.weight" : "fc.weight"
        let run = EngineRun(network, .ready(data), materials: materials)
        let rank = isConvolution ? 2 : 1
        let found = run.settle(plan([weight], rank: rank), generation: 1)
        #expect(found.failures.isEmpty && found.accuracy?.isExact == true)
        let made = try #require(layers(run, generation: 1)[weight])
        let kept = try #require(made.summary.keptEnergy)
        // The same examples through the plain kernels, with the layer as it was and as it is.
        let training = TrainingSample.data(400, seed: 1)
        let indices = CalibrationKey.standard.indices(of: 400)
        let input = indices.flatMap { Array(training.inputs.floats[$0 * 12..<($0 + 1) * 12]) }
        var changed = network
        changed.parameters[weight]?.values = made.weights
        if let bias = made.bias { changed.parameters["conv.bias"]?.values = bias }
        let value = isConvolution ? "c" : "logits"
        let before = try #require(try NetworkRun(network, input: input, batch: 256).values[value]?.values.map(Double.init))
        let after = try #require(try NetworkRun(changed, input: input, batch: 256).values[value]?.values.map(Double.init))
        let error = zip(before, after).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        // About the mean of each channel where there is a bias, about 0 where there is none.
        var size = 0.0
        for channel in 0..<(isConvolution ? 6 : 3) {
            let own = before.indices.filter { isConvolution ? $0 / 12 % 6 == channel : $0 % 3 == channel }.map { before[$0] }
            let mean = isConvolution ? own.reduce(0, +) / Double(own.count) : 0
            size += own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        #expect(abs(error / size - (1 - kept)) < 1e-5 * (1 - kept), "\(1 - error / size) for \(kept)")
        #expect(isConvolution ? made.bias?.floats != network.parameters["conv.bias"]?.values.floats : made.bias == nil)
    }

    @Test("After any way to a plan every number is a fresh engine's")
    func ways() throws {
        let network = TrainingSample.network(seed: 4)
        let plans = [
            plan(["fc1.weight"], rank: 3), plan(["fc1.weight", "fc2.weight"], rank: 2), CompressionPlan(),
            plan(["fc1.weight"], rank: 3, .plain), plan(["*"], rank: 2), plan(["fc1.weight"], rank: 3),
        ]
        let run = EngineRun(network, .ready(data), materials: materials)
        for (index, plan) in plans.enumerated() {
            let found = run.settle(plan, generation: UInt64(index + 1))
            let fresh = EngineRun(network, .ready(data), materials: materials)
            #expect(found == fresh.settle(plan, generation: 1) && found.failures.isEmpty, "plan \(index)")
        }
        let gathered = run.events.contains { if case .gathering = $0 { true } else { false } }
        #expect(gathered)
    }

    @Test("Without training examples nothing is made, and the cure is said")
    func refusal() {
        let run = EngineRun(TrainingSample.network(seed: 4), .ready(data))
        let found = run.settle(plan(["fc1.weight"], rank: 3), generation: 1)
        guard case .plan(let message)? = found.failures.first else { return #expect(Bool(false), "no failure") }
        #expect(message.contains("training examples") && message.contains("--data DIR") && message.contains("weighting plain"))
        #expect(found.layers.isEmpty && run.settle(plan(["fc1.weight"], rank: 3, .plain), generation: 2).layers.count == 2)
    }

    @Test("A training begins with the plan's layers as they are made, and another plan of its state has the bias before it")
    func training() throws {
        let network = TrainingSample.network(seed: 3)
        let plan = plan(["fc1.weight"], rank: 4)
        let run = EngineRun(network, .ready(data), materials: materials)
        let settled = run.settle(plan, generation: 1)
        let made = try #require(layers(run, generation: 1)["fc1.weight"])
        let order = TrainingOrder(id: "run", plan: plan, recipe: TrainingRecipe(epochs: 0, batchSize: 16), base: nil)
        run.engine.start(.training(order))
        run.take(until: \.isEnd)
        let ended = run.events.compactMap(\.training).compactMap { if case .trained(let state, _) = $0 { state } else { nil } }.last
        let state = try #require(ended)
        let layer = try #require(state.layers["fc1.weight"]?.compressed)
        #expect(layer.form == made.form && layer.weights.floats == made.weights.floats && layer.bias?.floats == made.bias?.floats)
        #expect(run.settle(plan, generation: 2, base: state).accuracy?.current == settled.accuracy?.current)
        let bias = try #require(state.parameters["fc1.bias"]?.floats)
        let original = try #require(network.parameters["fc1.bias"]?.values.floats)
        #expect(zip(bias, original).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test("Spectra are those of the outputs, or of the weights where there are no training examples")
    func spectra() throws {
        let network = Self.network()
        for hasExamples in [true, false] {
            let run = EngineRun(network, .ready(data), materials: hasExamples ? materials : TrainingMaterials())
            run.engine.start(.spectra(SpectraOrder(base: nil, weighting: .outputs)))
            run.take(until: \.isEnd)
            let reports: [SpectraReport] = run.events.compactMap { $0.report() }
            let report = try #require(reports.last)
            #expect(report.isComplete && report.count == 2 && (report.remark == nil) == hasExamples)
            #expect(report.weighting == (hasExamples ? .outputs : .plain))
            #expect(report.spectra["conv.weight"]?.energies.count == 6 && report.spectra["fc.weight"]?.energies.count == 3)
            let found = run.settle(plan(["conv.weight"], rank: 2, report.weighting), generation: 1)
            let energies = try #require(report.spectra["conv.weight"]?.energies)
            let kept = try #require(found.layers["conv.weight"]?.keptEnergy)
            #expect(abs(energies.prefix(2).reduce(0, +) / energies.reduce(0, +) - kept) < 1e-12)
        }
    }
}
