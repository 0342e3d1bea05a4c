import Kernels
import Networks
import Tensors
import Testing

/// Largest difference allowed between fast and reference training, as a part of the largest expected magnitude of the tensor (at least 1).
///
/// The reference sums in Double and rounds once. In float32 a sum of K products is off by about 6e-8 · √K of its terms' size; the tests' sums
/// have K ≤ 2,000 terms (weights over all pixels of a batch), and up to six stages follow each other: 6e-8 · 45 · 6 ≈ 2e-5, twice that allowed.
private let trainingTolerance: Float = 4e-5

@Suite struct OneDNNTrainingTests {
    /// Logits, every gradient and every statistic of one step of both executors.
    private func check(
        _ network: Network, batch: Int, seed: UInt64, _ comment: String, tolerance: Float = trainingTolerance
    ) throws {
        let executors: [any TrainingExecutor] = [
            try OneDNNTrainingExecutor(network: network, batchSize: batch),
            try ReferenceTrainingExecutor(network: network, batchSize: batch),
        ]
        let input = normals(batch * network.inputShape.count, seed: seed)
        let above = normals(batch * executors[0].classCount, seed: seed + 1)
        for executor in executors {
            // Twice, so that whatever the first step leaves behind would show.
            for step in 0..<2 {
                executor.withInput { _ = $0.update(fromContentsOf: input) }
                try executor.forward(seed: seed + UInt64(step))
                executor.withLogitsGradient { _ = $0.update(fromContentsOf: above) }
                try executor.backward()
            }
        }
        let (fast, reference) = (executors[0], executors[1])
        #expect(fast.trainedParameters == reference.trainedParameters)
        #expect(fast.statistics == reference.statistics)
        #expect(!fast.trainedParameters.isEmpty)
        let logits = try executors.map { try $0.withLogits { Array($0) } }
        #expect(relativeDifference(logits[0], logits[1]) < tolerance, "\(comment): logits")
        for name in fast.trainedParameters {
            let difference = relativeDifference(Array(fast.gradient(of: name)), Array(reference.gradient(of: name)))
            #expect(difference < tolerance, "\(comment): gradient of \(name)")
        }
        for name in fast.statistics {
            let difference = relativeDifference(Array(fast.values(of: name)), Array(reference.values(of: name)))
            #expect(difference < tolerance, "\(comment): \(name)")
        }
    }

    /// Networks of one to four drawn layers over images, and a dense layer at the end.
    @Test func drawnNetworks() throws {
        for seed in 0..<120 {
            var builder = TrainedNetworkBuilder(seed: UInt64(seed))
            let network = builder.drawn()
            let batch = 2 + seed % 5
            let operators = network.nodes.map(\.operation.name).joined(separator: " ")
            try check(network, batch: batch, seed: UInt64(1000 + seed), "seed \(seed), \(operators)")
        }
    }

    /// The same with 16 to 32 channels, grouped, depthwise or all together, in odd batches too.
    @Test func drawnWideNetworks() throws {
        for seed in 0..<24 {
            var builder = TrainedNetworkBuilder(seed: UInt64(700 + seed), isWide: true)
            let network = builder.drawn()
            let operators = network.nodes.map(\.operation.name).joined(separator: " ")
            try check(network, batch: [4, 5, 7][seed % 3], seed: UInt64(2000 + seed), "seed \(seed), \(operators)")
        }
    }

    @Test(arguments: TrainedBlock.allCases) func blocks(_ block: TrainedBlock) throws {
        for seed in UInt64(0)..<8 {
            let network = block.network([3, 12, 10], stride: seed.isMultiple(of: 2) ? 1 : 2, seed: seed + 80)
            try check(network, batch: 4, seed: seed, "\(block), seed \(seed)")
        }
    }

