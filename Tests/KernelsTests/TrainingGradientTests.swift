import Kernels
import Networks
import Tensors
import Testing

/// Gradients of the reference against central differences in Double, (f(x + h) − f(x − h)) / 2h, over many seeded shapes and settings.
@Suite struct TrainingGradientTests {
    /// With h = 1e-5 the difference is off by about h² f‴ and by rounding of 1e-16 / h: both below 1e-8 here.
    private static let step = 1e-5
    private static let tolerance = 1e-6
    /// Elements of each tensor that are tried.
    private static let tries = 6

    private func check(_ make: (inout NetworkBuilder, Shape) -> String, _ shape: (inout NetworkBuilder) -> Shape) throws {
        for seed in UInt64(0)..<25 {
            var draw = NetworkBuilder(input: [], seed: seed)
            let shape = shape(&draw)
            let batch = draw.draw(2...3)
            var builder = NetworkBuilder(input: shape, seed: seed + 1_000)
            let output = make(&builder, shape)
            try check(builder.network(output: output), batch: batch, seed: seed)
        }
    }

    private func check(_ network: Network, batch: Int, seed: UInt64) throws {
        let graph = try ReferenceTrainingGraph(network: network, batchSize: batch)
        let worst = worstDifference(graph, seed)
        #expect(worst <= Self.tolerance, "seed \(seed): [\(network.inputShape)], \(network.nodes.map(\.operation))")
    }

    /// Of a seeded weighted sum of the logits, relative to the largest gradient, which counts as 1 at least.
    private func worstDifference(_ graph: ReferenceTrainingGraph, _ seed: UInt64) -> Double {
        var generator = SeededGenerator(seed: seed + 2_000)
        for index in graph.input.values.indices { graph.input.values[index] = generator.normal() }
        for index in graph.logitsGradient.values.indices { graph.logitsGradient.values[index] = generator.normal() }
        _ = loss(graph, seed)
        for stage in 0..<graph.stageCount { graph.runBackward(stage: stage) }
        var worst = 0.0
        for name in graph.trainedParameters + ["input"] {
            guard let gradient = graph.gradients[name] else { return .infinity }
            let scale = gradient.values.reduce(1) { max($0, abs($1)) }
            for _ in 0..<min(Self.tries, gradient.values.count) {
                let index = Int.random(in: gradient.values.indices, using: &generator)
                // Where a kink lies in the wider interval, it hardly ever lies in the narrower one too.
                let differences = [Self.step, Self.step / 8].map { abs(slope(graph, name, index, seed, $0) - gradient.values[index]) }
                worst = max(worst, (differences.min() ?? .infinity) / scale)
            }
        }
        return worst
    }

    private func slope(_ graph: ReferenceTrainingGraph, _ name: String, _ index: Int, _ seed: UInt64, _ step: Double) -> Double {
        func move(_ by: Double) {
            if name == "input" { graph.input.values[index] += by } else { graph.parameters[name]?.values[index] += by }
        }
        move(step)
        let above = loss(graph, seed)
        move(-2 * step)
        let below = loss(graph, seed)
        move(step)
        return (above - below) / (2 * step)
    }

