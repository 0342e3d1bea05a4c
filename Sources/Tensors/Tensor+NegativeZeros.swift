extension UnsafeBufferPointer<Float> {
    /// How many are −0. Cost: O(n).
    public var negativeZeroCount: Int { reduce(0) { $0 + ($1.bitPattern == Float.negativeZeroPattern ? 1 : 0) } }
}

extension UnsafeMutableBufferPointer<Float> {
    /// Makes +0 of each −0 in `range`; all others keep their bits. Cost: O(n).
    public func clearNegativeZeros(in range: Range<Int>) {
        for index in range { self[index] = self[index] == 0 ? 0 : self[index] }
    }
}

extension [Float] {
    /// The same with +0 for each −0. Cost: O(n), without a copy where there is none.
    public var withoutNegativeZeros: [Float] {
        guard withUnsafeBufferPointer({ $0.negativeZeroCount }) > 0 else { return self }
        return map { $0 == 0 ? 0 : $0 }
    }
}

extension Tensor {
    /// How many float32 elements are −0; 0 for other types. Cost: O(n).
    public var negativeZeroCount: Int { elementType == .float32 ? withFloats { $0.negativeZeroCount } : 0 }

    /// The same float32 elements with +0 for each −0; itself where there is none, or the elements are of another type.
    public var withoutNegativeZeros: Tensor {
        guard negativeZeroCount > 0 else { return self }
        return Tensor(shape: shape) { values in
            withFloats { _ = values.update(from: $0) }
            values.clearNegativeZeros(in: values.indices)
        }
    }
}

extension Float {
    /// The bits of −0.
    fileprivate static let negativeZeroPattern: UInt32 = 1 << 31
}