    @Test(arguments: RecurrenceTests.cells.indices) func recurrence(index: Int) throws {
        for seed in UInt64(0)..<30 {
            let drawn = DrawnRecurrence(RecurrenceTests.cells[index], seed: seed)
            // Up to six products with the same weights follow each other, whose rows of normal values make what comes in larger.
            try check(drawn.network, batch: drawn.batch, seed: seed, "seed \(seed), \(drawn.recurrence)", tolerance: 2e-4)
        }
    }

    @Test func rows() throws {
        for seed in UInt64(0)..<60 {
            var builder = NetworkBuilder(input: [3, 8], seed: seed)
            let output = builder.rows(of: [3, 8])
            let network = builder.network(output: output)
            try check(network, batch: 4, seed: seed, "seed \(seed), \(network.nodes.map(\.operation))")
        }
    }

    /// Operators of several computed operands, and what is made of them.
    @Test(arguments: TrainedForm.allCases) func forms(_ form: TrainedForm) throws {
        for seed in UInt64(0)..<12 { try check(form.network(seed: seed), batch: 2 + Int(seed % 3), seed: seed, "\(form), seed \(seed)") }
    }

    /// Codes of activations with a scale for all and one a channel, and roundings, straight through; and a lookup.
    @Test func codes() throws {
        for seed in UInt64(0)..<6 {
            var builder = NetworkBuilder(input: [3, 6], seed: seed)
            let isOfChannels = seed.isMultiple(of: 2)
            let count: Shape = isOfChannels ? [3] : []
            let settings = [
                builder.constant(count, (0..<count.count).map { 0.02 + 0.01 * Float($0) }),
                builder.constant(count, [1, -2, 3].prefix(count.count).map { $0 }),
            ]
            let code = LinearCode(type: .int8, axis: 1)
            let mixed = builder.add(.matrixMultiplication, "input", builder.parameter([6, 5]))
            let coded = builder.add(.quantizeLinear(code), [mixed] + settings)
            let value = builder.add(.cast(to: .float16), builder.add(.dequantizeLinear(code), [coded] + settings))
            let place = builder.add(.extremePlace(ExtremePlace(isMaximum: true, axis: 2, keepsAxis: false)), mixed)
            let row = builder.add(.lookup, builder.parameter([5, 5]), place)
            let sum = builder.add(.add, value, row)
            let flat = builder.add(.flatten(axis: 1), sum)
            let output = builder.add(.gemm(Gemm()), flat, builder.parameter([15, 2]))
            let network = builder.network(output: output)
            // A value between two codes may fall to either: one step of the scale.
            try check(network, batch: 3, seed: seed + 40, "seed \(seed)", tolerance: 0.01)
        }
    }

    /// Work that is shared out among threads: long rows, many rows, operands repeated at the front and inside.
    @Test func wideCombinations() throws {
        for (seed, shape) in [Shape([20, 50, 14]), [14_000]].enumerated() {
            var builder = NetworkBuilder(input: shape, seed: UInt64(seed))
            let scaled = builder.add(.binary(.multiply), "input", builder.parameter(Shape(shape.dimensions.map { _ in 1 }), role: .weight))
            let ones = Shape(shape.dimensions.enumerated().map { $0 == 0 ? $1 : 1 })
            let shifted = builder.add(.binary(.subtract), scaled, builder.parameter(ones))
            let last = builder.add(.binary(.divide), shifted, builder.parameter([shape[shape.rank - 1]], positive: true))
            let flat = builder.add(.reshape(dimensions: [0, -1], allowZero: false), last)
            let sum = builder.add(.reduction(Reduction(function: .mean, axes: [1], keepsAxes: true)), flat)
            try check(builder.network(output: sum), batch: 3, seed: UInt64(seed), "[\(shape)]")
        }
    }

    @Test func lenet5() throws { try check(lenet(filters: (4, 6), units: 30), batch: 5, seed: 3, "lenet") }

