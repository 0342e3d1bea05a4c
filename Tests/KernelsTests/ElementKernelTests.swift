import Kernels
import Networks
import Tensors
import Testing

/// Kernels of our own against the reference, on the values of a convolution, which may lie in any layout, and on rows.
@Suite struct ElementKernelTests {
    private typealias Make = (inout NetworkBuilder, String, Shape) -> String

    /// Checks what `make` builds on images [C, H, W], behind a convolution or as they come; nothing of it may run by the reference kernels.
    private func check(_ count: UInt64 = 40, tolerance: Float = kernelTolerance, _ make: Make) throws {
        for seed in 0..<count {
            var builder = NetworkBuilder(input: [3, 7, 9], seed: seed + 500)
            let filters = builder.draw(of: [4, 6, 16, 17, 32])
            let isBehind = builder.toss()
            let name =
                isBehind
                ? builder.add(.convolution(Convolution(kernel: [2, 2])), "input", builder.parameter([filters, 3, 2, 2])) : "input"
            let output = make(&builder, name, isBehind ? [filters, 6, 8] : [3, 7, 9])
            let network = builder.network(output: output)
            let difference = try difference(network, batch: builder.draw(1...5), seed: seed)
            #expect(difference <= tolerance, "seed \(seed): \(network.nodes.map(\.operation))")
            let kernels = try OneDNNExecutor(network: network, batchSize: 2).implementations
            #expect(!kernels.contains { $0.contains("plain") }, "seed \(seed): \(kernels)")
        }
    }

    /// A parameter of one number, one a channel, a row, or an image.
    private func other(_ builder: inout NetworkBuilder, _ shape: Shape, positive: Bool = false) -> String {
        let shapes: [Shape] = [[], [1], [shape[0], 1, 1], [1, shape[0], 1, 1], [shape[2]], shape, [shape[1], 1]]
        return builder.parameter(builder.draw(of: shapes), positive: positive)
    }

    @Test func combinations() throws {
        try check(80) { builder, name, shape in
            let function = builder.draw(of: BinaryFunction.allCases)
            let isPower = function == .power
            let left = isPower ? builder.add(.unary(.absolute), name) : name
            let right = other(&builder, shape, positive: isPower || function == .divide || function == .modulo || function == .remainder)
            // A number that is nearly 0 is no divisor to compare by.
            return builder.toss() || [.power, .divide, .modulo, .remainder].contains(function)
                ? builder.add(.binary(function), left, right) : builder.add(.binary(function), right, left)
        }
    }

    /// Two computed values, one of them repeated along axes.
    @Test func computedOperands() throws {
        try check { builder, name, shape in
            let reduction = Reduction(function: .mean, axes: builder.draw(of: [[1], [2, 3], [3], [1, 2, 3]]), keepsAxes: true)
            let mean = builder.add(.reduction(reduction), name)
            let function = builder.draw(of: [BinaryFunction.subtract, .leaky, .greater, .multiply, .add])
            return builder.toss() ? builder.add(.binary(function), name, mean) : builder.add(.binary(function), mean, name)
        }
    }

    @Test func choicesAndMany() throws {
        try check { builder, name, shape in
            if builder.toss() {
                let condition = builder.add(.binary(.greater), name, other(&builder, shape))
                return builder.add(.select, [condition, name, other(&builder, shape)])
            }
            let rest = (0..<builder.draw(1...3)).map { _ in other(&builder, shape) }
            let function = builder.draw(of: VariadicFunction.allCases)
            return builder.add(.variadic(function), builder.toss() ? [name] + rest : rest + [name])
        }
    }

    @Test func functions() throws {
        let functions: [UnaryFunction] = [
            .selu(alpha: 1.67, gamma: 1.05), .celu(alpha: 0.7), .thresholdedRelu(alpha: 0.3), .shrink(bias: 0.1, lambda: 0.4), .softplus,
            .softsign, .errorFunction, .floor, .ceiling, .sine, .cosine, .arcTangent, .hyperbolicSine, .inverseHyperbolicSine, .not, .isNaN,
            .clip(lower: 1, upper: -1), .leakyRelu(alpha: 0.2), .hardSwish, .reciprocal, .negative,
        ]
        try check(60) { builder, name, _ in builder.add(.unary(builder.draw(of: functions)), name) }
    }

