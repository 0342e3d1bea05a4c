import Tensors

/// A tensor of the training reference: row-major values in Double, so that its gradients can be held against finite differences.
public struct DoubleTensor: Hashable, Sendable {
    public var shape: Shape
    public var values: [Double]

    /// Precondition: as many values as the shape has elements.
    public init(shape: Shape, values: [Double]) {
        precondition(values.count == shape.count, "\(values.count) values do not fill [\(shape)]")
        self.shape = shape
        self.values = values
    }

    /// All zeros.
    public init(zeros shape: Shape) { self.init(shape: shape, values: [Double](repeating: 0, count: shape.count)) }

    /// The values of a parameter.
    public init(_ tensor: Tensor) { self.init(shape: tensor.shape, values: tensor.floats.map(Double.init)) }

    /// The same values under another shape of equal count.
    func reshaped(_ shape: Shape) -> DoubleTensor { DoubleTensor(shape: shape, values: values) }

    func map(_ body: (Double) -> Double) -> DoubleTensor { DoubleTensor(shape: shape, values: values.map(body)) }

    /// Elementwise, with another tensor of the same shape.
    func zip(_ other: DoubleTensor, _ body: (Double, Double) -> Double) -> DoubleTensor {
        DoubleTensor(shape: shape, values: Swift.zip(values, other.values).map(body))
    }

    /// Adds another tensor of the same shape.
    mutating func add(_ other: DoubleTensor) {
        for index in values.indices { values[index] += other.values[index] }
    }
}

extension Shape {
    /// For each element of a larger shape the index of the element that is repeated there: axes are aligned at the last.
    func broadcastIndices(in larger: Shape) -> [Int] {
        let missing = larger.rank - rank
        return (0..<larger.count).map { index in
            let position = larger.position(of: index)
            return dimensions.indices.reduce(0) { $0 * self[$1] + (self[$1] == 1 ? 0 : position[missing + $1]) }
        }
    }
}
