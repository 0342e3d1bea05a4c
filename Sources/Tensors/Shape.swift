/// The extent of a tensor along each axis, outermost first: `[N, C, H, W]` for images, `[out, in]` for a linear layer.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral {
    public var dimensions: [Int]

    public init(_ dimensions: [Int]) { self.dimensions = dimensions }

    public init(arrayLiteral elements: Int...) { dimensions = elements }

    /// The number of axes; 0 for a scalar.
    public var rank: Int { dimensions.count }

    /// The number of elements: the product of the dimensions, 1 for a scalar.
    ///
    /// Traps on overflow; sizes from files go through ``checkedCount`` first.
    public var count: Int { dimensions.reduce(1, *) }

    /// The number of elements, or nil where a dimension is negative or the product exceeds `Int`.
    public var checkedCount: Int? {
        var product = 1
        for dimension in dimensions {
            guard dimension >= 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
            guard !overflow else { return nil }
            product = next
        }
        return product
    }

    public subscript(axis: Int) -> Int {
        get { dimensions[axis] }
        set { dimensions[axis] = newValue }
    }

    /// Elements per index of the first axis: the weights of one output channel of a layer `[out, …]`.
    public var rowCount: Int { dimensions.dropFirst().reduce(1, *) }
}

extension Shape: CustomStringConvertible {
    /// The dimensions joined by a multiplication sign: `20×1×5×5`; `scalar` for rank 0.
    public var description: String {
        dimensions.isEmpty ? "scalar" : dimensions.map(String.init).joined(separator: "×")
    }
}

extension Shape: Codable {
    public init(from decoder: any Decoder) throws {
        dimensions = try [Int](from: decoder)
    }

    public func encode(to encoder: any Encoder) throws { try dimensions.encode(to: encoder) }
}
