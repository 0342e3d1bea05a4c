import CKernels
import Kernels
import Networks
import Tensors
import Testing

/// Layers in whole numbers against plain loops in 32 bits, and when they are chosen.
@Suite struct IntegerNetworkTests {
    @Test(arguments: 0..<42) func convolutionsAreTheIntegerSums(seed: UInt64) throws { try check(IntegerCase.convolution(seed), seed) }

    @Test(arguments: 0..<24) func productsAreTheIntegerSums(seed: UInt64) throws { try check(IntegerCase.product(seed), seed) }

    private func check(_ example: IntegerCase, _ seed: UInt64) throws {
        let input = example.input(seed)
        let executor = try OneDNNExecutor(network: example.network, batchSize: example.batch)
        #expect(try executor.useIntegers(example.network).contains(.integers), "\(example): \(executor.integerLayers)")
        #expect(try logits(executor, input) == example.sums(input), "\(example): \(executor.implementations)")
    }

    /// The largest products of which two still fit 16 bits, all of one sign: 2 · 255 · 64 = 32,640.
    @Test(arguments: [64, -64]) func extremesOfSevenBitsDoNotSaturate(weight: Int) throws {
        var builder = NetworkBuilder(input: [64, 6, 6], seed: 1)
        let clip = builder.parameter([1], role: .other)
        let quantized = builder.add(.activation(.clipped(bits: 8)), "input", clip)
        let weights = builder.parameter([16, 64, 3, 3])
        let convolution = Networks.Operation.convolution(Convolution(kernel: [3, 3], pads: [1, 1, 1, 1]))
        let output = builder.add(convolution, quantized, weights)
        var network = builder.network(output: output)
        network.parameters[clip]?.values = Tensor(shape: [1], floats: [255])
        network.parameters[weights]?.values = Tensor(shape: [16, 64, 3, 3], floats: Array(repeating: Float(weight), count: 16 * 576))
        let executor = try OneDNNExecutor(network: network, batchSize: 2)
        #expect(try executor.useIntegers(network) == [.levels, .integers])
        let found = try logits(executor, Array(repeating: 300, count: 2 * 64 * 36))
        #expect(found[7] == Float(255 * weight * 64 * 9))
        #expect(found[0] == Float(255 * weight * 64 * 4))
    }

    /// Weights of 8 bits for inputs of 8 bits: only where this processor sums four products at once; else it is said why not.
    @Test func eightBitsNeedVNNI() throws {
        let example = IntegerCase.convolution(0)
        var network = example.network
        let layer = try #require(network.layers.first)
        let values = try #require(network.parameters[layer.weight]?.values)
        var floats = values.floats
        floats[0] = 127
        network.parameters[layer.weight]?.values = Tensor(shape: values.shape, floats: floats)
        network.parameters[network.nodes[0].inputs[1]]?.values = Tensor(shape: [1], floats: [255])
        network.nodes[0].operation = .activation(.clipped(bits: 8))
        let executor = try OneDNNExecutor(network: network, batchSize: 2)
        let arrangement = try executor.useIntegers(network)
        let hasVNNI = KernelLibrary.sumsBytes(products: false)
        #expect(executor.integerLayers.map(\.obstacle) == [hasVNNI ? nil : .pairs(weight: 127, input: 255)])
        #expect(arrangement.contains(.integers) == hasVNNI)
        var eight = example
        (eight.network, eight.bits, eight.batch) = (network, 8, 2)
        let input = eight.input(5)
        #expect(relativeDifference(try logits(executor, input), try eight.sums(input)) <= kernelTolerance)
    }

    @Test func obstaclesAreNamed() throws {
        let example = IntegerCase.convolution(2)
        let layer = try #require(example.network.layers.first)
        let executor = try OneDNNExecutor(network: example.network, batchSize: example.batch)
        #expect(try !executor.arrange(.integer).contains(.integers))
        #expect(executor.integerLayers.isEmpty)
        _ = try executor.useIntegers(example.network, steps: [0.75])
        #expect(executor.integerLayers == [LayerArithmetic(weight: layer.weight, obstacle: .steps)])
        _ = try executor.useIntegers(example.network, .simulated)
        #expect(executor.integerLayers == [LayerArithmetic(weight: layer.weight, obstacle: .notAsked)])
        try executor.setParameter(Tensor(shape: [1], floats: [0]), named: example.network.nodes[0].inputs[1])
        _ = try executor.useIntegers(example.network)
        #expect(executor.integerLayers == [LayerArithmetic(weight: layer.weight, obstacle: .clip)])
        var float = example.network
        float.nodes[0].operation = .unary(.relu)
        float.nodes[0].inputs = ["input"]
        let other = try OneDNNExecutor(network: float, batchSize: 1)
        _ = try other.useIntegers(float)
        #expect(other.integerLayers == [LayerArithmetic(weight: layer.weight, obstacle: .input)])
    }

