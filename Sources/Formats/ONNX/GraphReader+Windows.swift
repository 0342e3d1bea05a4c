import Networks
import Tensors

extension GraphReader {
    func convolution(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        .convolution(try convolution(proto, attributes, transposed: false))
    }

    func transposedConvolution(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        var window = try convolution(proto, attributes, transposed: true)
        let axes = window.kernel.count
        var outputPads = try attributes.ints("output_padding") ?? [Int](repeating: 0, count: axes)
        guard outputPads.count == axes, outputPads.allSatisfy({ (0...1 << 20).contains($0) }) else {
            throw .malformed(expected: "\(axes) output pads from 0 on", actual: "\(outputPads)")
        }
        if let wanted = try wantedExtents(proto, attributes, window) {
            let (upper, input) = (try attributes.text("auto_pad", "NOTSET") != "SAME_LOWER", try dataShape(proto))
            window.pads = [Int](repeating: 0, count: 2 * axes)
            for axis in 0..<axes {
                let full = TransposedConvolution(window: window, outputPads: outputPads).outputExtent(of: input[axis + 2], axis: axis)
                let total = max(full - wanted[axis], 0)
                window.pads[axis] = upper ? total / 2 : total - total / 2
                window.pads[axis + axes] = total - window.pads[axis]
                outputPads[axis] += max(wanted[axis] - full, 0)
            }
        }
        return .transposedConvolution(TransposedConvolution(window: window, outputPads: outputPads))
    }

    /// The extents of the result that `output_shape` or `auto_pad` ask for.
    private func wantedExtents(_ proto: ONNXNodeProto, _ attributes: NodeAttributes, _ window: Convolution) throws(NodeProblem) -> [Int]? {
        let input = try dataShape(proto)
        guard input.rank == window.kernel.count + 2 else {
            throw .malformed(expected: "images of \(window.kernel.count) axes", actual: "[\(input)]")
        }
        if let stated = try attributes.ints("output_shape") {
            let extents = Array(stated.suffix(window.kernel.count))
            guard extents.count == window.kernel.count, extents.allSatisfy({ (1...1 << 24).contains($0) }) else {
                throw .malformed(expected: "\(window.kernel.count) extents", actual: "\(stated)")
            }
            return extents
        }
        guard try attributes.text("auto_pad", "NOTSET").hasPrefix("SAME") else { return nil }
        return window.kernel.indices.map { input[$0 + 2] * window.strides[$0] }
    }

    private func convolution(_ proto: ONNXNodeProto, _ attributes: NodeAttributes, transposed: Bool) throws(NodeProblem) -> Convolution {
        try needConstants(proto, 1...2)
        guard let weights = constant(proto.input[1])?.shape, weights.rank >= 3 else {
            throw .malformed(expected: "weights [M, C, k…]", actual: "others")
        }
        let kernel = Array(weights.dimensions[2...])
        if let stated = try attributes.ints("kernel_shape"), stated != kernel {
            throw .mismatch(expected: "a kernel like the weights [\(weights)]", actual: "\(stated)")
        }
        let window = try window(proto, attributes, kernel: kernel, isTransposed: transposed)
        return Convolution(
            kernel: kernel, strides: window.strides, dilations: window.dilations, pads: window.pads, groups: try attributes.int("group", 1))
    }

    func maxPool(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        .maxPool(try pooling(proto, attributes))
    }

    func averagePool(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        var pooling = try pooling(proto, attributes)
        pooling.countIncludesPadding = try attributes.int("count_include_pad", 0) != 0
        return .averagePool(pooling)
    }

    private func pooling(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Pooling {
        guard let kernel = try attributes.ints("kernel_shape") else { throw .malformed(expected: "a kernel_shape", actual: "none") }
        guard !kernel.isEmpty else { throw .malformed(expected: "a kernel", actual: "none") }
        guard try attributes.int("storage_order", 0) == 0 || !readValues.contains(proto.output.dropFirst().first ?? "") else {
            throw .unsupported("its second output is read")
        }
        var pooling = try window(proto, attributes, kernel: kernel)
        pooling.ceilMode = try attributes.int("ceil_mode", 0) != 0
        // A window that sees only padding has no maximum and no mean.
        for axis in kernel.indices where pooling.largestPad(axis) > (kernel[axis] - 1) * pooling.dilations[axis] {
            throw .unsupported("its padding \(pooling.pads) reaches beyond its kernel \(kernel)")
        }
        return pooling
    }

    /// Strides, dilations and pads with their defaults, `auto_pad` resolved but for transposed convolutions.
    private func window(
        _ proto: ONNXNodeProto, _ attributes: NodeAttributes, kernel: [Int], isTransposed: Bool = false
    ) throws(NodeProblem) -> Pooling {
        var window = Pooling(kernel: kernel)
        let axes = kernel.count
        window.strides = try attributes.ints("strides") ?? [Int](repeating: 1, count: axes)
        window.dilations = try attributes.ints("dilations") ?? [Int](repeating: 1, count: axes)
        window.pads = try attributes.ints("pads") ?? [Int](repeating: 0, count: 2 * axes)
        let settings = kernel + window.strides + window.dilations
        guard window.strides.count == axes, window.dilations.count == axes, window.pads.count == 2 * axes,
            settings.allSatisfy({ (1...1 << 20).contains($0) }), window.pads.allSatisfy({ (-1 << 20...1 << 20).contains($0) })
        else {
            throw .malformed(
                expected: "\(axes) sizes, strides and dilations of 1…2^20 and \(2 * axes) pads",
                actual: "kernel \(kernel), strides \(window.strides), dilations \(window.dilations), pads \(window.pads)")
        }
        guard window.pads.allSatisfy({ $0 >= 0 }) else { throw .unsupported("negative pads \(window.pads) cut its input") }
        if !isTransposed { try resolve(&window, attributes.text("auto_pad", "NOTSET"), proto) }
        return window
    }

    private func resolve(_ window: inout Pooling, _ mode: String, _ proto: ONNXNodeProto) throws(NodeProblem) {
        let axes = window.kernel.count
        switch mode {
        case "NOTSET", "": return
        case "VALID": window.pads = [Int](repeating: 0, count: 2 * axes)
        case "SAME_UPPER", "SAME_LOWER":
            guard let input = shape(of: proto.input[0]), input.rank == axes + 2 else {
                throw .unsupported("its padding depends on a size that is not known")
            }
            for axis in 0..<axes {
                let total = samePadding(window, axis: axis, size: input[axis + 2])
                let less = total / 2
                window.pads[axis] = mode == "SAME_UPPER" ? less : total - less
                window.pads[axis + axes] = total - window.pads[axis]
            }
        default: throw .malformed(expected: "auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER", actual: quoted(mode))
        }
    }

    /// Padding for ⌈size / stride⌉ windows.
    private func samePadding(_ window: Pooling, axis: Int, size: Int) -> Int {
        let count = (size + window.strides[axis] - 1) / window.strides[axis]
        return max((count - 1) * window.strides[axis] + window.span(axis) - size, 0)
    }
}
