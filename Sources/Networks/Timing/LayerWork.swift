import Tensors

/// What a layer computes for one example, whatever its weights are: all that the time of its kernel depends on beside batch and machine.
public struct LayerWork: Hashable, Sendable {
    /// How it goes over its input.
    public enum Form: Hashable, Sendable {
        /// So many products of a row with the matrix.
        case product(rows: Int)
        /// A convolution over these extents after the channels.
        case convolution(extents: [Int], Convolution)
    }

    public var form: Form
    /// Channels or elements of a row that are read, of all groups.
    public var inputs: Int
    public var outputs: Int

    public init(_ form: Form, inputs: Int, outputs: Int) { (self.form, self.inputs, self.outputs) = (form, inputs, outputs) }

    /// The work of a layer; nil where its shapes are not known. `shapes` are those of a batch of 1.
    public init?(_ layer: Layer, in network: Network, shapes: [String: Shape]) {
        guard let place = layer.node, network.nodes.indices.contains(place) else { return nil }
        let node = network.nodes[place]
        guard let input = node.inputs.first.flatMap({ shapes[$0] }), input.rank > 1, layer.shape.rank > 1 else { return nil }
        switch node.operation {
        case .convolution(let settings):
            self.init(.convolution(extents: Array(input.dimensions.dropFirst(2)), settings), inputs: input[1], outputs: layer.outputCount)
        case .gemm(let settings) where !settings.transposeA:
            self.init(.product(rows: 1), inputs: input[1], outputs: layer.outputCount)
        case .matrixMultiplication where layer.shape.rank == 2:
            let rows = input.dimensions[1..<input.rank - 1].reduce(1, *)
            self.init(.product(rows: rows), inputs: input[input.rank - 1], outputs: layer.outputCount)
        default: return nil
        }
    }

    /// Groups that read inputs of their own.
    public var groups: Int { if case .convolution(_, let settings) = form { settings.groups } else { 1 } }

    /// Places of the output for one example: rows, or those of an image.
    public var positions: Int {
        switch form {
        case .product(let rows): rows
        case .convolution(let extents, let settings):
            extents.indices.reduce(1) { count, axis in
                let reach = settings.dilations[axis] * (settings.kernel[axis] - 1) + 1
                let padded = extents[axis] + settings.pads[axis] + settings.pads[axis + extents.count]
                return count * max(0, (padded - reach) / settings.strides[axis] + 1)
            }
        }
    }

    /// Products of one output at one place.
    private var taps: Int { if case .convolution(_, let settings) = form { settings.kernel.reduce(1, *) } else { 1 } }

    /// Multiply-adds for one example.
    public var multiplyAdds: Int { positions * taps * outputs * (inputs / max(1, groups)) }

    /// The same with the outputs of each group rounded up to a multiple of 16, which is what vectors of 16 numbers compute.
    public var paddedMultiplyAdds: Int {
        let padded = (outputs / max(1, groups) + 15) / 16 * 16
        return positions * taps * padded * inputs
    }

    /// A network of this layer alone, with seeded weights.
    public var network: Network {
        var generator = SeededGenerator(seed: 1)
        func tensor(_ shape: Shape) -> Tensor {
            Tensor(shape: shape) { for index in $0.indices { $0[index] = Float(generator.normal()) / 16 } }
        }
        let (operation, input, weights): (Operation, Shape, Shape) =
            switch form {
            case .product(1): (.gemm(Gemm(transposeB: true)), [inputs], [outputs, inputs])
            case .product(let rows): (.matrixMultiplication, [rows, inputs], [inputs, outputs])
            case .convolution(let extents, let settings):
                (.convolution(settings), Shape([inputs] + extents), Shape([outputs, inputs / max(1, settings.groups)] + settings.kernel))
            }
        let names = rows > 1 ? ["x", "weight"] : ["x", "weight", "bias"]
        let parameters =
            [Parameter(name: "weight", role: .weight, values: tensor(weights))]
            + (rows > 1 ? [] : [Parameter(name: "bias", role: .bias, values: tensor([outputs]))])
        return Network(
            name: key, input: "x", inputShape: input, output: "y",
            nodes: [Node(name: "layer", operation: operation, inputs: names, outputs: ["y"])],
            parameters: .init(uniqueKeysWithValues: parameters.map { ($0.name, $0) }))
    }

    /// Rows of a product; 1 for a convolution.
    private var rows: Int { if case .product(let rows) = form { rows } else { 1 } }
}

extension LayerWork {
    /// `dense in=800 out=500 rows=1`, `conv in=20 out=50 on=12x12 kernel=5x5 stride=1x1 dilation=1x1 pads=0x0x0x0 groups=1`: the same word for the same work.
    public var key: String {
        func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: "x") }
        switch form {
        case .product(let rows): return "dense in=\(inputs) out=\(outputs) rows=\(rows)"
        case .convolution(let extents, let settings):
            return "conv in=\(inputs) out=\(outputs) on=\(list(extents)) kernel=\(list(settings.kernel)) stride=\(list(settings.strides)) "
                + "dilation=\(list(settings.dilations)) pads=\(list(settings.pads)) groups=\(settings.groups)"
        }
    }

    /// The work of a key; nil for another text.
    public init?(key: String) {
        let words = key.split(separator: " ").map(String.init)
        var fields: [String: [Int]] = [:]
        for word in words.dropFirst() {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let numbers = parts[1].split(separator: "x").map { Int($0) }
            guard !numbers.isEmpty, numbers.allSatisfy({ $0.map { (0...1 << 24).contains($0) } == true }) else { return nil }
            fields[String(parts[0])] = numbers.compactMap(\.self)
        }
        func one(_ name: String) -> Int? { fields[name].flatMap { $0.count == 1 && $0[0] > 0 ? $0[0] : nil } }
        guard let inputs = one("in"), let outputs = one("out") else { return nil }
        switch words.first {
        case "dense":
            guard let rows = one("rows") else { return nil }
            self.init(.product(rows: rows), inputs: inputs, outputs: outputs)
        case "conv":
            guard let extents = fields["on"], let kernel = fields["kernel"], let strides = fields["stride"],
                let dilations = fields["dilation"],
                let pads = fields["pads"], let groups = one("groups"), pads.count == 2 * extents.count,
                [kernel, strides, dilations].allSatisfy({ $0.count == extents.count && $0.allSatisfy { $0 > 0 } }),
                inputs.isMultiple(of: groups), outputs.isMultiple(of: groups)
            else { return nil }
            let settings = Convolution(kernel: kernel, strides: strides, dilations: dilations, pads: pads, groups: groups)
            self.init(.convolution(extents: extents, settings), inputs: inputs, outputs: outputs)
        default: return nil
        }
        if self.key != key { return nil }
    }
}

extension Network {
    /// The works of its layers that have one, by weight. Throws where shapes do not fit. Cost: O(nodes).
    public func works() throws(ShapeError) -> [String: LayerWork] {
        let shapes = try shapes(batch: 1)
        return layers.reduce(into: [:]) { $0[$1.weight] = LayerWork($1, in: self, shapes: shapes) }
    }

    /// Names all that the time of the whole network depends on: operations and shapes, not values. Throws where shapes do not fit.
    public func timingKey() throws(ShapeError) -> String {
        let shapes = try shapes(batch: 1)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        // FNV-1a (Fowler, Noll and Vo), over the words of every node.
        func add(_ text: String) { for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 } }
        for node in nodes {
            add("\(node.operation)")
            for name in node.inputs + node.outputs { add(" \(shapes[name].map { "\($0)" } ?? "-")") }
        }
        return String(hash, radix: 16)
    }
}
