import Networks
import Tensors

import struct Foundation.Data

extension GraphWriter {
    /// The node with its attributes, without inputs that are settings in Pare.
    func node(_ node: Node) -> ONNXNodeProto {
        var proto = ONNXNodeProto()
        proto.name = node.name
        proto.opType = node.operation.name
        proto.input = node.inputs
        proto.output = node.outputs
        proto.attribute = attributes(of: node.operation)
        // Of places alone the values beside them have a name too.
        if case .placement(.best(_, _, _, true)) = node.operation { proto.output = node.outputs.map { "\($0)_values" } + node.outputs }
        if case .placement(.best(_, _, _, false)) = node.operation { proto.output += node.outputs.map { "\($0)_places" } }
        if case .quantizeLinear(let code) = node.operation, code.isOfFourBits || node.inputs.count < 3 && code.type != .uint8 {
            proto.attribute.append(integer("output_dtype", code.dataType))
        }
        return proto
    }

    private func attributes(of operation: Operation) -> [ONNXAttributeProto] {
        switch operation {
        case .convolution(let convolution): attributes(of: convolution)
        case .transposedConvolution(let settings): attributes(of: settings.window) + [integers("output_padding", settings.outputPads)]
        case .gemm(let gemm): attributes(of: gemm)
        case .unary(let function): attributes(of: function)
        case .binary(.remainder): [integer("fmod", 1)]
        case .maxPool(let pooling): attributes(of: pooling) + [dilations(pooling)]
        case .averagePool(let pooling):
            attributes(of: pooling) + [integer("count_include_pad", pooling.countIncludesPadding ? 1 : 0)]
                + (pooling.dilations.contains { $0 != 1 } ? [dilations(pooling)] : [])
        case .reduction(let reduction):
            [integer("keepdims", reduction.keepsAxes ? 1 : 0)] + (hasAxesAttribute(reduction) ? [integers("axes", reduction.axes)] : [])
        case .extremePlace(let place):
            [
                integer("axis", place.axis), integer("keepdims", place.keepsAxis ? 1 : 0),
                integer("select_last_index", place.takesLast ? 1 : 0),
            ]
        case .flatten(let axis), .softmax(let axis), .logSoftmax(let axis), .concatenation(let axis): [integer("axis", axis)]
        case .reshape(_, let allowZero): [integer("allowzero", allowZero ? 1 : 0)]
        case .transpose(let permutation): [integers("perm", permutation)]
        case .gather(let gather): [integer("axis", gather.axis)]
        case .lookup: [integer("axis", 0)]
        case .placement(let placement): attributes(of: placement)
        case .signal(let transform): attributes(of: transform)
        case .pad(let padding): [.text("mode", padding.mode.rawValue)]
        case .depthToSpace(let block, let columnsFirst): [integer("blocksize", block), .text("mode", columnsFirst ? "CRD" : "DCR")]
        case .spaceToDepth(let block): [integer("blocksize", block)]
        case .resize(let resize):
            [
                .text("mode", resize.mode.rawValue), .text("coordinate_transformation_mode", resize.coordinates.rawValue),
                .text("nearest_mode", resize.rounding.rawValue), number("cubic_coeff_a", resize.cubicCoefficient),
                integer("exclude_outside", resize.excludesOutside ? 1 : 0), integer("antialias", resize.smooths ? 1 : 0),
                number("extrapolation_value", resize.outside), integers("axes", resize.axes),
            ]
        case .recurrence(let recurrence): attributes(of: recurrence)
        case .cast(let type): [integer("to", dataType(type))]
        case .quantizeLinear(let code), .dequantizeLinear(let code):
            [integer("axis", code.axis)] + (code.block.map { [integer("block_size", $0)] } ?? [])
        case .batchNormalization, .layerNormalization, .instanceNormalization, .groupNormalization, .responseNormalization:
            normalization(operation)
        case .matrixMultiplication, .binary, .variadic, .select, .globalAveragePool, .globalMaxPool, .identity, .dropout, .activation,
            .squeeze, .unsqueeze, .slice, .expand, .tile, .dynamicQuantization, .recurrencePart, .unsupported:
            []
        }
    }