    /// Functions by themselves and with single numbers, one after another, in one pass.
    @Test func chains() throws {
        try check(60) { builder, name, shape in
            var name = name
            let cheap: [UnaryFunction] = [
                .relu, .clip(lower: -1, upper: 2), .absolute, .hardSigmoid(alpha: 0.2, beta: 0.5), .hardSwish, .leakyRelu(alpha: 0.1),
                .softsign,
            ]
            if builder.toss() { name = builder.add(.unary(.tanh), name) }
            for _ in 0..<builder.draw(2...5) {
                if builder.toss() {
                    name = builder.add(.unary(builder.draw(of: cheap)), name)
                } else {
                    let function = builder.draw(of: [BinaryFunction.add, .subtract, .multiply, .leaky])
                    let number = builder.parameter(builder.draw(of: [[], [1]]))
                    name = builder.toss() ? builder.add(.binary(function), name, number) : builder.add(.binary(function), number, name)
                }
            }
            return name
        }
    }

    /// A hard swish as some exporters write it, x · clip(x + 3, 0, 6) / 6, becomes one stage; not where something else reads what lies between.
    @Test func writtenOutHardSwish() throws {
        try check { builder, name, _ in
            let scaled = builder.add(.binary(.multiply), name, builder.parameter([1]))
            let sum = builder.add(.add, scaled, builder.parameter([]))
            let clipped = builder.add(.unary(.clip(lower: 0, upper: 6)), sum)
            let product =
                builder.toss() ? builder.add(.binary(.multiply), scaled, clipped) : builder.add(.binary(.multiply), clipped, scaled)
            let result = builder.add(.binary(.divide), product, builder.parameter([], positive: true))
            guard builder.toss() else { return result }
            return builder.add(.add, result, clipped)
        }
        var builder = NetworkBuilder(input: [4, 5, 5], seed: 1)
        let sum = builder.add(.add, "input", builder.parameter([]))
        let product = builder.add(.binary(.multiply), "input", builder.add(.unary(.clip(lower: 0, upper: 6)), sum))
        let result = builder.add(.binary(.divide), product, builder.parameter([], positive: true))
        #expect(try OneDNNExecutor(network: builder.network(output: result), batchSize: 1).stages.count == 1)
    }

    /// Numbers that a chain reads may change.
    @Test func changedNumbers() throws {
        var builder = NetworkBuilder(input: [4, 3, 3], seed: 7)
        let number = builder.parameter([1])
        let output = builder.add(.relu, builder.add(.binary(.multiply), "input", number))
        let network = builder.network(output: output)
        let input = normals(36, seed: 2)
        let (fast, exact) = (try OneDNNExecutor(network: network, batchSize: 1), try ReferenceExecutor(network: network, batchSize: 1))
        let before = try logits(fast, input)
        try fast.setParameter(Tensor(shape: [1], floats: [-2.5]), named: number)
        try exact.setParameter(Tensor(shape: [1], floats: [-2.5]), named: number)
        let after = try logits(fast, input)
        #expect(try relativeDifference(after, logits(exact, input)) <= kernelTolerance && after != before)
    }

    @Test func reductions() throws {
        try check(80) { builder, name, _ in
            let axes = builder.draw(of: [[1], [2], [3], [2, 3], [1, 3], [1, 2], [1, 2, 3]])
            let reduction = Reduction(function: builder.draw(of: Reduction.Function.allCases), axes: axes, keepsAxes: builder.toss())
            let read = reduction.function == .logOfSum || reduction.function == .product ? builder.add(.unary(.sigmoid), name) : name
            return builder.add(.reduction(reduction), read)
        }
    }

