import Compression
import Engine
import Kernels
import Networks
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Convolutions that are replaced by small networks.
@Suite("Modules in the place of a layer")
struct ModuleTests {
    /// A convolution with what makes shapes hard, a Relu before and behind it.
    private struct Window: CustomTestStringConvertible {
        var kernel: [Int]
        var strides: [Int] = [1, 1]
        var dilations: [Int] = [1, 1]
        var pads: [Int] = [0, 0, 0, 0]
        var hasBias = true

        var testDescription: String { "\(kernel) strides \(strides) dilations \(dilations) pads \(pads) bias \(hasBias)" }

        static let all: [Window] = [
            Window(kernel: [3, 3], pads: [1, 1, 1, 1]), Window(kernel: [5, 5]),
            Window(kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1]),
            Window(kernel: [3, 5], strides: [1, 2], pads: [0, 2, 1, 2], hasBias: false),
            Window(kernel: [3, 3], dilations: [2, 1], pads: [2, 0, 1, 1]), Window(kernel: [2, 2], pads: [1, 1, 1, 1]),
        ]

        func network(seed: UInt64) -> Network {
            var generator = SeededGenerator(seed: seed)
            func tensor(_ shape: [Int]) -> Tensor {
                Tensor(shape: Shape(shape), floats: (0..<shape.reduce(1, *)).map { _ in Float(generator.normal()) * 0.4 })
            }
            let window = Convolution(kernel: kernel, strides: strides, dilations: dilations, pads: pads)
            let point = Convolution(kernel: [1, 1])
            let parameters = [
                Parameter(name: "a.weight", role: .weight, values: tensor([6, 2, 1, 1])),
                Parameter(name: "b.weight", role: .weight, values: tensor([8, 6] + kernel)),
                Parameter(name: "b.bias", role: .bias, values: tensor([8])),
                Parameter(name: "c.weight", role: .weight, values: tensor([3, 8])),
            ]
            return Network(
                name: "window", input: "x", inputShape: [2, 11, 12], output: "y",
                nodes: [
                    Node(name: "a", operation: .convolution(point), inputs: ["x", "a.weight"], outputs: ["a"]),
                    Node(name: "ra", operation: .relu, inputs: ["a"], outputs: ["ra"]),
                    Node(
                        name: "b", operation: .convolution(window), inputs: ["ra", "b.weight"] + (hasBias ? ["b.bias"] : []), outputs: ["b"]
                    ),
                    Node(name: "rb", operation: .relu, inputs: ["b"], outputs: ["rb"]),
                    Node(name: "p", operation: .globalAveragePool, inputs: ["rb"], outputs: ["p"]),
                    Node(name: "f", operation: .flatten(axis: 1), inputs: ["p"], outputs: ["f"]),
                    Node(name: "c", operation: .gemm(Gemm(transposeB: true)), inputs: ["f", "c.weight"], outputs: ["y"]),
                ],
                parameters: OrderedDictionary(
                    uniqueKeysWithValues: parameters.filter { hasBias || $0.name != "b.bias" }.map { ($0.name, $0) }))
        }
    }

    private func difference(_ first: Network, _ second: Network) throws -> Float {
        let input = NetworkRun.input(of: first, batch: 3, seed: 4)
        return try NetworkRun.difference(
            NetworkRun(first, input: input, batch: 3).logits, NetworkRun(second, input: input, batch: 3).logits)
    }

    private func fitted(_ network: Network, _ module: LayerModule, examples: Int = 200) throws -> ModuleFit {
        let replacement = LayerReplacement(weight: "b.weight", module: module)
        let after = try #require(try replacement.applied(to: network))
        let layer = try #require(network.layer(of: "b.weight"))
        let data = TrainingSample.noise(for: network, examples, seed: 5)
        let fit = try ModuleFit(before: network, after: after, layer: layer, module: module, data: data)
        while try fit.step() {}
        try fit.network.check()
        return fit
    }

    @Test("Decoupled with as many kernels as the window has places, a layer is the same", arguments: Window.all)
    private func decoupled(window: Window) throws {
        let network = window.network(seed: 2)
        let places = window.kernel.reduce(1, *)
        let replacement = LayerReplacement(weight: "b.weight", module: .separable(multiplier: min(places, 8)))
        let whole = try #require(try replacement.applied(to: network))
        try whole.check()
        // Eight filters: no slice has more than eight singular values.
        #expect(try difference(network, whole) < 1e-5)
    }

    @Test("A 1 × 1 is the layer whose window is 0 but in its centre", arguments: Window.all)
    private func centre(window: Window) throws {
        let network = window.network(seed: 3)
        var centred = network
        let (rows, columns) = (window.kernel[0], window.kernel[1])
        let centre = (rows - 1) / 2 * columns + (columns - 1) / 2
        let weights = try #require(network.parameters["b.weight"]?.values)
        let floats = weights.floats.enumerated().map { $0.offset % (rows * columns) == centre ? $0.element : 0 }
        centred.parameters["b.weight"]?.values = Tensor(shape: weights.shape, floats: floats)
        let replaced = try #require(try LayerReplacement(weight: "b.weight", module: .pointwise).applied(to: network))
        try replaced.check()
        #expect(try difference(centred, replaced) < 1e-5)
    }

    @Test(
        "A Fire module that squeezes to all channels is the layer where nothing is padded, and near it where something is",
        arguments: Window.all)
    private func wholeFire(window: Window) throws {
        let network = window.network(seed: 4)
        let fit = try fitted(network, .fire(squeeze: 6, ones: 0))
        #expect(try difference(network, fit.network) < (window.pads.allSatisfy { $0 == 0 } ? 0.01 : 0.5))
        #expect(fit.error.after <= fit.error.before)
    }

    @Test("Shapes, parameters and products are those that were said, and no fit is farther than its start", arguments: Window.all)
    private func counts(window: Window) throws {
        let network = window.network(seed: 5)
        let layer = try #require(network.layer(of: "b.weight"))
        let shapes = try network.shapes(batch: 1)
        let (inputPlaces, outputPlaces) = (try #require(shapes["ra"]).count / 6, try #require(shapes["b"]).count / 8)
        let others = network.parameterCount - layer.count - (window.hasBias ? 8 : 0)
        let otherProducts = try network.multiplyAdds().reduce(0, +) - layer.count * outputPlaces
        for module in [LayerModule.pointwise, .separable(multiplier: 1), .separable(multiplier: 2), .fire(squeeze: 2, ones: 3)] {
            let fit = try fitted(network, module)
            #expect(fit.network.parameterCount == others + module.parameterCount(of: layer), "\(module)")
            let products = module.multiplyAdds(of: layer, outputPlaces: outputPlaces, inputPlaces: inputPlaces)
            #expect(try fit.network.multiplyAdds().reduce(0, +) == otherProducts + products, "\(module)")
            // Of noise the centre is the best 1 × 1 already.
            let isNearer = module == .pointwise ? fit.error.after <= fit.error.before : fit.error.after < fit.error.before
            #expect(isNearer && fit.error.after < 1, "\(module) \(fit.error)")
            // Also where a part of it reads what is cropped.
            #expect(fit.network.trainingRefusal == nil, "\(module)")
            #expect(Set(fit.network.layers.map(\.name)) == Set(["a", "c"] + module.parts(of: layer).map(\.name)))
        }
    }

    @Test("What can't be replaced is refused for its reason")
    func obstacles() throws {
        let network = Window.all[0].network(seed: 1)
        let layers = Dictionary(uniqueKeysWithValues: network.layers.map { ($0.name, $0) })
        let (a, b, c) = (try #require(layers["a"]), try #require(layers["b"]), try #require(layers["c"]))
        #expect(network.moduleObstacle(of: a, .pointwise) == .isPoint)
        #expect(network.moduleObstacle(of: c, .pointwise) == .noConvolution)
        #expect(network.moduleObstacle(of: b, .separable(multiplier: 10)) == .numbers(atMost: 9))
        #expect(network.moduleObstacle(of: b, .fire(squeeze: 2, ones: 8)) == .fire(squeeze: 32, ones: 7))
        #expect(network.moduleObstacle(of: b, .fire(squeeze: 2, ones: 0)) == nil)
        #expect(LayerModule("fire 16", of: b) == .fire(squeeze: 16, ones: 4) && LayerModule("1x1", of: b) == .pointwise)
        #expect(LayerModule("separable", of: b) == .separable(multiplier: 1) && LayerModule("fire", of: b) == nil)
        #expect(LayerModule("fire x", of: b) == nil && LayerModule("ghost 2", of: b) == nil)
    }

    @Test("The lane makes a state of it that plans, undo and reports go on with; without examples it is the start, and says so")
    func lane() throws {
        let opened = Window.all[0].network(seed: 6)
        let data = TrainingSample.noise(for: opened, 120, seed: 5)
        for examples in [DataSource.ready(data), .none] {
            let run = EngineRun(opened, .ready(data), materials: TrainingMaterials(examples: examples))
            let replacement = LayerReplacement(weight: "b.weight", module: .separable(multiplier: 1))
            run.engine.start(.module(ModuleOrder(replacement, base: nil, label: "b: separable 1")))
            run.take(until: \.isEnd)
            let derived = try #require(run.events.lazy.compactMap { $0.report(DerivedState.self) }.first)
            let network = derived.state.base(of: opened)
            try network.check()
            let start = try #require(try replacement.applied(to: opened))
            #expect(network.layers.map(\.name) == start.layers.map(\.name))
            let isStart = network.parameters["b.pointwise.weight"]?.values.floats == start.parameters["b.pointwise.weight"]?.values.floats
            if case .none = examples {
                #expect(isStart && derived.label == "b: separable 1, not fitted: there are no training examples")
            } else {
                #expect(!isStart && derived.label == "b: separable 1")
            }
            let own = run.settle(CompressionPlan(), generation: 1, base: derived.state)
            #expect(own.failures.isEmpty && own.currentLogits == Outcome.fresh(network, data, CompressionPlan()).currentLogits)
        }
    }
}