    @Test func sameBits() throws {
        let network = lenet(filters: (4, 6), units: 500)
        let input = normals(7 * 784, seed: 1)
        let runs = try (0..<3).map { _ in
            let executor = try OneDNNTrainingExecutor(network: network, batchSize: 7)
            executor.withInput { _ = $0.update(fromContentsOf: input) }
            try executor.forward()
            executor.withLogitsGradient { $0.update(repeating: 0.1) }
            try executor.backward()
            return executor.trainedParameters.flatMap { Array(executor.gradient(of: $0)) }
        }
        #expect(runs[0] == runs[1] && runs[0] == runs[2])
    }

    @Test func refusals() {
        var builder = NetworkBuilder(input: [3, 4], seed: 1)
        let scaled = builder.add(.flatten(axis: 1), "input")
        let gemm = builder.add(.gemm(Gemm(alpha: 2)), scaled, builder.parameter([12, 3]), builder.parameter([3], role: .bias))
        let places = builder.add(.extremePlace(ExtremePlace(isMaximum: true, axis: 1, keepsAxis: true)), gemm)
        #expect(throws: KernelError.self) { try OneDNNTrainingExecutor(network: builder.network(output: places), batchSize: 2) }
    }

    /// Many examples of a wide layer, which several threads share.
    @Test(arguments: RecurrenceTests.cells.indices) func wideRecurrence(index: Int) throws {
        var builder = NetworkBuilder(input: [6, 4], seed: 11)
        let recurrence = Recurrence(RecurrenceTests.cells[index], direction: .bidirectional, hidden: 32, steps: 6, hasBias: true)
        let network = builder.recurrent(recurrence, inputs: 4)
        try check(network, batch: 16, seed: 12, "\(recurrence)", tolerance: 2e-4)
    }
}

/// Draws small networks of the operators that can be trained.
struct TrainedNetworkBuilder {
    private var builder: NetworkBuilder
    private var shape: Shape
    private var name = "input"
    /// Whether channels fill blocks of 8 or 16, which convolutions have other kernels for.
    private let isWide: Bool

    init(seed: UInt64, isWide: Bool = false) {
        var drawing = NetworkBuilder(input: [1], seed: seed)
        self.isWide = isWide
        shape = [drawing.draw(of: isWide ? [16, 24, 32] : [1, 2, 4, 6]), drawing.draw(4...11), drawing.draw(4...11)]
        builder = NetworkBuilder(input: shape, seed: seed + 500)
    }

    mutating func drawn() -> Network {
        for _ in 0..<builder.draw(1...4) {
            switch builder.draw(0...10) {
            case 0, 1: convolve()
            case 2: pool()
            case 3: normalize()
            case 4: addResidual()
            case 5: concatenate()
            case 6: name = builder.add(.dropout(ratio: 0.3), name)
            case 10: move()
            case 7: name = builder.add(.relu, name)
            case 8:
                name = builder.add(
                    .unary(builder.draw(of: [.clip(lower: 0, upper: 6), .hardSwish, .sigmoid, .gelu(isApproximate: false)])), name)
            default: name = builder.add(.identity, name)
            }
        }
        return finish()
    }

    private mutating func convolve() {
        let groups = builder.draw(of: isWide ? [1, shape[0] % 32 == 0 ? 2 : 1, shape[0]] : (1...shape[0]).filter { shape[0] % $0 == 0 })
        let filters = isWide ? groups == 1 ? builder.draw(of: [16, 24, 32]) : shape[0] : groups * builder.draw(1...4)
        let kernel = [builder.draw(1...3), builder.draw(1...3)]
        let settings = Convolution(
            kernel: kernel, strides: [builder.draw(1...2), builder.draw(1...2)],
            dilations: kernel.map { $0 > 1 && shape[1] > 5 && shape[2] > 5 ? builder.draw(1...2) : 1 },
            pads: (0..<4).map { _ in builder.draw(0...2) }, groups: groups)
        var inputs = [name, builder.parameter(Shape([filters, shape[0] / groups] + kernel))]
        if builder.toss() { inputs.append(builder.parameter([filters], role: .bias)) }
        name = builder.add(.convolution(settings), inputs)
        if builder.toss() { name = builder.add(.relu, name) }
        update()
        if builder.toss() && shape[1] > 3 && shape[2] > 3 { name = builder.add(.maxPool(Pooling(kernel: [2, 2], strides: [2, 2])), name) }
        update()
    }

