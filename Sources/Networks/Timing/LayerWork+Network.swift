import Tensors

extension LayerWork {
    /// A network of this layer alone and what is joined to it, with seeded weights.
    public var network: Network { network(behindLayer: false) }

    /// The same, where asked for with a convolution by one pixel before it, so that it finds its images as one layer's kernel leaves them to the next, unless
    /// it reads rows.
    ///
    /// Of its weights so many of a thousand, drawn at random, are `zeros`.
    public func network(behindLayer: Bool, zeros: Int = 0) -> Network {
        var generator = SeededGenerator(seed: 1)
        func tensor(_ shape: Shape, zeros: Int = 0) -> Tensor {
            Tensor(shape: shape) { floats in
                for index in floats.indices {
                    floats[index] = zeros > 0 && generator.uniform() * 1_000 < Double(zeros) ? 0 : Float(generator.normal()) / 16
                }
            }
        }
        let isBehind = behindLayer && stands
        let (operation, input, weights): (Operation, Shape, Shape) =
            switch form {
            case .product(1): (.gemm(Gemm(transposeB: true)), [inputs], [outputs, inputs])
            case .product(let rows): (.matrixMultiplication, [rows, inputs], [inputs, outputs])
            case .convolution(let extents, let settings):
                (
                    .convolution(settings), Shape([isBehind ? 8 : inputs] + extents),
                    Shape([outputs, inputs / max(1, settings.groups)] + settings.kernel)
                )
            }
        var names = ["weight"]
        var parameters = [Parameter(name: "weight", role: .weight, values: tensor(weights, zeros: zeros))]
        if rows == 1 {
            names.append("bias")
            parameters.append(Parameter(name: "bias", role: .bias, values: tensor([outputs])))
        }
        var nodes: [Node] = []
        func add(_ operation: Operation, _ others: [String] = [], as name: String) {
            nodes.append(Node(name: name, operation: operation, inputs: [nodes.last?.outputs[0] ?? "x"] + others, outputs: ["\(name) out"]))
        }
        if isBehind {
            let point = Array(repeating: 1, count: input.rank - 1)
            parameters.append(Parameter(name: "before", role: .weight, values: tensor(Shape([inputs, 8] + point))))
            add(.convolution(.point(axes: point.count)), ["before"], as: "point")
        }
        add(operation, names, as: "layer")
        if let function { add(.unary(function), as: "function") }
        if let pooling { add(.maxPool(pooling), as: "pool") }
        return Network(
            name: key, input: "x", inputShape: input, output: nodes[nodes.count - 1].outputs[0], nodes: nodes,
            parameters: .init(uniqueKeysWithValues: parameters.map { ($0.name, $0) }))
    }

    /// Whether it finds its images as another layer's kernel leaves them.
    private var stands: Bool { if case .convolution = form { !readsRows } else { false } }

    /// Rows of a product; 1 for a convolution.
    private var rows: Int { if case .product(let rows) = form { rows } else { 1 } }
}

extension LayerWork {
    /// The works of the two layers that it becomes by channel factors of a rank (``FactorMethod/channel``): its window to `rank` channels, then one pixel or row of these to
    /// the outputs, with what is joined. Groups are factored one by one. Nil where the form has no such factors.
    public func channelFactors(rank: Int) -> [LayerWork]? {
        switch form {
        case .product(let rows):
            return [
                LayerWork(.product(rows: rows), inputs: inputs, outputs: rank),
                LayerWork(.product(rows: rows), inputs: rank, outputs: outputs).joined(function, pooling),
            ]
        case .convolution(let extents, let settings):
            let point = Convolution.point(axes: settings.kernel.count, groups: settings.groups)
            return [
                LayerWork(.convolution(extents: extents, settings), inputs: inputs, outputs: rank * settings.groups)
                    .reading(rows: readsRows),
                LayerWork(.convolution(extents: outputExtents, point), inputs: rank * settings.groups, outputs: outputs)
                    .joined(function, pooling),
            ]
        }
    }

    /// The extents of the output after the channels; of a product none.
    public var outputExtents: [Int] {
        guard case .convolution(let extents, let settings) = form else { return [] }
        return extents.indices.map { axis in
            let reach = settings.dilations[axis] * (settings.kernel[axis] - 1) + 1
            let padded = extents[axis] + settings.pads[axis] + settings.pads[axis + extents.count]
            return max(0, (padded - reach) / settings.strides[axis] + 1)
        }
    }
}

extension Convolution {
    /// By one pixel.
    fileprivate static func point(axes: Int, groups: Int = 1) -> Convolution {
        let ones = Array(repeating: 1, count: axes)
        return Convolution(kernel: ones, strides: ones, dilations: ones, pads: Array(repeating: 0, count: 2 * axes), groups: groups)
    }
}
