import Networks

extension GraphWriter {
    /// The node with its attributes, without inputs that are settings in Pare.
    func node(_ node: Node) -> ONNXNodeProto {
        var proto = ONNXNodeProto()
        proto.name = node.name
        proto.opType = node.operation.name
        proto.input = node.inputs
        proto.output = node.outputs
        proto.attribute = attributes(of: node.operation)
        return proto
    }

    private func attributes(of operation: Operation) -> [ONNXAttributeProto] {
        switch operation {
        case .convolution(let convolution): attributes(of: convolution)
        case .gemm(let gemm): attributes(of: gemm)
        case .maxPool(let pooling): attributes(of: pooling) + [dilations(pooling)]
        case .averagePool(let pooling):
            attributes(of: pooling) + [integer("count_include_pad", pooling.countIncludesPadding ? 1 : 0)]
                + (pooling.dilations.contains { $0 != 1 } ? [dilations(pooling)] : [])
        case .flatten(let axis), .softmax(let axis), .concatenation(let axis): [integer("axis", axis)]
        case .reshape(_, let allowZero): [integer("allowzero", allowZero ? 1 : 0)]
        case .batchNormalization(let epsilon): [number("epsilon", epsilon)]
        case .matrixMultiplication, .add, .relu, .globalAveragePool, .identity, .dropout, .activation, .unsupported: []
        }
    }

    private func attributes(of convolution: Convolution) -> [ONNXAttributeProto] {
        [
            integers("kernel_shape", convolution.kernel), integers("strides", convolution.strides),
            integers("dilations", convolution.dilations), integers("pads", convolution.pads), integer("group", convolution.groups),
        ]
    }

    private func attributes(of pooling: Pooling) -> [ONNXAttributeProto] {
        [
            integers("kernel_shape", pooling.kernel), integers("strides", pooling.strides), integers("pads", pooling.pads),
            integer("ceil_mode", pooling.ceilMode ? 1 : 0),
        ]
    }

    private func dilations(_ pooling: Pooling) -> ONNXAttributeProto { integers("dilations", pooling.dilations) }

    private func attributes(of gemm: Gemm) -> [ONNXAttributeProto] {
        [
            number("alpha", gemm.alpha), number("beta", gemm.beta), integer("transA", gemm.transposeA ? 1 : 0),
            integer("transB", gemm.transposeB ? 1 : 0),
        ]
    }

    private func number(_ name: String, _ value: Float) -> ONNXAttributeProto {
        attribute(name, type: 1) { $0.f = value }
    }

    func integer(_ name: String, _ value: Int) -> ONNXAttributeProto {
        attribute(name, type: 2) { $0.i = Int64(value) }
    }

    private func integers(_ name: String, _ values: [Int]) -> ONNXAttributeProto {
        attribute(name, type: 7) { $0.ints = values.map(Int64.init) }
    }

    private func attribute(_ name: String, type: Int32, _ fill: (inout ONNXAttributeProto) -> Void) -> ONNXAttributeProto {
        var attribute = ONNXAttributeProto()
        attribute.name = name
        attribute.type = type
        fill(&attribute)
        return attribute
    }
}