    private func loss(_ graph: ReferenceTrainingGraph, _ seed: UInt64) -> Double {
        for stage in 0..<graph.stageCount { graph.runForward(stage: stage, seed: seed) }
        return zip(graph.logits.values, graph.logitsGradient.values).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private func images(_ builder: inout NetworkBuilder) -> Shape { [builder.draw(1...4), builder.draw(5...8), builder.draw(5...8)] }

    private func window(_ builder: inout NetworkBuilder) -> Pooling {
        var window = Pooling(
            kernel: [builder.draw(1...3), builder.draw(1...3)], strides: [builder.draw(1...3), builder.draw(1...3)],
            dilations: [builder.draw(1...2), builder.draw(1...2)], ceilMode: builder.toss(), countIncludesPadding: builder.toss())
        window.pads = (0..<4).map { builder.draw(0...window.span($0 % 2) - 1) }
        return window
    }

    @Test func convolution() throws {
        try check(
            { builder, shape in
                let window = window(&builder)
                let groups = builder.draw(of: (1...shape[0]).filter { shape[0] % $0 == 0 })
                let settings = Convolution(
                    kernel: window.kernel, strides: window.strides, dilations: window.dilations, pads: window.pads, groups: groups)
                let filters = groups * builder.draw(1...3)
                var inputs = ["input", builder.parameter(Shape([filters, shape[0] / groups] + settings.kernel))]
                if builder.toss() { inputs.append(builder.parameter([filters], role: .bias)) }
                return builder.add(.convolution(settings), inputs)
            }, images)
    }

    @Test(arguments: [true, false]) func pooling(isMaximum: Bool) throws {
        try check(
            { builder, _ in
                let window = window(&builder)
                let pooled = builder.add(isMaximum ? .maxPool(window) : .averagePool(window), "input")
                return builder.toss() ? pooled : builder.add(.globalAveragePool, pooled)
            }, images)
    }

    /// Away from their kinks: finite differences across one are no slope.
    @Test func functions() throws {
        let functions: [UnaryFunction] = [
            .leakyRelu(alpha: 0.1), .elu(alpha: 1.5), .selu(alpha: 1.67, gamma: 1.05), .celu(alpha: 0.7),
            .hardSigmoid(alpha: 0.2, beta: 0.5), .hardSwish, .gelu(isApproximate: false), .gelu(isApproximate: true),
            .clip(lower: 0, upper: 6), .sigmoid, .tanh, .softplus, .softsign, .exponential, .absolute, .negative, .mish,
            .swish(alpha: 1.5), .errorFunction, .sine, .cosine, .arcTangent, .hyperbolicSine, .hyperbolicCosine,
            .inverseHyperbolicSine,
        ]
        try check({ builder, _ in builder.add(.unary(builder.draw(of: functions)), "input") }, { [$0.draw(1...9)] })
    }

    /// Operators of several computed operands, and what is made of them.
    @Test(arguments: TrainedForm.allCases) func forms(_ form: TrainedForm) throws {
        for seed in UInt64(0)..<10 { try check(form.network(seed: seed), batch: 2 + Int(seed % 2), seed: seed) }
    }

    /// 1 where a code is inside its range, 0 elsewhere, times the rest of the network.
    @Test func codes() throws {
        var builder = NetworkBuilder(input: [40], seed: 3)
        let settings = [builder.constant([], [0.02]), builder.constant([], [70])]
        let code = LinearCode(type: .uint8, axis: 1)
        let coded = builder.add(.quantizeLinear(code), ["input"] + settings)
        let value = builder.add(.dequantizeLinear(code), [coded] + settings)
        let weights = builder.parameter([40, 3])
        let output = builder.add(.gemm(Gemm()), value, weights)
        let network = builder.network(output: output)
        let graph = try ReferenceTrainingGraph(network: network, batchSize: 2)
        for index in graph.input.values.indices { graph.input.values[index] = Double(index) / 8 - 5 }
        graph.logitsGradient.values = [1, -2, 0.5, 0.25, 3, 1]
        for stage in 0..<graph.stageCount { graph.runForward(stage: stage, seed: 1) }
        for stage in 0..<graph.stageCount { graph.runBackward(stage: stage) }
        let found = try #require(graph.gradients["input"])
        let factors = try #require(network.parameters[weights]?.values.floats)
        var inside = 0
        for (index, value) in graph.input.values.enumerated() {
            let isInside = (0...255).contains((value / Double(Float(0.02))).rounded(.toNearestOrEven) + 70)
            let (example, feature) = (index / 40, index % 40)
            let slope = (0..<3).reduce(0) { $0 + graph.logitsGradient.values[example * 3 + $1] * Double(factors[feature * 3 + $1]) }
            #expect(abs(found.values[index] - (isInside ? slope : 0)) < 1e-12)
            inside += isInside ? 1 : 0
        }
        #expect((20...60).contains(inside))
    }

    /// What a training leaves alone: numbers that keep a root from 0, masks, and exponents.
    @Test func constants() throws {
        let written = try ReferenceTrainingGraph(network: TrainedForm.written.network(seed: 1), batchSize: 2)
        #expect(written.trainedParameters.map { written.parameters[$0]?.shape.rank } == [1, 1, 2])
        let attention = try ReferenceTrainingGraph(network: TrainedForm.attention.network(seed: 1), batchSize: 2)
        let width = try #require(attention.parameters[attention.trainedParameters[0]]).shape
        #expect(width == [4, 4] && attention.trainedParameters.count == 9, "\(attention.trainedParameters)")
    }

    @Test(arguments: RecurrenceTests.cells.indices) func recurrence(index: Int) throws {
        for seed in UInt64(0)..<25 {
            let drawn = DrawnRecurrence(RecurrenceTests.cells[index], seed: seed, forTraining: true)
            try check(drawn.network, batch: drawn.batch, seed: seed)
        }
    }

    /// Windows over [N, C, L], means and maxima along any axes, and what works on rows.
    @Test func rows() throws {
        try check(
            { builder, shape in builder.rows(of: shape) }, { [$0.draw(1...4), $0.draw(7...9)] })
    }

    @Test func mean() throws {
        try check(
            { builder, shape in
                let weights = builder.parameter([3, shape[0], 1, 1])
                let images = builder.add(.convolution(Convolution(kernel: [1, 1])), "input", weights)
                return builder.add(.reduction(Reduction(function: .mean, axes: [2, 3], keepsAxes: builder.toss())), images)
            }, images)
    }

    @Test func gemm() throws {
        try check(
            { builder, shape in
                let units = builder.draw(1...6)
                let settings = Gemm(
                    alpha: builder.draw(of: [1, 0.5, -2]), beta: builder.draw(of: [1, 0, 3]), transposeB: builder.toss())
                var inputs = ["input", builder.parameter(settings.transposeB ? [units, shape[0]] : [shape[0], units])]
                let biases: [Shape] = [[units], [1, units], [1], [], [1, 1]]
                if builder.toss() { inputs.append(builder.parameter(builder.draw(of: biases), role: .bias)) }
                return builder.add(.gemm(settings), inputs)
            }, { [$0.draw(1...9)] })
    }

    /// Both factors and the third term are computed from one value, and both may be transposed.
    @Test func gemmOfActivations() throws {
        try check(
            { builder, shape in
                let left = builder.add(.reshape(dimensions: [-1, 3], allowZero: false), "input")
                let transposed = builder.toss()
                let crossed = Gemm(alpha: 0.5, beta: 2, transposeA: transposed, transposeB: !transposed)
                let product = builder.add(.gemm(crossed), left, builder.add(.relu, left))
                let name = builder.add(.gemm(crossed), left, left, product)
                return builder.add(.reshape(dimensions: [1, -1], allowZero: false), name)
            }, { [$0.draw(1...3) * 3] })
    }

    @Test func matrixMultiplication() throws {
        try check(
            { builder, shape in
                let columns = builder.draw(1...5)
                let weights: [Shape] = [[shape[2], columns], [shape[0], shape[2], columns], [1, 1, shape[2], columns]]
                let name = builder.add(.matrixMultiplication, "input", builder.parameter(builder.draw(of: weights)))
                let biases: [Shape] = [[columns], [shape[1], 1], [shape[0], 1, columns], []]
                return builder.add(.add, name, builder.parameter(builder.draw(of: biases), role: .bias))
            }, { [$0.draw(1...3), $0.draw(1...4), $0.draw(1...5)] })
    }

    @Test func elements() throws {
        try check(
            { builder, shape in
                let first = builder.add(.relu, "input")
                let second = builder.add(.dropout(ratio: 0.3), builder.add(.identity, "input"))
                let third = builder.add(.softmax(axis: builder.draw(-1...2)), builder.add(.add, second, first))
                let joined = builder.add(.concatenation(axis: builder.draw(of: [1, 2, -1])), first, third, second)
                let flat = builder.add(.flatten(axis: 1), joined)
                let sum = builder.add(.add, flat, builder.parameter([1], role: .bias))
                return builder.add(.add, sum, sum)
            }, { [$0.draw(1...4), $0.draw(1...5)] })
    }

    /// Whatever only moves elements: some stand in several places, some nowhere, some beside a constant.
    @Test func movements() throws {
        try check(
            { builder, shape in
                let first = builder.add(builder.movement(of: shape), "input")
                let second = builder.add(.relu, builder.add(.slice(builder.backwardSlice(of: shape)), "input"))
                let flat = [first, second].map { builder.add(.flatten(axis: 1), $0) }
                let width = (try? builder.network(output: flat[0]).shapes(batch: 1))?[flat[0]]?[1] ?? 0
                let weights = builder.add(.expand(dimensions: [width, 3]), builder.parameter([width, 1]))
                return builder.add(.concatenation(axis: 1), builder.add(.gemm(Gemm()), flat[0], weights), flat[1])
            }, { [$0.draw(1...2) * 4, $0.draw(1...3) * 2, $0.draw(1...3) * 2] })
    }

    @Test func normalization() throws {
        try check(
            { builder, shape in
                var inputs = ["input"]
                for isVariance in [false, false, false, true] {
                    inputs.append(builder.parameter([shape[0]], role: .normalization, positive: isVariance))
                }
                return builder.add(.relu, builder.add(.batchNormalization(epsilon: 1e-3), inputs))
            }, { $0.toss() ? [$0.draw(1...5)] : [$0.draw(1...5), $0.draw(2...3), $0.draw(1...4)] })
    }

    /// The blocks of ResNet-18, MobileNet V2 and SqueezeNet with all that stands around them.
    @Test(arguments: TrainedBlock.allCases) func blocks(_ block: TrainedBlock) throws {
        for seed in UInt64(0)..<6 {
            let network = block.network([3, 6, 5], stride: seed.isMultiple(of: 2) ? 1 : 2, seed: seed + 60)
            try check(network, batch: 3, seed: seed)
        }
    }

    /// A residual block and a parameter that two nodes read.
    @Test func severalReaders() throws {
        try check(
            { builder, shape in
                let same = Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])
                let shared = builder.parameter([shape[0], shape[0], 3, 3])
                let first = builder.add(.relu, builder.add(.convolution(same), "input", shared))
                let second = builder.add(.convolution(same), first, shared)
                let sum = builder.add(.relu, builder.add(.add, second, "input"))
                let flat = builder.add(.flatten(axis: 1), builder.add(.globalAveragePool, builder.add(.concatenation(axis: 1), sum, first)))
                let scores = builder.add(.gemm(Gemm()), flat, builder.parameter([2 * shape[0], 3]))
                return builder.add(.softmax(axis: 1), scores)
            }, images)
    }
}
