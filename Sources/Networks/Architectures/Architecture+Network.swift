import Tensors

extension Architecture {
    /// A network of this structure with values drawn from `seed`: the same seed gives the same bits on every machine.
    ///
    /// Dense networks and lenet-5 start as PyTorch's layers do: weights and biases uniform in ±1/√fan-in (for the weights that is
    /// Kaiming's uniform with a = √5). resnet-20 and firenet start with He's normal weights, σ = √(2 / fan-in) (He 2015), and biases of 0,
    /// since without it a deep network of Relus starts with vanishing signals; the layer that gives the logits starts as PyTorch's in
    /// resnet-20 and with σ = 0.01 in firenet (Iandola 2016). Normalizations start at scale 1, shift 0, mean 0, variance 1.
    ///
    /// Cost: O(parameters).
    public func network(seed: UInt64) -> Network {
        var builder = NetworkBuilder(input: "input", seed: seed)
        switch kind {
        case .dense(let hidden): builder.dense(hidden, inputCount: inputShape.count, classes: classes)
        case .binarized(let hidden): builder.binarized(hidden, inputCount: inputShape.count, classes: classes)
        case .caffeLeNet: builder.caffeLeNet(classes: classes)
        case .residual: builder.residual(classes: classes)
        case .fire(let modules): builder.fire(modules: modules, classes: classes)
        }
        return Network(
            name: name, input: "input", inputShape: inputShape, output: builder.value, nodes: builder.nodes,
            parameters: builder.parameters)
    }
}

extension NetworkBuilder {
    /// Dense layers fc1, fc2, … with Relu between.
    mutating func dense(_ hidden: [Int], inputCount: Int, classes: Int) {
        reshape([-1, inputCount], named: "view")
        var count = inputCount
        for (index, size) in hidden.enumerated() {
            gemm("fc\(index + 1)", from: count, to: size, start: .uniform)
            relu()
            count = size
        }
        gemm("fc\(hidden.count + 1)", from: count, to: classes, start: .uniform)
        nameOutput("logits")
    }

    /// Dense layers without biases, which the normalizations after them have; signs between, none after the last. A plan makes the weights
    /// binary.
    mutating func binarized(_ hidden: [Int], inputCount: Int, classes: Int) {
        reshape([-1, inputCount], named: "view")
        var count = inputCount
        for (index, size) in (hidden + [classes]).enumerated() {
            gemm("fc\(index + 1)", from: count, to: size, start: .uniform, hasBias: false)
            normalization("bn\(index + 1)", channels: size)
            if index < hidden.count { sign() }
            count = size
        }
        nameOutput("logits")
    }

    /// As in Caffe, the only Relu stands after the first dense layer.
    mutating func caffeLeNet(classes: Int) {
        convolution("conv1", from: 1, to: 20, kernel: 5, start: .uniform)
        maxPool()
        convolution("conv2", from: 20, to: 50, kernel: 5, start: .uniform)
        maxPool()
        reshape([-1, 800], named: "view")
        gemm("fc1", from: 800, to: 500, start: .uniform)
        relu()
        gemm("fc2", from: 500, to: classes, start: .uniform)
        nameOutput("logits")
    }
}
