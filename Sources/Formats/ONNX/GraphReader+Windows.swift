import Networks
import Tensors

extension GraphReader {
    func convolution(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        try needConstants(proto, 1...2)
        guard let weights = constant(proto.input[1])?.shape, weights.rank == 4 else {
            throw .unsupported("it does not run over two axes")
        }
        let kernel = Array(weights.dimensions[2...])
        if let stated = try attributes.ints("kernel_shape"), stated != kernel {
            throw .mismatch(expected: "a kernel like the weights [\(weights)]", actual: "\(stated)")
        }
        let window = try window(proto, attributes, kernel: kernel)
        return .convolution(
            Convolution(
                kernel: kernel, strides: window.strides, dilations: window.dilations, pads: window.pads,
                groups: try attributes.int("group", 1)))
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
        guard kernel.count == 2 else { throw .unsupported("it does not run over two axes") }
        var pooling = try window(proto, attributes, kernel: kernel)
        pooling.ceilMode = try attributes.int("ceil_mode", 0) != 0
        // A window that sees only padding has no maximum and no mean.
        for axis in 0..<2 where max(pooling.pads[axis], pooling.pads[axis + 2]) > (kernel[axis] - 1) * pooling.dilations[axis] {
            throw .unsupported("its padding \(pooling.pads) reaches beyond its kernel \(kernel)")
        }
        return pooling
    }

    /// Strides, dilations and pads with their defaults, `auto_pad` resolved.
    private func window(_ proto: ONNXNodeProto, _ attributes: NodeAttributes, kernel: [Int]) throws(NodeProblem) -> Pooling {
        var window = Pooling(kernel: kernel)
        window.strides = try attributes.ints("strides") ?? [1, 1]
        window.dilations = try attributes.ints("dilations") ?? [1, 1]
        window.pads = try attributes.ints("pads") ?? [0, 0, 0, 0]
        let settings = kernel + window.strides + window.dilations
        guard window.strides.count == 2, window.dilations.count == 2, window.pads.count == 4,
            settings.allSatisfy({ (1...1 << 20).contains($0) }), window.pads.allSatisfy({ (-1 << 20...1 << 20).contains($0) })
        else {
            throw .malformed(
                expected: "two sizes, strides and dilations of 1…2^20 and four pads",
                actual: "kernel \(kernel), strides \(window.strides), dilations \(window.dilations), pads \(window.pads)")
        }
        guard window.pads.allSatisfy({ $0 >= 0 }) else { throw .unsupported("negative pads \(window.pads) cut its input") }
        try resolve(&window, attributes.text("auto_pad", "NOTSET"), proto)
        return window
    }

    private func resolve(_ window: inout Pooling, _ mode: String, _ proto: ONNXNodeProto) throws(NodeProblem) {
        switch mode {
        case "NOTSET", "": return
        case "VALID": window.pads = [0, 0, 0, 0]
        case "SAME_UPPER", "SAME_LOWER":
            guard let input = shapes[proto.input[0]], input.rank == 4 else {
                throw .unsupported("its padding depends on a size that is not known")
            }
            for axis in 0..<2 {
                let total = samePadding(window, axis: axis, size: input[axis + 2])
                let less = total / 2
                window.pads[axis] = mode == "SAME_UPPER" ? less : total - less
                window.pads[axis + 2] = total - window.pads[axis]
            }
        default: throw .malformed(expected: "auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER", actual: quoted(mode))
        }
    }

    /// Padding for ⌈size / stride⌉ windows.
    private func samePadding(_ window: Pooling, axis: Int, size: Int) -> Int {
        let count = (size + window.strides[axis] - 1) / window.strides[axis]
        let extent = (window.kernel[axis] - 1) * window.dilations[axis] + 1
        return max((count - 1) * window.strides[axis] + extent - size, 0)
    }
}
