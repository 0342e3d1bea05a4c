import Tensors

/// What decides how weights can be factored: their shape as stored, [outputs, inputs of a group, window…] of convolutions, and the groups.
///
/// Of dense layers the first axis counts as outputs whichever way the weights are stored: ranks and sizes are the same for both.
public struct WeightGeometry: Hashable, Sendable {
    public let shape: Shape
    public let groups: Int

    public init(_ shape: Shape, groups: Int = 1) {
        self.shape = shape
        self.groups = max(1, groups)
    }

    public var isConvolution: Bool { shape.rank > 2 }
    /// Outputs of one group, T/g.
    public var outputs: Int { (shape.rank == 0 ? 1 : shape[0]) / groups }
    /// Inputs of one group, S/g.
    public var inputs: Int { shape.rank > 1 ? shape[1] : 1 }
    /// Extents of the window; none of a dense layer.
    public var kernel: [Int] { Array(shape.dimensions.dropFirst(2)) }
    /// Places of the window.
    public var window: Int { kernel.reduce(1, *) }
    /// The extent of a window of two axes along the first one, kh.
    public var height: Int { kernel.first ?? 1 }
    /// The extent along the other, kw.
    public var width: Int { kernel.dropFirst().reduce(1, *) }
}

extension Layer {
    public var geometry: WeightGeometry { WeightGeometry(shape, groups: groups) }
}
