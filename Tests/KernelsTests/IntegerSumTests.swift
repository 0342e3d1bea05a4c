import CKernels
import Kernels
import Networks
import Tensors
import Testing

/// Sums of two ways on levels against floats that stand for them, and integers against lists of what is left of the weights.
@Suite struct IntegerSumTests {
    @Test(arguments: 1...8) func sumsAreThoseOfFloats(bits: Int) {
        let count = 1_003
        for (clips, clip) in [((0.5, 3), 1.5), ((2, 2), 4), ((1, 0), 0.7), ((6, 6), 0)] as [((Float, Float), Float)] {
            let levels = [UInt64(1), 2].map { seed in normals(count, seed: seed).map { UInt8(min(255, abs($0) * 60)) } }
            var values = [UInt64(3), 4].map { normals(count, seed: $0) }
            (values[0][0], values[1][1], values[0][2]) = (.infinity, -.infinity, -0)
            var made = [[Float]](repeating: [Float](repeating: 0, count: count), count: 2)
            pare_level_values(levels[0], count, clips.0, 8, &made[0])
            pare_level_values(levels[1], count, clips.1, 5, &made[1])
            for (first, second) in [(false, false), (true, false), (false, true), (true, true)] {
                let terms = [first ? made[0] : values[0], second ? made[1] : values[1]]
                let sums = zip(terms[0], terms[1]).map { max(0, $0 + $1) }
                var (expected, found) = ([UInt8](repeating: 7, count: count), [UInt8](repeating: 9, count: count))
                #expect(pare_levels(sums, count, clip, Int32(bits), &expected) == 0)
                levels[0].withUnsafeBufferPointer { a in
                    levels[1].withUnsafeBufferPointer { b in
                        values[0].withUnsafeBufferPointer { x in
                            values[1].withUnsafeBufferPointer { y in
                                var one = pare_term(values: x.baseAddress, levels: nil, clip: 0, bits: 0)
                                var other = pare_term(values: y.baseAddress, levels: nil, clip: 0, bits: 0)
                                if first { one = pare_term(values: nil, levels: a.baseAddress, clip: clips.0, bits: 8) }
                                if second { other = pare_term(values: nil, levels: b.baseAddress, clip: clips.1, bits: 5) }
                                #expect(pare_sum_levels(&one, &other, count, clip, Int32(bits), &found) == 0)
                            }
                        }
                    }
                }
                #expect(found == expected)
            }
        }
        var (nan, plain, found): ([Float], [Float], [UInt8]) = ([1, .nan, .infinity], [1, 1, -.infinity], [9, 9, 9])
        let lost = nan.withUnsafeMutableBufferPointer { x in
            plain.withUnsafeMutableBufferPointer { y in
                var one = pare_term(values: UnsafePointer(x.baseAddress), levels: nil, clip: 0, bits: 0)
                var other = pare_term(values: UnsafePointer(y.baseAddress), levels: nil, clip: 0, bits: 0)
                return pare_sum_levels(&one, &other, 3, 2, 8, &found)
            }
        }
        #expect(lost == 2 && found == [255, 0, 0])
    }

    /// Blocks with a way past them or through a projection, a quantizer behind each Relu; `isSplit` puts a product with 1 before those of sums, so that
    /// floats stand there.
    private static func blocks(_ seed: UInt64, channels: Int = 12, isSplit: Bool = false) -> Network {
        var builder = NetworkBuilder(input: [3, 9, 10], seed: seed)
        var clips: [(String, Float)] = []
        let one = builder.parameter([1], role: .other)
        func convolution(_ name: String, _ from: Int, _ size: Int, _ builder: inout NetworkBuilder) -> String {
            let settings = Convolution(kernel: [size, size], pads: [Int](repeating: size / 2, count: 4))
            let weights = builder.parameter([channels, from, size, size])
            return builder.add(.convolution(settings), name, weights, builder.parameter([channels], role: .bias))
        }
        func quantized(_ name: String, bits: Int, _ builder: inout NetworkBuilder) -> String {
            clips.append((builder.parameter([1], role: .other), Float(2 + clips.count)))
            return builder.add(.activation(.clipped(bits: bits)), name, clips[clips.count - 1].0)
        }
        var name = quantized(builder.add(.relu, convolution("input", 3, 3, &builder)), bits: 8, &builder)
        for block in 0..<3 {
            let inner = quantized(builder.add(.relu, convolution(name, channels, 3, &builder)), bits: 8, &builder)
            let deep = convolution(inner, channels, 3, &builder)
            let past = (block + Int(seed)) % 3 == 0 ? convolution(name, channels, 1, &builder) : name
            var sum = seed % 2 == 0 ? builder.add(.add, deep, past) : builder.add(.add, past, deep)
            sum = builder.add(.relu, sum)
            if isSplit { sum = builder.add(.binary(.multiply), sum, one) }
            name = quantized(sum, bits: 8 - block, &builder)
        }
        name = builder.add(.flatten(axis: 1), builder.add(.globalAveragePool, name))
        name = builder.add(.matrixMultiplication, name, builder.parameter([channels, 5]))
        var network = builder.network(output: name)
        for layer in network.layers {
            guard let values = network.parameters[layer.weight]?.values else { continue }
            let floats = values.floats.map { Float(Int(min(max($0 * 20, -63), 63))) * 0.01 }
            network.parameters[layer.weight]?.values = Tensor(shape: values.shape, floats: floats)
        }
        for (clip, value) in clips { network.parameters[clip]?.values = Tensor(shape: [1], floats: [value]) }
        network.parameters[one]?.values = Tensor(shape: [1], floats: [1])
        return network
    }

