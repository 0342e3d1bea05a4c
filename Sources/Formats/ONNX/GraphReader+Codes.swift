import Networks
import Tensors

extension GraphReader {
    /// Float(code − zero point) · scale, for all or along one axis.
    mutating func dequantized(
        _ codes: Tensor, _ inputs: [Tensor?], _ attributes: NodeAttributes
    ) throws(NodeProblem) -> Tensor {
        guard inputs.count > 1, let scale = inputs[1] else { throw .malformed(expected: "a scale", actual: "none") }
        let types: [ElementType] = [.int8, .uint8, .int16, .uint16, .int32]
        guard types.contains(codes.elementType) || codes.elementType.isFloat8, scale.elementType == .float32,
            try [0, 1].contains(attributes.int("output_dtype", 0))
        else {
            throw .unsupported("it makes floats of \(codes.elementType) with a scale of \(scale.elementType)")
        }
        let zeroPoints = inputs.count > 2 ? inputs[2] : nil
        if let zeroPoints, zeroPoints.elementType != codes.elementType || zeroPoints.count != scale.count {
            throw .mismatch(
                expected: "\(scale.count) zero points of \(codes.elementType)", actual: "[\(zeroPoints.shape)] of \(zeroPoints.elementType)"
            )
        }
        let zeros = zeroPoints?.floats ?? [Float](repeating: 0, count: scale.count)
        guard codes.elementType != .int32 || zeros.allSatisfy({ $0 == 0 }) else { throw .unsupported("it has a zero point for int32") }
        if try attributes.int("block_size", 0) != 0 { return try inBlocks(codes, scale, zeros, attributes) }
        let inner = try innerCount(codes.shape, scale, attributes)
        try reserve(4 * codes.count)
        return Self.dequantized(codes, scales: scale.floats, zeros: zeros, inner: inner)
    }

    /// The same with a scale for each block of neighbours along an axis.
    private mutating func inBlocks(
        _ codes: Tensor, _ scale: Tensor, _ zeros: [Float], _ attributes: NodeAttributes
    ) throws(NodeProblem) -> Tensor {
        let (shape, block) = (codes.shape, try attributes.int("block_size", 0))
        let axis = try positive([attributes.int("axis", 1)], rank: shape.rank)[0]
        var expected = shape.dimensions
        expected[axis] = block > 0 ? (shape[axis] + block - 1) / block : 0
        guard scale.shape.dimensions == expected else {
            throw .mismatch(expected: "scales [\(Shape(expected))] for blocks of \(block)", actual: "[\(scale.shape)]")
        }
        try reserve(4 * codes.count)
        let (place, scales) = (
            LinearCode(type: codes.elementType, axis: axis, block: block).scalePlaces(scale.shape, of: shape), scale.floats
        )
        return Tensor(shape: shape) { values in
            codes.withFloats { codes in
                for index in values.indices {  // A negative scale makes no −0 of 0.
                    values[index] = (codes[index] - zeros[place(index)]) * scales[place(index)] + 0
                }
            }
        }
    }

    /// What was there before the floats.
    mutating func origin(
        of output: String, codes: Tensor, _ scale: Tensor?, _ attributes: NodeAttributes
    ) throws(NodeProblem) -> IntegerOrigin {
        let (block, scales) = (try attributes.int("block_size", 0), scale?.floats ?? [])
        guard codes.elementType.wholeRange != nil else {
            return IntegerOrigin(type: "\(codes.elementType)", bits: 8, scales: scales.count)
        }
        var origin = IntegerOrigin(codes: codes, scales: scales)
        guard block > 0 else { return origin }
        let rank = codes.shape.rank
        let axis = try positive([attributes.int("axis", 1)], rank: rank)[0]
        let columns = codes.shape[rank - 1]
        if axis == rank - 1 {
            origin.steps = BlockScales.even(scales, rows: codes.count / max(1, columns), columns: columns, block: block)
        } else {
            origin.steps = []
            if rank == 2, let scale { columnBlocks[output] = ColumnBlocks(block: block, scales: scale) }
        }
        return origin
    }

    /// How many codes in a row have one scale.
    private func innerCount(_ shape: Shape, _ scale: Tensor, _ attributes: NodeAttributes) throws(NodeProblem) -> Int {
        guard scale.count != 1 else { return max(1, shape.count) }
        let axis = try attributes.int("axis", 1)
        let place = axis < 0 ? axis + shape.rank : axis
        guard scale.shape.rank == 1, shape.dimensions.indices.contains(place), shape[place] == scale.count else {
            throw .mismatch(expected: "a scale for each index of axis \(axis) of [\(shape)]", actual: "[\(scale.shape)]")
        }
        return shape.dimensions[(place + 1)...].reduce(1, *)
    }

    private static func dequantized(_ codes: Tensor, scales: [Float], zeros: [Float], inner: Int) -> Tensor {
        Tensor(shape: codes.shape) { values in
            codes.withFloats { codes in
                var channel = 0
                for start in stride(from: 0, to: codes.count, by: max(1, inner)) {
                    let (scale, zero) = (scales[channel], zeros[channel])
                    for index in start..<start + inner { values[index] = (codes[index] - zero) * scale + 0 }
                    channel = channel + 1 == scales.count ? 0 : channel + 1
                }
            }
        }
    }
}

extension IntegerOrigin {
    /// The smallest type that holds these integers: those of 4 bits are read as 8. Cost: O(n).
    fileprivate init(codes: Tensor, scales: [Float]) {
        let range = codes.withFloats { ($0.min() ?? 0)...($0.max() ?? 0) }
        let isSigned = range.lowerBound < 0 || [.int8, .int16, .int32].contains(codes.elementType)
        let bits = [4, 8, 16].first { bits in
            let half = Float(1 << (bits - 1))
            return isSigned ? range.lowerBound >= -half && range.upperBound < half : range.upperBound < 2 * half
        }
        self.init(type: "\(isSigned ? "" : "u")int\(bits ?? 32)", bits: bits ?? 32, scales: scales.count, steps: scales)
    }
}