    /// Several layers, levels that go from one to the next, floats that read levels: against floats that stand for the integers, from the start and
    /// from every boundary; back and forth bit for bit.
    @Test(arguments: 0..<12) func networksAgreeWithFloats(seed: UInt64) throws {
        let (network, steps) = IntegerNetworkTests.network(seed)
        let batch = 1 + Int(seed) % 4
        let input = normals(batch * network.inputShape.count, seed: seed).map { abs($0) }
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        let expected = try logits(executor, input)
        for layer in network.layers {
            executor.setSteps(steps, of: layer)
            try executor.setWeights(try #require(network.parameters[layer.weight]?.values), bias: nil, of: layer)
        }
        let arrangement = try executor.arrange(.integer)
        #expect(arrangement.count { $0 == .integers } >= 3, "\(executor.integerLayers)")
        let found = try logits(executor, input)
        // A sum that is rounded otherwise may fall on the other side of a level's edge: then a level of 1/255 of the clip is off, and what follows.
        #expect(relativeDifference(found, expected) <= 0.02, "\(executor.implementations)")
        for boundary in 1..<executor.stages.count {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: max(64, executor.stages[boundary].boundaryByteCount), alignment: 64)
            defer { memory.deallocate() }
            executor.attach(boundary: boundary, to: memory)
            #expect(try logits(executor, input) == found)
            #expect(try logits(executor, input, from: boundary) == found)
            executor.attach(boundary: boundary, to: nil)
        }
        #expect(try executor.arrange(.simulated).allSatisfy { $0 == .dense })
        #expect(try logits(executor, input) == expected)
        #expect(try executor.arrange(.integer) == arrangement)
        #expect(try logits(executor, input) == found)
    }

    /// What can't become a level is thrown, not counted as 0.
    @Test func aNaNIsThrown() throws {
        let example = IntegerCase.convolution(2)
        var input = example.input(1)
        input[3] = .nan
        let executor = try OneDNNExecutor(network: example.network, batchSize: example.batch)
        _ = try executor.useIntegers(example.network)
        #expect(throws: KernelError.notANumber(node: example.network.nodes[0].name)) { try logits(executor, input) }
    }

    @Test func multiplesAreExact() {
        let (rows, columns) = (3, 40)
        let steps: [Float] = [0.013, 1e-20, 7]
        let codes = (0..<rows * columns).map { Int8($0 % 255 - 127) }
        var weights = codes.enumerated().map { Float($1) * steps[$0 / columns] }
        var (found, low, high) = ([Int8](repeating: 0, count: codes.count), Int32(0), Int32(0))
        #expect(pare_multiples(weights, rows, columns, steps, Int32(PARE_STEP_A_ROW), &found, &low, &high) == 1)
        #expect(found == codes && low == -127 && high == 0)
        weights[50] = weights[50].nextUp
        #expect(pare_multiples(weights, rows, columns, steps, Int32(PARE_STEP_A_ROW), nil, &low, &high) == 0)
    }

    @Test(arguments: 1...8) func levelsAreThoseOfTheFloats(bits: Int) {
        for clip: Float in [0.1, 1, 6, 0] {
            let values = normals(777, seed: UInt64(bits)).map { $0 * 3 } + [0, -0, clip, .infinity, -.infinity]
            var (levels, back, floats) = ([UInt8](repeating: 0, count: values.count), values, values)
            #expect(pare_levels(values, values.count, clip, Int32(bits), &levels) == 0)
            pare_level_values(levels, values.count, clip, Int32(bits), &back)
            pare_quantize_clipped(values, values.count, clip, Int32(bits), &floats)
            #expect(back == floats)
        }
        var levels: [UInt8] = [9, 9, 9]
        #expect(pare_levels([1, .nan, .nan], 3, 1, 8, &levels) == 2)
        #expect(levels == [255, 0, 0])
    }

    /// Convolutions and products with biases, quantizers between them, a maximum, and a sum that reads levels too.
    private static func network(_ seed: UInt64) -> (Network, steps: [Float]) {
        let step: Float = 0.01
        var builder = NetworkBuilder(input: [3, 9, 10], seed: seed)
        var clips: [String] = []
        func convolution(_ size: Int) -> Networks.Operation {
            .convolution(Convolution(kernel: [size, size], pads: [Int](repeating: size / 2, count: 4)))
        }
        func quantized(_ name: String, _ builder: inout NetworkBuilder) -> String {
            clips.append(builder.parameter([1], role: .other))
            return builder.add(.activation(.clipped(bits: 8)), builder.add(.unary(.relu), name), clips[clips.count - 1])
        }
        var name = quantized(builder.add(convolution(3), "input", builder.parameter([12, 3, 3, 3])), &builder)
        let skip = name
        name = builder.add(convolution(3), name, builder.parameter([12, 12, 3, 3]), builder.parameter([12], role: .bias))
        name = quantized(name, &builder)
        if seed % 2 == 0 { name = builder.add(.maxPool(Pooling(kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1])), name) }
        name = builder.add(convolution(1), name, builder.parameter([12, 12, 1, 1]))
        if seed % 3 == 0 { name = builder.add(.add, name, skip) }
        name = quantized(name, &builder)
        name = builder.add(.flatten(axis: 1), name)
        name = builder.add(.gemm(Gemm(transposeB: true)), name, builder.parameter([16, 1080]), builder.parameter([16], role: .bias))
        name = quantized(name, &builder)
        name = builder.add(.matrixMultiplication, name, builder.parameter([16, 5]))
        var network = builder.network(output: name)
        for layer in network.layers {
            guard let values = network.parameters[layer.weight]?.values else { continue }
            let floats = values.floats.map { Float(Int(min(max($0 * 20, -63), 63))) * step }
            network.parameters[layer.weight]?.values = Tensor(shape: values.shape, floats: floats)
        }
        for clip in clips { network.parameters[clip]?.values = Tensor(shape: [1], floats: [6]) }
        return (network, [step])
    }
}
