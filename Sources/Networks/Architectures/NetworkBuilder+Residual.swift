extension NetworkBuilder {
    /// He, Zhang, Ren and Sun 2015, section 4.2, with 20 layers; where a stage changes the size, the shortcut is a 1×1 convolution
    /// with a normalization (their option B).
    mutating func residual(classes: Int) {
        normalizedConvolution("conv1", "bn1", from: 1, to: 16, kernel: 3, stride: 1)
        relu()
        var channels = 16
        for (stage, width) in [16, 32, 64].enumerated() {
            for block in 0..<3 {
                basicBlock("layer\(stage + 1).\(block)", from: channels, to: width, stride: stage > 0 && block == 0 ? 2 : 1)
                channels = width
            }
        }
        globalMean()
        gemm("fc", from: channels, to: classes, start: .uniform)
        nameOutput("logits")
    }

    /// relu(x' + bn(conv(relu(bn(conv(x)))))), x' = x where the shape stays.
    private mutating func basicBlock(_ name: String, from: Int, to: Int, stride: Int) {
        let input = value
        normalizedConvolution("\(name).conv1", "\(name).bn1", from: from, to: to, kernel: 3, stride: stride)
        relu()
        normalizedConvolution("\(name).conv2", "\(name).bn2", from: to, to: to, kernel: 3, stride: 1)
        let deep = value
        value = input
        if from != to || stride != 1 {
            normalizedConvolution("\(name).downsample.0", "\(name).downsample.1", from: from, to: to, kernel: 1, stride: stride)
        }
        add(.add, named: "add", [deep, value])
        relu()
    }

    /// A convolution without bias that keeps the size at stride 1, and its normalization.
    private mutating func normalizedConvolution(
        _ convolution: String, _ normalization: String, from: Int, to: Int, kernel: Int, stride: Int
    ) {
        self.convolution(
            convolution, from: from, to: to, kernel: kernel, stride: stride, pad: kernel / 2, start: .he, hasBias: false)
        self.normalization(normalization, channels: to)
    }
}
