import Kernels
import Networks
import Tensors
import Testing

/// Every operation by oneDNN against the reference, on many seeded shapes and settings.
@Suite struct OperatorTests {
    static let cases: [UInt64] = Array(0..<60)

    /// Checks networks that `make` builds, one a seed.
    private func check(_ make: (inout NetworkBuilder, Shape) -> String, _ input: (inout NetworkBuilder) -> Shape) throws {
        for seed in Self.cases {
            var draw = NetworkBuilder(input: [], seed: seed)
            let shape = input(&draw)
            let batch = draw.draw(1...5)
            var builder = NetworkBuilder(input: shape, seed: seed + 1_000)
            let network = built(&builder, make, shape)
            let difference = try difference(network, batch: batch, seed: seed + 2_000)
            #expect(difference <= kernelTolerance, "seed \(seed): [\(shape)], \(network.nodes.map(\.operation))")
        }
    }

    private func built(
        _ builder: inout NetworkBuilder, _ make: (inout NetworkBuilder, Shape) -> String, _ shape: Shape
    ) -> Network {
        let output = make(&builder, shape)
        return builder.network(output: output)
    }

    private func images(_ builder: inout NetworkBuilder) -> Shape {
        [builder.draw(1...20), builder.draw(7...15), builder.draw(7...15)]
    }

    private func window(_ builder: inout NetworkBuilder) -> Pooling {
        let kernel = [builder.draw(1...4), builder.draw(1...4)]
        let dilations = [builder.draw(1...2), builder.draw(1...2)]
        var window = Pooling(
            kernel: kernel, strides: [builder.draw(1...3), builder.draw(1...3)], dilations: dilations,
            ceilMode: builder.toss(), countIncludesPadding: builder.toss())
        window.pads = (0..<4).map { builder.draw(0...window.span($0 % 2) - 1) }
        return window
    }

    @Test func convolution() throws {
        try check(
            { builder, shape in
                let window = window(&builder)
                let groups = (1...shape[0]).filter { shape[0] % $0 == 0 }
                let settings = Convolution(
                    kernel: window.kernel, strides: window.strides, dilations: window.dilations, pads: window.pads,
                    groups: builder.draw(of: groups))
                let filters = settings.groups * builder.draw(1...9)
                var inputs = ["input", builder.parameter(Shape([filters, shape[0] / settings.groups] + settings.kernel))]
                if builder.toss() { inputs.append(builder.parameter([filters], role: .bias)) }
                let name = builder.add(.convolution(settings), inputs)
                return builder.toss() ? builder.add(.relu, name) : name
            }, images)
    }

    @Test(arguments: [true, false]) func pooling(isMaximum: Bool) throws {
        try check(
            { builder, _ in
                let window = window(&builder)
                let name = builder.add(isMaximum ? .maxPool(window) : .averagePool(window), "input")
                return builder.toss() ? builder.add(.relu, name) : name
            }, images)
    }

    /// Pooling in the blocked layout that a convolution leaves, and back to rows.
    @Test func poolingAfterConvolution() throws {
        try check(
            { builder, shape in
                let filters = builder.draw(1...30)
                let name = builder.add(.convolution(Convolution(kernel: [3, 3])), "input", builder.parameter([filters, shape[0], 3, 3]))
                var window = window(&builder)
                window.dilations = [1, 1]
                window.pads = (0..<4).map { min(window.pads[$0], window.kernel[$0 % 2] - 1) }
                let pooled = builder.add(builder.toss() ? .maxPool(window) : .averagePool(window), name)
                return builder.toss() ? builder.add(.flatten(axis: 1), pooled) : builder.add(.globalAveragePool, pooled)
            }, images)
    }

    @Test func gemm() throws {
        try check(
            { builder, shape in
                let units = builder.draw(1...40)
                let settings = Gemm(
                    alpha: builder.draw(of: [1, 0.5, -2]), beta: builder.draw(of: [1, 0, 3]), transposeB: builder.toss())
                var inputs = ["input", builder.parameter(settings.transposeB ? [units, shape[0]] : [shape[0], units])]
                let biases: [Shape] = [[units], [1, units], [1], [], [1, 1]]
                if builder.toss() { inputs.append(builder.parameter(builder.draw(of: biases), role: .bias)) }
                let name = builder.add(.gemm(settings), inputs)
                return builder.toss() ? builder.add(.relu, name) : name
            }, { [$0.draw(1...300)] })
    }

