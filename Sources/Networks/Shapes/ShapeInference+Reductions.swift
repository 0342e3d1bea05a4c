import Tensors

extension ShapeInference {
    func reduced(_ axes: [Int], keepsAxes: Bool) throws(ShapeError) -> Shape {
        let shape = try input(0)
        var gone = Set<Int>()
        for axis in axes { gone.insert(try resolved(axis: axis, rank: shape.rank, through: shape.rank - 1)) }
        return Shape(shape.dimensions.indices.compactMap { gone.contains($0) ? (keepsAxes ? 1 : nil) : shape[$0] })
    }

    func extremePlace(_ place: ExtremePlace) throws(ShapeError) -> Shape {
        let shape = try input(0)
        let axis = try resolved(axis: place.axis, rank: shape.rank, through: shape.rank - 1)
        guard shape[axis] > 0 else { throw error("values along axis \(axis)", "[\(shape)]") }
        return try reduced([axis], keepsAxes: place.keepsAxis)
    }

    func layerNormalization(_ axis: Int) throws(ShapeError) -> Shape {
        let shape = try input(0)
        let axis = try resolved(axis: axis, rank: shape.rank, through: shape.rank - 1)
        let row = Shape(Array(shape.dimensions[axis...]))
        for index in 1...2 {
            guard let parameter = index == 1 ? try input(1) : optional(2) else { continue }
            let joint = try Self.broadcast(row, parameter, orThrow: error)
            guard joint == row else { throw error("scale and shift that broadcast to [\(row)]", "[\(parameter)]") }
        }
        return shape
    }

    /// Of a normalization with parameters [C].
    func channelNormalization(parameters: Int) throws(ShapeError) -> Shape {
        let shape = try input(0)
        guard shape.rank >= 2 else { throw error("[N, C, …]", "[\(shape)]") }
        for index in 0..<parameters {
            let parameter = try input(index + 1)
            guard parameter.dimensions == [shape[1]] else { throw error("scale and shift [\(shape[1])]", "[\(parameter)]") }
        }
        return shape
    }

    func groupNormalization(_ groups: Int) throws(ShapeError) -> Shape {
        let shape = try channelNormalization(parameters: 2)
        guard groups > 0, shape[1] % groups == 0 else { throw error("channels divisible by \(groups) groups", "\(shape[1])") }
        return shape
    }

    /// Values and codes as the input, scale and zero point one an example.
    func dynamicallyQuantized(_ settings: DynamicQuantization) throws(ShapeError) -> Shape {
        let shape = try input(0)
        if let axis = settings.axis {
            guard shape.dimensions.indices.contains(axis), settings.rows > 0, shape[axis].isMultiple(of: settings.rows) else {
                throw error("examples of \(settings.rows) along axis \(axis)", "[\(shape)]")
            }
        }
        switch settings.result {
        case .values, .codes: return shape
        case .scale, .zeroPoint:
            guard let axis = settings.axis else { return [] }
            return Shape(shape.dimensions.indices.map { $0 == axis ? shape[axis] / settings.rows : 1 })
        }
    }

    func coded(_ code: LinearCode) throws(ShapeError) -> Shape {
        let shape = try input(0)
        let scale = try input(1)
        if let zero = optional(2), zero.count != scale.count { throw error("a zero point for each scale", "[\(zero)] for [\(scale)]") }
        guard scale.count != 1 else { return shape }
        let axis = try resolved(axis: code.axis, rank: shape.rank, through: shape.rank - 1)
        if let block = code.block {
            var expected = shape.dimensions
            expected[axis] = (shape[axis] + block - 1) / block
            let parts = [
                (scale.dimensions.prefix(axis), expected.prefix(axis)),
                (scale.dimensions.dropFirst(axis + 1), expected.dropFirst(axis + 1)),
            ]
            guard scale.rank == shape.rank, scale[axis] == expected[axis],
                parts.allSatisfy({ $0 == $1 || $0.allSatisfy { $0 == 1 } })
            else { throw error("scales [\(Shape(expected))] for blocks of \(block)", "[\(scale)]") }
            return shape
        }
        guard scale.dimensions == [shape[axis]] else { throw error("a scale for each of \(shape[axis])", "[\(scale)]") }
        return shape
    }
}
