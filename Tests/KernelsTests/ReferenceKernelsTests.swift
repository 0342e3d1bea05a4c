import Kernels
import Networks
import Tensors
import Testing

/// The reference itself, against cases worked out by hand.
@Suite struct ReferenceKernelsTests {
    private func tensor(_ shape: Shape, _ values: [Float]) -> ReferenceTensor { ReferenceTensor(shape: shape, values: values) }

    private let square = ReferenceTensor(shape: [1, 1, 3, 3], values: [1, 2, 3, 4, 5, 6, 7, 8, 9])

    @Test func convolutionIsACorrelation() {
        // 1·1 + 5·10 = 51, 2·1 + 6·10 = 62, 4·1 + 8·10 = 84, 5·1 + 9·10 = 95; bias 0.5.
        let weights = tensor([1, 1, 2, 2], [1, 0, 0, 10])
        let result = ReferenceKernels.convolution(
            square, weights, tensor([1], [0.5]), Convolution(kernel: [2, 2]), to: [1, 1, 2, 2])
        #expect(result.values == [51.5, 62.5, 84.5, 95.5])
    }

    @Test func convolutionPadsStridesAndDilates() {
        // Padded by a row above and a column to the left; taps 2 apart: [0 0; 0 5], [0 0; 4 6], [0 2; 0 8], [1 3; 7 9].
        let weights = tensor([1, 1, 2, 2], [1, 2, 3, 4])
        let settings = Convolution(kernel: [2, 2], strides: [1, 1], dilations: [2, 2], pads: [1, 1, 0, 0])
        let result = ReferenceKernels.convolution(square, weights, nil, settings, to: [1, 1, 2, 2])
        #expect(result.values == [20, 36, 36, 64])
    }

    @Test func groupsReadTheirOwnChannels() {
        let images = tensor([1, 2, 1, 1], [3, 5])
        let settings = Convolution(kernel: [1, 1], groups: 2)
        let result = ReferenceKernels.convolution(images, tensor([2, 1, 1, 1], [10, 100]), nil, settings, to: [1, 2, 1, 1])
        #expect(result.values == [30, 500])
    }

    @Test func maximumLeavesPaddingOut() {
        let negative = tensor([1, 1, 2, 2], [-1, -2, -3, -4])
        let settings = Pooling(kernel: [2, 2], strides: [2, 2], pads: [1, 1, 1, 1])
        #expect(ReferenceKernels.maxPool(negative, settings, to: [1, 1, 2, 2]).values == [-1, -2, -3, -4])
    }

    @Test func meansCountWhatTheyAreTold() {
        var settings = Pooling(kernel: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0], ceilMode: true)
        #expect(ReferenceKernels.averagePool(square, settings, to: [1, 1, 2, 2]).values == [1, 2.5, 5.5, 7])
        settings.countIncludesPadding = true
        // 1/4, (2+3)/4, (4+7)/4, (5+6+8+9)/4.
        #expect(ReferenceKernels.averagePool(square, settings, to: [1, 1, 2, 2]).values == [0.25, 1.25, 2.75, 7])
    }

    @Test func whatReachesPastThePaddingNeverCounts() {
        // The last window of a row of 3 with stride 2 holds one pixel, and no padding is declared.
        let settings = Pooling(kernel: [1, 2], strides: [1, 2], ceilMode: true, countIncludesPadding: true)
        #expect(ReferenceKernels.averagePool(tensor([1, 1, 1, 3], [1, 3, 8]), settings, to: [1, 1, 1, 2]).values == [2, 8])
    }

    @Test func globalMean() {
        #expect(ReferenceKernels.globalAveragePool(square).values == [5])
    }

    @Test func gemmTransposesScalesAndAdds() {
        // A = [1 2; 3 4], B = [5 6; 7 8], C = [1 2]. A·B = [19 22; 43 50], Aᵀ·Bᵀ = [23 31; 34 46].
        let (a, b, c) = (tensor([2, 2], [1, 2, 3, 4]), tensor([2, 2], [5, 6, 7, 8]), tensor([2], [1, 2]))
        #expect(ReferenceKernels.gemm(a, b, nil, Gemm()).values == [19, 22, 43, 50])
        let crossed = Gemm(alpha: 2, beta: 10, transposeA: true, transposeB: true)
        #expect(ReferenceKernels.gemm(a, b, c, crossed).values == [56, 82, 78, 112])
    }

    @Test func matricesAreMultipliedStackByStack() {
        let a = tensor([2, 1, 2], [1, 2, 3, 4])
        let shared = ReferenceKernels.matrixMultiplication(a, tensor([2, 1], [10, 1]), to: [2, 1, 1])
        #expect(shared.values == [12, 34])
        let own = ReferenceKernels.matrixMultiplication(a, tensor([2, 2, 1], [10, 1, 0, 1]), to: [2, 1, 1])
        #expect(own.values == [12, 4])
    }

    @Test func sumsBroadcast() {
        let sum = ReferenceKernels.add(tensor([2, 1], [1, 2]), tensor([3], [10, 20, 30]), to: [2, 3])
        #expect(sum.values == [11, 21, 31, 12, 22, 32])
    }

    @Test func softmaxSumsToOneAlongItsAxis() {
        // 1/(1 + e) = 0.26894142; the other axis: 1/(1 + e²) = 0.11920292.
        let x = tensor([2, 2], [0, 1, 2, 3])
        let rows = ReferenceKernels.softmax(x, axis: -1).values
        #expect(zip(rows, [0.268_941_42, 0.731_058_58, 0.268_941_42, 0.731_058_58]).allSatisfy { abs($0 - $1) < 1e-7 })
        let columns = ReferenceKernels.softmax(x, axis: 0).values
        #expect(zip(columns, [0.119_202_92, 0.119_202_92, 0.880_797_08, 0.880_797_08]).allSatisfy { abs($0 - $1) < 1e-7 })
    }

    @Test func normalizationByStatistics() {
        // (3 − 1) / sqrt(3.75 + 0.25) · 10 + 5 = 15, (8 − 2) / sqrt(8.75 + 0.25) · 1 + 0 = 2.
        let result = ReferenceKernels.batchNormalization(
            tensor([1, 2, 1, 1], [3, 8]), scale: tensor([2], [10, 1]), shift: tensor([2], [5, 0]), mean: tensor([2], [1, 2]),
            variance: tensor([2], [3.75, 8.75]), epsilon: 0.25)
        #expect(result.values == [15, 2])
    }

    @Test func inputsStandOneAfterAnother() {
        let result = ReferenceKernels.concatenation([tensor([2, 1], [1, 2]), tensor([2, 2], [3, 4, 5, 6])], axis: 1)
        #expect(result == tensor([2, 3], [1, 3, 4, 2, 5, 6]))
    }

    @Test func reluKeepsNaN() {
        let result = ReferenceKernels.relu(tensor([3], [-1, 2, .nan])).values
        #expect(result[0] == 0 && result[1] == 2 && result[2].isNaN)
    }
}