    /// Both factors and the third term are computed, and both may be transposed.
    @Test func gemmOfActivations() throws {
        try check(
            { builder, shape in
                let settings = Gemm(alpha: 0.5, beta: builder.draw(of: [1, 2]), transposeA: builder.toss(), transposeB: builder.toss())
                let left = builder.add(.reshape(dimensions: [-1, 6], allowZero: false), "input")
                let right = builder.add(.relu, left)
                // [R, 6] · [6, R], or [6, R] · [R, 6], as the transposes allow.
                let crossed = Gemm(alpha: 0.5, beta: settings.beta, transposeA: settings.transposeA, transposeB: !settings.transposeA)
                let product = builder.add(.gemm(crossed), left, right)
                let name = builder.add(.gemm(crossed), [left, right, product])
                return builder.add(.reshape(dimensions: [1, -1], allowZero: false), name)
            }, { [$0.draw(1...9) * 6] })
    }

    @Test func matrixMultiplication() throws {
        try check(
            { builder, shape in
                let columns = builder.draw(1...20)
                let weights: [Shape] = [[shape[2], columns], [shape[0], shape[2], columns], [1, 1, shape[2], columns]]
                var name = builder.add(.matrixMultiplication, "input", builder.parameter(builder.draw(of: weights)))
                if builder.toss() { name = builder.add(.add, name, builder.parameter([columns], role: .bias)) }
                return builder.toss() ? builder.add(.relu, name) : name
            }, { [$0.draw(1...4), $0.draw(1...9), $0.draw(1...30)] })
    }

    @Test func add() throws {
        try check(
            { builder, shape in
                let others: [Shape] = [
                    shape, [1, 1, 1], [shape[0], 1, 1], [1, shape[1], 1], [shape[2]], [], [1, shape[1], shape[2]],
                ]
                let other = builder.parameter(builder.draw(of: others))
                let name = builder.toss() ? builder.add(.add, "input", other) : builder.add(.add, other, "input")
                return builder.toss() ? builder.add(.relu, name) : name
            }, { [$0.draw(1...20), $0.draw(1...6), $0.draw(1...6)] })
    }

    /// Neither operand has the shape of the sum.
    @Test func outerAdd() throws {
        try check(
            { builder, shape in
                builder.add(.add, "input", builder.parameter([1, shape[0], 1, builder.draw(2...5)]))
            }, { [1, $0.draw(2...6), 1] })
    }

    @Test func normalization() throws {
        try check(
            { builder, shape in
                var name = "input"
                if builder.toss() {
                    name = builder.add(.convolution(Convolution(kernel: [1, 1])), name, builder.parameter([shape[0], shape[0], 1, 1]))
                }
                let statistics = [false, false, false, true].map {
                    builder.parameter([shape[0]], role: .normalization, positive: $0)
                }
                name = builder.add(.batchNormalization(epsilon: 1e-5), [name] + statistics)
                return builder.toss() ? builder.add(.relu, name) : name
            }, images)
    }

    @Test func softmax() throws {
        try check(
            { builder, shape in
                let name = builder.add(.softmax(axis: builder.draw(-3...3)), "input")
                return builder.add(.relu, name)
            }, { [$0.draw(1...9), $0.draw(1...9), $0.draw(1...9)] })
    }

    @Test func concatenation() throws {
        try check(
            { builder, shape in
                let filters = builder.draw(1...20)
                let weights = builder.parameter([filters, shape[0], 1, 1])
                let first = builder.add(.convolution(Convolution(kernel: [1, 1])), "input", weights)
                let second = builder.add(.maxPool(Pooling(kernel: [3, 3], pads: [1, 1, 1, 1])), "input")
                let third = builder.add(.relu, first)
                return builder.add(.concatenation(axis: 1), [first, second, third])
            }, images)
    }

