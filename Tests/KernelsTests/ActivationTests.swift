import CKernels
import Kernels
import Networks
import Tensors
import Testing

/// Quantized activations: both executors forward, the C loops, and the backward pass by hand.
@Suite struct ActivationTests {
    private func tensor(_ values: [Float]) -> ReferenceTensor { ReferenceTensor(shape: [values.count], values: values) }

    /// Values around every edge: the ends of the range, ties between levels, NaN and infinities.
    private func values(_ clip: Float, seed: UInt64) -> [Float] {
        normals(1_001, seed: seed) + [0, -0, clip, clip.nextUp, clip.nextDown, -1, 1, Float(1).nextUp, .nan, .infinity, -.infinity]
            + (0..<32).map { (Float($0) + 0.5) * clip / 15 }
    }

    private func same(_ first: [Float], _ second: [Float]) -> Bool {
        first.count == second.count && zip(first, second).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
    }

    @Test func levelsWorkedOutByHand() {
        // Two bits and a clip of 1.5: levels 0, 0.5, 1, 1.5; ties to even.
        let x = tensor([-1, 0, 0.2, 0.25, 0.3, 0.75, 1.2, 1.25, 1.5, 9])
        let y = ReferenceKernels.activation(x, clip: tensor([1.5]), .clipped(bits: 2))
        #expect(y.values == [0, 0, 0, 0, 0.5, 1, 1, 1, 1.5, 1.5])
        #expect(ReferenceKernels.activation(x, clip: tensor([0]), .clipped(bits: 2)).values.allSatisfy { $0 == 0 })
        #expect(ReferenceKernels.activation(tensor([-0.5, 0, 3]), clip: nil, .sign).values == [-1, 1, 1])
    }

    @Test(arguments: 1...8) func loopsInCAreTheReference(bits: Int) {
        for clip: Float in [0.1, 1, 1.5, 6, 0, -1] {
            let x = values(clip, seed: UInt64(bits))
            var found = x
            pare_quantize_clipped(x, x.count, clip, Int32(bits), &found)
            #expect(same(found, ReferenceKernels.activation(tensor(x), clip: tensor([clip]), .clipped(bits: bits)).values))
            pare_sign(x, x.count, &found)
            #expect(same(found, ReferenceKernels.activation(tensor(x), clip: nil, .sign).values))
        }
    }

    @Test func slopesInCAreTheDefinition() {
        for clip: Float in [0.1, 1, 1.5] {
            let x = values(clip, seed: 3)
            let slopes = normals(x.count, seed: 4)
            var found = slopes
            let cut = pare_quantize_clipped_backward(x, slopes, x.count, clip, &found)
            #expect(found == zip(x, slopes).map { $0 > 0 && $0 < clip ? $1 : 0 })
            let expected = zip(x, slopes).reduce(0.0) { $0 + ($1.0 >= clip ? Double($1.1) : 0) }
            #expect(abs(cut - expected) < 1e-9)
            pare_sign_backward(x, slopes, x.count, &found)
            #expect(found == zip(x, slopes).map { abs($0) <= 1 ? $1 : 0 })
        }
    }

    /// In rows, in blocks with padding (channels that are no multiple of 8 or 16) and with channels last, a convolution behind.
    @Test(arguments: 0..<30) func executorsAgree(seed: UInt64) throws {
        var builder = NetworkBuilder(input: [3, 9, 9], seed: seed)
        let filters = builder.draw(of: [1, 5, 8, 16, 19])
        let same = Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])
        var name = builder.add(.convolution(same), "input", builder.parameter([filters, 3, 3, 3]))
        if builder.toss() { name = builder.add(.maxPool(Pooling(kernel: [2, 2], strides: [2, 2])), name) }
        name = builder.add(.activation(.sign), name)
        if builder.toss() { name = builder.add(.relu, name) }
        name = builder.add(.convolution(same), name, builder.parameter([7, filters, 3, 3]))
        name = builder.add(.flatten(axis: 1), name)
        let network = builder.network(output: name)
        // A sign turns around where the sum before it is within rounding of 0, so one of these seeds may not come that near.
        #expect(try difference(network, batch: 2, seed: seed + 10) <= kernelTolerance)
    }

    @Test(arguments: 1...8) func executorsAgreeOnLevels(bits: Int) throws {
        var builder = NetworkBuilder(input: [5, 6, 6], seed: 1)
        let clip = builder.parameter([1], role: .clip, positive: true)
        let name = builder.add(.activation(.clipped(bits: bits)), "input", clip)
        #expect(try difference(builder.network(output: name), batch: 3, seed: 2) == 0)
    }

    @Test func quantizedNetworkLearnsItsClip() throws {
        let network = lenet(filters: (2, 3), units: 8)
        let quantized = network.applying(
            .quantizeActivations(
                ["p0": .clipped(bits: 4, clip: .learned), "p2": .clipped(bits: 4, clip: .calibrated), "p4": .sign], clips: ["p0": 2]))
        let executor = try ReferenceTrainingExecutor(network: quantized, batchSize: 2)
        #expect(executor.trainedParameters == network.parameters.keys + ["p0.clip"])
        #expect(executor.values(of: "p0.clip").first == 2)
    }
}