    @Test(arguments: 0..<6) func networksAreThoseOfFloatSums(seed: UInt64) throws {
        let (network, split) = (Self.blocks(seed), Self.blocks(seed, isSplit: true))
        let batch = 1 + Int(seed) % 3
        let input = normals(batch * network.inputShape.count, seed: seed)
        let (executor, other) = (
            try OneDNNExecutor(network: network, batchSize: batch), try OneDNNExecutor(network: split, batchSize: batch)
        )
        let arrangement = try executor.useIntegers(network, steps: [0.01])
        _ = try other.useIntegers(split, steps: [0.01])
        // What reads the last one are means, which are no levels.
        #expect(executor.implementations.count { $0.hasSuffix("sum of levels") } == 2)
        #expect(!other.implementations.contains { $0.contains("sum of levels") })
        #expect(arrangement.count { $0 == .integers } == 7 && other.integerLayers == executor.integerLayers)
        let found = try logits(executor, input)
        #expect(try logits(other, input) == found)
        for boundary in 1..<executor.stages.count {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: max(64, executor.stages[boundary].boundaryByteCount), alignment: 64)
            defer { memory.deallocate() }
            executor.attach(boundary: boundary, to: memory)
            #expect(try logits(executor, input) == found)
            #expect(try logits(executor, input, from: boundary) == found)
            executor.attach(boundary: boundary, to: nil)
        }
        let expected = try logits(ReferenceExecutor(network: network, batchSize: batch), input)
        // Where a float sum is rounded to the other side of a level's edge, a level is off, and what follows.
        #expect(relativeDifference(found, expected) <= 0.03)
    }

    @Test func aNaNInASumIsThrown() throws {
        var network = Self.blocks(2)
        // The branch of the first block ends in it.
        let bias = try #require(network.layers[2].bias)
        network.parameters[bias]?.values = Tensor(shape: [12], floats: [.nan] + [Float](repeating: 0, count: 11))
        let executor = try OneDNNExecutor(network: network, batchSize: 1)
        _ = try executor.useIntegers(network, steps: [0.01])
        #expect(throws: KernelError.self) { try logits(executor, normals(network.inputShape.count, seed: 1)) }
    }

    /// What lists and whole numbers cost beside one another was measured with AVX2 alone.
    @Test(.enabled(if: KernelLibrary.instructionSet == "AVX2"))
    func mostlyZerosGoByLists() throws {
        let dense = Self.blocks(1, channels: 32)
        var sparse = dense
        let thin = dense.layers.filter { dense.parameters[$0.weight]?.shape.dimensions == [32, 32, 3, 3] }
        for layer in thin {
            let floats = try #require(dense.parameters[layer.weight]).values.floats
            sparse.parameters[layer.weight]?.values = Tensor(
                shape: layer.shape, floats: floats.enumerated().map { $0 % 50 == 0 ? $1 : 0 })
        }
        let executor = try OneDNNExecutor(network: sparse, batchSize: 16)
        let arrangement = try executor.useIntegers(sparse, steps: [0.01], .auto)
        #expect(arrangement.contains(.lists))
        let listed = executor.integerLayers.filter { $0.obstacle == .lists }.map(\.weight)
        #expect(!listed.isEmpty && Set(listed).isSubset(of: thin.map(\.weight)))
        let input = normals(16 * sparse.inputShape.count, seed: 3)
        let expected = try logits(ReferenceExecutor(network: sparse, batchSize: 16), input)
        #expect(relativeDifference(try logits(executor, input), expected) <= 0.03)
        #expect(try !executor.arrange(.integer).contains(.lists) && executor.integerLayers.allSatisfy { $0.obstacle != .lists })
        let full = try OneDNNExecutor(network: dense, batchSize: 16)
        #expect(try !full.useIntegers(dense, steps: [0.01], .auto).contains(.lists))
        #expect(full.integerLayers.count { $0.obstacle == nil } >= 6)
    }
}