    /// Dropout, Identity, Flatten and Reshape anywhere change nothing but the shape.
    @Test func views() throws {
        try check(
            { builder, shape in
                var name = builder.add(.dropout(ratio: 0.5), "input")
                name = builder.add(.convolution(Convolution(kernel: [3, 3])), name, builder.parameter([10, shape[0], 3, 3]))
                name = builder.add(.identity, name)
                let pixels = (shape[1] - 2) * (shape[2] - 2)
                name = builder.add(.reshape(dimensions: [0, 5, 2, -1], allowZero: false), name)
                name = builder.add(.add, name, builder.parameter([2, pixels]))
                name = builder.add(.flatten(axis: -3), name)
                name = builder.add(.gemm(Gemm()), name, builder.parameter([10 * pixels, 7]))
                return builder.add(.dropout(ratio: 0.5), builder.add(.relu, name))
            }, images)
    }

    /// Functions of one number, alone and after a convolution, where they are fused.
    @Test func functions() throws {
        let functions: [UnaryFunction] = [
            .leakyRelu(alpha: 0.1), .elu(alpha: 1.5), .hardSigmoid(alpha: 0.2, beta: 0.5), .hardSwish, .gelu(isApproximate: false),
            .gelu(isApproximate: true), .clip(lower: 0, upper: 6), .clip(lower: -.infinity, upper: 1), .sigmoid, .tanh, .softplus,
            .exponential, .absolute, .negative, .mish, .swish(alpha: 1), .errorFunction, .cosine,
        ]
        try check(
            { builder, shape in
                let function = Networks.Operation.unary(builder.draw(of: functions))
                guard builder.toss() else { return builder.add(function, "input") }
                let filters = builder.draw(1...20)
                let name = builder.add(.convolution(Convolution(kernel: [1, 1])), "input", builder.parameter([filters, shape[0], 1, 1]))
                let made = builder.add(function, name)
                return builder.toss() ? made : builder.add(.maxPool(Pooling(kernel: [2, 2])), made)
            }, images)
    }

    /// A sigmoid that only its own argument is multiplied by becomes one function; one that others read does not.
    @Test func swish() throws {
        try check(
            { builder, shape in
                let name = builder.add(.convolution(Convolution(kernel: [1, 1])), "input", builder.parameter([9, shape[0], 1, 1]))
                let factor = builder.add(.unary(.sigmoid), name)
                let product = builder.toss() ? builder.add(.binary(.multiply), name, factor) : builder.add(.binary(.multiply), factor, name)
                return builder.toss() ? product : builder.add(.add, product, factor)
            }, images)
    }

    @Test func binaries() throws {
        try check(
            { builder, shape in
                let function: BinaryFunction = builder.draw(of: [.subtract, .multiply, .divide, .leaky, .greater])
                let others: [Shape] = [shape, [shape[0], 1, 1], [shape[2]], []]
                let other = builder.parameter(builder.draw(of: others), positive: true)
                return builder.toss() ? builder.add(.binary(function), "input", other) : builder.add(.binary(function), other, "input")
            }, { [$0.draw(1...20), $0.draw(1...6), $0.draw(1...6)] })
    }

    /// Images times one number a channel, in the layout of a convolution: squeeze and excitation.
    @Test func excitation() throws {
        try check(
            { builder, shape in
                let filters = builder.draw(1...30)
                let images = builder.add(.convolution(Convolution(kernel: [1, 1])), "input", builder.parameter([filters, shape[0], 1, 1]))
                let mean = Networks.Operation.reduction(Reduction(function: .mean, axes: [2, 3], keepsAxes: true))
                var factor = builder.add(builder.toss() ? .globalAveragePool : mean, images)
                factor = builder.add(.convolution(Convolution(kernel: [1, 1])), factor, builder.parameter([filters, filters, 1, 1]))
                factor = builder.add(.unary(.hardSigmoid(alpha: 0.2, beta: 0.5)), factor)
                return builder.toss() ? builder.add(.binary(.multiply), images, factor) : builder.add(.binary(.multiply), factor, images)
            }, images)
    }