    private func attributes(of placement: Placement) -> [ONNXAttributeProto] {
        switch placement {
        case .takenElements(let axis): [integer("axis", axis)]
        case .takenTuples(let batchAxes): [integer("batch_dims", batchAxes)]
        case .putElements(let axis, let combination): [integer("axis", axis)] + attributes(of: combination)
        case .putTuples(let combination): attributes(of: combination)
        case .runningSum(_, let isExclusive, let isReversed):
            [integer("exclusive", isExclusive ? 1 : 0), integer("reverse", isReversed ? 1 : 0)]
        case .best(_, let axis, let isSmallest, _): [integer("axis", axis), integer("largest", isSmallest ? 0 : 1)]
        }
    }

    private func attributes(of combination: Placement.Combination) -> [ONNXAttributeProto] {
        combination == .replace ? [] : [.text("reduction", combination.rawValue)]
    }

    private func normalization(_ operation: Operation) -> [ONNXAttributeProto] {
        switch operation {
        case .batchNormalization(let epsilon), .instanceNormalization(let epsilon): [number("epsilon", epsilon)]
        case .layerNormalization(let axis, let epsilon): [integer("axis", axis), number("epsilon", epsilon)]
        case .groupNormalization(let groups, let epsilon): [integer("num_groups", groups), number("epsilon", epsilon)]
        case .responseNormalization(let settings):
            [
                integer("size", settings.size), number("alpha", settings.alpha), number("beta", settings.beta),
                number("bias", settings.bias),
            ]
        default: []
        }
    }

    private func attributes(of function: UnaryFunction) -> [ONNXAttributeProto] {
        switch function {
        case .leakyRelu(let alpha), .elu(let alpha), .celu(let alpha), .thresholdedRelu(let alpha), .swish(let alpha):
            [number("alpha", alpha)]
        case .selu(let alpha, let gamma): [number("alpha", alpha), number("gamma", gamma)]
        case .hardSigmoid(let alpha, let beta): [number("alpha", alpha), number("beta", beta)]
        case .shrink(let bias, let lambda): [number("bias", bias), number("lambd", lambda)]
        case .gelu(let isApproximate): [.text("approximate", isApproximate ? "tanh" : "none")]
        default: []
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

    private func attributes(of recurrence: Recurrence) -> [ONNXAttributeProto] {
        let usual = [integer("hidden_size", recurrence.hidden), .text("direction", recurrence.direction.rawValue)]
        let form = recurrence.form.map(attributes) ?? []
        return switch recurrence.cell {
        case .lstm: usual + form
        case .gru(let resetsAfter): usual + [integer("linear_before_reset", resetsAfter ? 1 : 0)] + form
        case .rnn(let activation):
            usual + (form.isEmpty ? [activations(Array(repeating: activation.rawValue, count: recurrence.directions))] : form)
        }
    }

    private func activations(_ names: [String]) -> ONNXAttributeProto {
        attribute("activations", type: 8) { $0.strings = names.map { Data($0.utf8) } }
    }

    private func attributes(of form: RecurrentForm) -> [ONNXAttributeProto] {
        let numbers = [
            ("activation_alpha", form.functions.filter(\.kind.takesAlpha).map(\.alpha)),
            ("activation_beta", form.functions.filter(\.kind.takesBeta).map(\.beta)),
        ]
        return [activations(form.functions.map(\.kind.rawValue))]
            + numbers.filter { !$1.isEmpty }.map { name, values in attribute(name, type: 6) { $0.floats = values } }
            + (form.clip.map { [number("clip", $0)] } ?? []) + (form.joinsForget ? [integer("input_forget", 1)] : [])
    }

    private func dilations(_ pooling: Pooling) -> ONNXAttributeProto { integers("dilations", pooling.dilations) }

    private func attributes(of gemm: Gemm) -> [ONNXAttributeProto] {
        [
            number("alpha", gemm.alpha), number("beta", gemm.beta), integer("transA", gemm.transposeA ? 1 : 0),
            integer("transB", gemm.transposeB ? 1 : 0),
        ]
    }

    /// The number of a type in ONNX.
    private func dataType(_ type: ElementType) -> Int { TensorReader.elementTypes.first { $0.value == type }.map { Int($0.key) } ?? 1 }

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

extension LinearCode {
    /// The number of the type of the codes in ONNX.
    var dataType: Int {
        if isOfFourBits { return type == .int8 ? 22 : 21 }
        return TensorReader.elementTypes.first { $0.value == type }.map { Int($0.key) } ?? 2
    }
}