    @Test func places() throws {
        try check { builder, name, _ in
            let place = ExtremePlace(
                isMaximum: builder.toss(), axis: builder.draw(1...3), keepsAxis: builder.toss(), takesLast: builder.toss())
            return builder.add(.extremePlace(place), name)
        }
    }

    @Test func resizing() throws {
        try check(60) { builder, name, shape in
            let axes = builder.draw(of: [[2, 3], [3], [1, 2]])
            let extents = axes.map { _ in builder.draw(2...14) }
            let factors = zip(axes, extents).map { Float($1) / Float(shape[$0 - 1]) }
            var resize = Resize(
                axes: axes, factors: factors, extents: extents, isBySizes: true, mode: builder.draw(of: [.linear, .cubic, .nearest]),
                coordinates: builder.draw(of: [.halfPixel, .asymmetric, .alignedCorners]))
            resize.excludesOutside = builder.toss()
            resize.smooths = builder.toss()
            return builder.add(.resize(resize), name)
        }
    }

    @Test func transposedConvolutions() throws {
        try check(60) { builder, name, shape in
            let groups = builder.draw(of: (1...shape[0]).filter { shape[0] % $0 == 0 })
            let strides = [builder.draw(1...3), builder.draw(1...2)]
            let settings = TransposedConvolution(
                window: Convolution(
                    kernel: [builder.draw(1...3), builder.draw(2...3)], strides: strides, dilations: [builder.draw(1...2), 1],
                    pads: [0, builder.draw(0...1), 0, builder.draw(0...1)], groups: groups),
                outputPads: strides.map { builder.draw(0...$0 - 1) })
            let weights = builder.parameter(Shape([shape[0], builder.draw(1...5)] + settings.window.kernel))
            guard builder.toss() else { return builder.add(.transposedConvolution(settings), name, weights) }
            let units = groups * (builder.network(output: name).parameters[weights]?.shape[1] ?? 1)
            return builder.add(.transposedConvolution(settings), name, weights, builder.parameter([units], role: .bias))
        }
    }

    /// To codes and back, with one scale or one a channel. One step is the least that can differ, where a quotient lies between two codes.
    @Test func codes() throws {
        for seed in UInt64(0)..<40 {
            var builder = NetworkBuilder(input: [5, 4, 6], seed: seed)
            let axis = builder.draw(1...3)
            let scales: Shape = builder.toss() ? [] : [[5, 4, 6][axis - 1]]
            let step = builder.parameter(scales, positive: true)
            let code = LinearCode(type: builder.draw(of: [.int8, .uint8]), axis: axis)
            let coded = builder.add(.quantizeLinear(code), "input", step)
            let output = builder.toss() ? coded : builder.add(.dequantizeLinear(code), coded, step)
            let network = builder.network(output: output)
            #expect(try difference(network, batch: 3, seed: seed) == 0, "seed \(seed)")
            #expect(try !OneDNNExecutor(network: network, batchSize: 1).implementations.contains { $0.contains("plain") })
        }
    }

    @Test func dynamicCodes() throws {
        for result in [DynamicQuantization.Result.values, .codes, .scale, .zeroPoint] {
            var builder = NetworkBuilder(input: [5, 4], seed: 3)
            let output = builder.add(.dynamicQuantization(DynamicQuantization(result: result, axis: 0)), "input")
            #expect(try difference(builder.network(output: output), batch: 4, seed: 9) == 0, "\(result)")
        }
    }

    @Test func normalizations() throws {
        try check(tolerance: 2e-5) { builder, name, shape in
            let parameters = (builder.parameter([shape[0]]), builder.parameter([shape[0]]))
            switch builder.draw(0...2) {
            case 0: return builder.add(.instanceNormalization(epsilon: 1e-5), name, parameters.0, parameters.1)
            case 1:
                let groups = builder.draw(of: (1...shape[0]).filter { shape[0] % $0 == 0 })
                return builder.add(.groupNormalization(groups: groups, epsilon: 1e-5), name, parameters.0, parameters.1)
            default: return builder.add(.responseNormalization(ResponseNormalization(size: builder.draw(1...4), alpha: 0.5)), name)
            }
        }
    }
}
