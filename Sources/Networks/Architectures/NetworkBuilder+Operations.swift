import Tensors

extension NetworkBuilder {
    mutating func reshape(_ dimensions: [Int], named kind: String) {
        add(.reshape(dimensions: dimensions, allowZero: true), named: kind, [value])
    }

    mutating func relu() { add(.relu, named: "relu", [value]) }

    mutating func sign() { add(.activation(.sign), named: "sign", [value]) }

    /// A dense layer with weights [to, from].
    mutating func gemm(_ name: String, from: Int, to: Int, start: Start, hasBias: Bool = true) {
        let names = addWeights(name, [to, from], start: start, hasBias: hasBias)
        add(.gemm(Gemm(transposeB: true)), named: "linear", [value] + names)
    }

    mutating func convolution(
        _ name: String, from: Int, to: Int, kernel: Int, stride: Int = 1, pad: Int = 0, start: Start, hasBias: Bool = true
    ) {
        let names = addWeights(name, [to, from, kernel, kernel], start: start, hasBias: hasBias)
        let settings = Convolution(
            kernel: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad])
        add(.convolution(settings), named: "conv2d", [value] + names)
    }

    /// Windows of 2×2 beside each other.
    mutating func maxPool() {
        add(.maxPool(Pooling(kernel: [2, 2], strides: [2, 2])), named: "max_pool2d", [value])
    }

    /// Scale, shift, mean and variance by PyTorch's names: `name.weight`, `.bias`, `.running_mean`, `.running_var`.
    mutating func normalization(_ name: String, channels: Int) {
        let names = ["weight", "bias", "running_mean", "running_var"].map { "\(name).\($0)" }
        for (name, start) in zip(names, [1, 0, 0, 1] as [Float]) {
            addParameter(name, .normalization, [channels], repeating: start)
        }
        add(.batchNormalization(epsilon: 1e-5), named: "batch_norm", [value] + names)
    }

    /// The mean over all pixels: [N, C, H, W] → [N, C].
    mutating func globalMean() {
        add(.globalAveragePool, named: "adaptive_avg_pool2d", [value])
        add(.flatten(axis: 1), named: "flatten", [value])
    }
}
