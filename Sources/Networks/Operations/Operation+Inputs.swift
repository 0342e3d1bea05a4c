extension Operation {
    /// How many tensors it computes with, at least and at most: those between are optional. What follows them in an ONNX node are settings, kept in
    /// the operation.
    public var inputCounts: ClosedRange<Int> {
        switch self {
        case .convolution, .transposedConvolution, .gemm, .layerNormalization, .quantizeLinear, .dequantizeLinear: 2...3
        case .select, .instanceNormalization, .groupNormalization: 3...3
        case .matrixMultiplication, .binary, .lookup: 2...2
        case .batchNormalization: 5...5
        case .activation(let quantizer): quantizer.readsClip ? 2...2 : 1...1
        case .recurrence(let recurrence): recurrence.inputCount...recurrence.inputCount
        case .placement(let placement): placement.inputCount...placement.inputCount
        case .signal(let transform): transform.inputCount...transform.inputCount
        case .variadic, .concatenation: 1...Int.max
        case .unsupported: 0...Int.max
        case .unary, .maxPool, .averagePool, .globalAveragePool, .globalMaxPool, .reduction, .extremePlace, .flatten, .reshape, .squeeze,
            .unsqueeze, .transpose, .slice, .gather, .expand, .tile, .pad, .depthToSpace, .spaceToDepth, .resize, .softmax, .logSoftmax,
            .identity, .dropout, .responseNormalization, .cast, .dynamicQuantization, .recurrencePart:
            1...1
        }
    }

    /// What a parameter is to the operation that has it as input `position`; of an operator that Pare can't run as far as its name tells.
    public func role(ofInput position: Int) -> Parameter.Role {
        switch self {
        case .convolution, .transposedConvolution, .gemm: position == 1 ? .weight : position == 2 ? .bias : .other
        case .matrixMultiplication: position == 1 ? .weight : .other
        case .recurrence(let recurrence): position == 1 ? .weight : position == recurrence.biasPlace ? .bias : .other
        case .add: .bias
        case .batchNormalization, .layerNormalization, .instanceNormalization, .groupNormalization: .normalization
        case .activation: position == 1 ? .clip : .other
        case .unsupported(let operation): operation.role(ofInput: position)
        case .unary, .binary, .variadic, .select, .maxPool, .averagePool, .globalAveragePool, .globalMaxPool, .reduction, .extremePlace,
            .flatten, .reshape, .squeeze, .unsqueeze, .transpose, .slice, .gather, .expand, .tile, .pad, .depthToSpace, .spaceToDepth,
            .resize,
            .softmax, .logSoftmax, .identity, .dropout, .responseNormalization, .concatenation, .quantizeLinear, .dequantizeLinear, .cast,
            .dynamicQuantization, .recurrencePart, .lookup, .placement, .signal:
            .other
        }
    }
}

extension ActivationQuantizer {
    /// Whether input 1 of its node is a clip.
    var readsClip: Bool {
        switch kind {
        case .clipped: true
        case .sign: false
        }
    }
}

extension UnsupportedOperator {
    /// The role of a parameter at a place that is known by the operator's name.
    fileprivate func role(ofInput position: Int) -> Parameter.Role {
        switch (name, position) {
        case ("Conv", 1), ("ConvTranspose", 1), ("Gemm", 1), ("MatMul", 1): .weight
        case ("Conv", 2), ("ConvTranspose", 2), ("Gemm", 2), ("Add", _): .bias
        case ("LSTM", 1...2), ("GRU", 1...2), ("RNN", 1...2): .weight
        case ("LSTM", 3), ("GRU", 3), ("RNN", 3): .bias
        case ("BatchNormalization", 1...4), ("InstanceNormalization", 1...2), ("LayerNormalization", 1...2), ("GroupNormalization", 1...2):
            .normalization
        default: .other
        }
    }
}
