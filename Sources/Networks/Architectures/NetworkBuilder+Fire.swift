extension NetworkBuilder {
    /// One kind of Fire module: filters of its 1×1 squeeze, and of each of its two expanding convolutions.
    private struct Fire {
        var squeeze: Int
        var expand: Int
    }

    /// SqueezeNet (Iandola 2016) for 28×28: a 3×3 convolution, pool, Fire modules with a pool in their middle, a 1×1 convolution to
    /// the classes and the mean over the pixels instead of dense layers.
    mutating func fire(modules: Int, classes: Int) {
        convolution("conv1", from: 1, to: 32, kernel: 3, pad: 1, start: .he)
        relu()
        maxPool()
        let early = Array(repeating: Fire(squeeze: 16, expand: 32), count: modules == 2 ? 1 : 2)
        let late = Array(repeating: Fire(squeeze: 32, expand: 64), count: modules - early.count)
        var channels = 32
        for (index, fire) in (early + late).enumerated() {
            if index == early.count { maxPool() }
            module("fire\(index + 1)", fire, from: channels)
            channels = 2 * fire.expand
        }
        convolution("classifier", from: channels, to: classes, kernel: 1, start: .normal(deviation: 0.01))
        globalMean()
        nameOutput("logits")
    }

    /// relu(squeeze), then what 1×1 and 3×3 filters make of it, side by side.
    private mutating func module(_ name: String, _ fire: Fire, from: Int) {
        convolution("\(name).squeeze", from: from, to: fire.squeeze, kernel: 1, start: .he)
        relu()
        let squeezed = value
        convolution("\(name).expand1x1", from: fire.squeeze, to: fire.expand, kernel: 1, start: .he)
        relu()
        let points = value
        value = squeezed
        convolution("\(name).expand3x3", from: fire.squeeze, to: fire.expand, kernel: 3, pad: 1, start: .he)
        relu()
        add(.concatenation(axis: 1), named: "cat", [points, value])
    }
}
