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
    /// What kernels do in the same pass: a function of each result, which stands for all of its name, and a window maximum.
    public internal(set) var function: UnaryFunction?
    public internal(set) var pooling: Pooling?
    /// Whether it finds its images row-major, as the input of a network and what some kernels leave; else as another convolution leaves them.
    public internal(set) var readsRows = false

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
            self.init(.product(rows: input[0]), inputs: input[1], outputs: layer.outputCount)
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
        case .convolution: outputExtents.reduce(1, *)
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

    /// The same layer with what is joined to it.
    public func joined(_ function: UnaryFunction?, _ pooling: Pooling?) -> LayerWork {
        var joined = self
        (joined.function, joined.pooling) = (function?.representative, pooling)
        return joined
    }

    /// The same layer where it finds its images row-major, or does not; of a product it is the same.
    public func reading(rows: Bool) -> LayerWork {
        var reading = self
        if case .convolution = form { reading.readsRows = rows }
        return reading
    }

    /// The layer without what is joined to it.
    public var bare: LayerWork { joined(nil, nil).portable }

    /// The layer however it finds its images, as another device knows it.
    public var portable: LayerWork { reading(rows: false) }
}

extension Network {
    /// The works of its layers that have one, by weight, without what is joined to them. Throws where shapes do not fit. Cost: O(nodes).
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
