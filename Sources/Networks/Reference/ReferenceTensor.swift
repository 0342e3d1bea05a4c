import Tensors

/// A tensor of the reference kernels: row-major float32 values that may be changed.
public struct ReferenceTensor: Hashable, Sendable {
    public var shape: Shape
    public var values: [Float]

    /// Precondition: as many values as the shape has elements.
    public init(shape: Shape, values: [Float]) {
        precondition(values.count == shape.count, "\(values.count) values do not fill [\(shape)]")
        self.shape = shape
        self.values = values
    }

    /// The float32 values of a parameter.
    public init(_ tensor: Tensor) { self.init(shape: tensor.shape, values: tensor.floats) }

    /// The same values under another shape of equal count.
    public func reshaped(_ shape: Shape) -> ReferenceTensor { ReferenceTensor(shape: shape, values: values) }

    /// The index of the element that stands at `position` of a larger shape: axes are aligned at the last, extents of 1 are repeated.
    public func index(broadcastAt position: [Int]) -> Int {
        let missing = position.count - shape.rank
        var index = 0
        for axis in 0..<shape.rank {
            index = index * shape[axis] + (shape[axis] == 1 ? 0 : position[missing + axis])
        }
        return index
    }
}

extension Shape {
    /// The position along each axis of the element `index`, row-major.
    public func position(of index: Int) -> [Int] {
        var rest = index
        var position = [Int](repeating: 0, count: rank)
        for axis in dimensions.indices.reversed() { (rest, position[axis]) = rest.quotientAndRemainder(dividingBy: dimensions[axis]) }
        return position
    }
}