    private mutating func pool() {
        guard shape[1] > 2, shape[2] > 2 else { return }
        let kernel = [builder.draw(1...3), builder.draw(1...3)]
        let pooling = Pooling(
            kernel: kernel, strides: [builder.draw(1...3), builder.draw(1...3)],
            pads: [kernel[0] / 2, 0, 0, kernel[1] / 2], ceilMode: builder.toss(), countIncludesPadding: builder.toss())
        name = builder.add(builder.toss() ? .maxPool(pooling) : .averagePool(pooling), name)
        update()
    }

    private mutating func normalize() {
        let channels: Shape = [shape[0]]
        let inputs = [
            name, builder.parameter(channels, role: .normalization), builder.parameter(channels, role: .normalization),
            builder.parameter(channels, role: .normalization), builder.parameter(channels, role: .normalization, positive: true),
        ]
        name = builder.add(.batchNormalization(epsilon: 1e-3), inputs)
        if builder.toss() { name = builder.add(.relu, name) }
    }

    /// Elements that are cropped, turned round, repeated or padded, also of a parameter.
    private mutating func move() {
        if builder.toss() { name = builder.add(.slice(builder.backwardSlice(of: shape)), name) }
        update()
        let operation = builder.movement(of: shape)
        name = builder.add(operation, name)
        if builder.toss() { name = builder.add(.relu, name) }
        update()
        guard builder.toss() else { return }
        let row = builder.add(.expand(dimensions: [-1] + shape.dimensions), builder.parameter([shape[0], 1, 1]))
        name = builder.add(.add, name, row)
    }

    /// One value that is read three times.
    private mutating func addResidual() {
        let weights = builder.parameter([shape[0], shape[0], 3, 3])
        let branch = builder.add(.convolution(Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])), name, weights)
        let doubled = builder.add(.add, name, name)
        name = builder.add(.add, branch, doubled)
        if builder.toss() { name = builder.add(.relu, name) }
    }

    /// Two branches with the same weights.
    private mutating func concatenate() {
        let weights = builder.parameter([2, shape[0], 1, 1])
        let settings = Networks.Operation.convolution(Convolution(kernel: [1, 1]))
        let first = builder.add(.relu, builder.add(settings, name, weights))
        let second = builder.add(settings, name, weights)
        name = builder.add(.concatenation(axis: 1), first, second, name)
        update()
    }

    private mutating func finish() -> Network {
        let mean = Networks.Operation.reduction(Reduction(function: .mean, axes: [2, 3], keepsAxes: builder.toss()))
        if builder.toss() { name = builder.add(builder.toss() ? .globalAveragePool : mean, name) }
        name = builder.add(.flatten(axis: 1), name)
        let flat = builder.network(output: name)
        let width = ((try? flat.shapes(batch: 1))?[name] ?? [1, 1])[1]
        if builder.toss() {
            name = builder.add(.matrixMultiplication, name, builder.parameter([width, 5]))
            name = builder.add(.add, name, builder.parameter([5], role: .bias))
            if builder.toss() { name = builder.add(.relu, name) }
        } else {
            let gemm = Gemm(transposeB: builder.toss())
            let weights = builder.parameter(gemm.transposeB ? [5, width] : [width, 5])
            name = builder.add(.gemm(gemm), name, weights, builder.parameter([5], role: .bias))
        }
        return builder.network(output: name)
    }

    private mutating func update() {
        let shapes = try? builder.network(output: name).shapes(batch: 1)
        if let found = shapes?[name] { shape = Shape(Array(found.dimensions.dropFirst())) }
    }
}