    @Test func layerNormalization() throws {
        try check(
            { builder, shape in
                let axis = builder.draw(1...3)
                let row = Shape(Array(shape.dimensions[(axis - 1)...]))
                var inputs = ["input", builder.parameter(row, role: .normalization)]
                if builder.toss() { inputs.append(builder.parameter(row, role: .normalization)) }
                return builder.add(.layerNormalization(axis: axis, epsilon: 1e-5), inputs)
            }, { [$0.draw(1...5), $0.draw(1...9), $0.draw(2...30)] })
    }

    @Test func logSoftmax() throws {
        try check(
            { builder, _ in builder.add(.logSoftmax(axis: builder.draw(1...3)), "input") },
            { [$0.draw(1...9), $0.draw(1...9), $0.draw(1...9)] })
    }

    /// Elements that only move, after a convolution, whose layout may be another.
    @Test func movements() throws {
        try check(
            { builder, shape in
                let filters = 2 * builder.draw(1...9)
                let name = builder.add(.convolution(Convolution(kernel: [1, 1])), "input", builder.parameter([filters, shape[0], 1, 1]))
                let moves: [Networks.Operation] = [
                    .transpose(permutation: [0, 2, 3, 1]), .transpose(permutation: [3, 0, 2, 1]),
                    .slice(Slice(axes: [1, 3], starts: [1, -1], ends: [Int(Int32.max), -100], steps: [1, -2])),
                    .gather(Gather(axis: 1, indices: [0, 1, 0], shape: [3])), .tile(repeats: [1, 2, 1, 3]),
                    .pad(Padding(pads: [0, 1, 2, 0, 0, 0, 1, 3], value: 0.5)),
                    .pad(Padding(pads: [0, 0, 2, 1, 0, 0, 1, 3], mode: .reflect)),
                    .pad(Padding(pads: [0, 0, 2, -1, 0, 0, 1, 3], mode: .edge)),
                ]
                let moved = builder.add(builder.draw(of: moves), name)
                return builder.toss() ? moved : builder.add(.relu, moved)
            }, images)
    }

    /// What has no fast kernel runs by the reference between stages that have.
    @Test func plainStages() throws {
        try check(
            { builder, shape in
                let name = builder.add(.convolution(Convolution(kernel: [1, 1])), "input", builder.parameter([6, shape[0], 1, 1]))
                let settings = TransposedConvolution(window: Convolution(kernel: [2, 3], strides: [2, 1], pads: [0, 1, 0, 0]))
                let plain: [(Networks.Operation, [String])] = [
                    (.reduction(Reduction(function: .maximum, axes: [1], keepsAxes: true)), []), (.globalMaxPool, []),
                    (.transposedConvolution(settings), [builder.parameter([6, 4, 2, 3])]),
                    (.responseNormalization(ResponseNormalization(size: 3)), []),
                    (.groupNormalization(groups: 3, epsilon: 1e-5), [builder.parameter([6]), builder.parameter([6])]),
                    (.extremePlace(ExtremePlace(isMaximum: true, axis: 3, keepsAxis: false)), []), (.variadic(.mean), [name]),
                ]
                let (operation, rest) = builder.draw(of: plain)
                return builder.add(.unary(.tanh), builder.add(operation, [name] + rest))
            }, images)
    }

    @Test func oneAxis() throws {
        try check(
            { builder, shape in
                let settings = Convolution(kernel: [3], strides: [builder.draw(1...2)], dilations: [1], pads: [1, 0], groups: 1)
                let name = builder.add(
                    .convolution(settings), "input", builder.parameter([5, shape[0], 3]), builder.parameter([5], role: .bias))
                let window = Pooling(kernel: [2], strides: [2], pads: [0, 0], dilations: [1], ceilMode: builder.toss())
                let pooled = builder.add(builder.toss() ? .maxPool(window) : .averagePool(window), builder.add(.relu, name))
                return builder.toss() ? pooled : builder.add(.globalAveragePool, pooled)
            }, { [$0.draw(1...9), $0.draw(8...30)] })
    }

    /// A class token: a constant repeated for each example.
    @Test func expandedConstant() throws {
        try check(
            { builder, shape in
                let token = builder.add(.expand(dimensions: [-1, 1, shape[1]]), builder.parameter([1, 1, shape[1]], role: .other))
                return builder.add(.concatenation(axis: 1), token, "input")
            }, { [$0.draw(1...9), $0.draw(1...9)] })
    }
}
