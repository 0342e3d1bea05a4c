import Tensors

extension ShapeInference {
    func gemm(_ settings: Gemm) throws(ShapeError) -> Shape {
        let (a, b) = (try input(0), try input(1))
        guard a.rank == 2, b.rank == 2 else { throw error("two matrices", "[\(a)] and [\(b)]") }
        let (rows, depth) = settings.transposeA ? (a[1], a[0]) : (a[0], a[1])
        let (columns, other) = settings.transposeB ? (b[0], b[1]) : (b[1], b[0])
        guard depth == other else {
            throw error(settings.transposeB ? "B [M, \(depth)]" : "B [\(depth), M]", "[\(b)]")
        }
        let result: Shape = [rows, columns]
        if let bias = optional(2), try Self.broadcast(result, bias, orThrow: error) != result {
            throw error("C that broadcasts to [\(result)]", "[\(bias)]")
        }
        return result
    }

    func matrixMultiplication() throws(ShapeError) -> Shape {
        let (first, second) = (try input(0), try input(1))
        guard first.rank >= 1, second.rank >= 1 else { throw error("operands with axes", "[\(first)] and [\(second)]") }
        let (a, b) = (first.rank == 1 ? [1, first[0]] : first, second.rank == 1 ? [second[0], 1] : second)
        guard a[a.rank - 1] == b[b.rank - 2] else { throw error("B [.., \(a[a.rank - 1]), M]", "[\(second)]") }
        let leading = try Self.broadcast(
            Shape(Array(a.dimensions.dropLast(2))), Shape(Array(b.dimensions.dropLast(2))), orThrow: error)
        let rows = first.rank == 1 ? [] : [a[a.rank - 2]]
        return Shape(leading.dimensions + rows + (second.rank == 1 ? [] : [b[b.rank - 1]]))
    }

    func flatten(_ axis: Int) throws(ShapeError) -> Shape {
        let shape = try input(0)
        let axis = try resolved(axis: axis, rank: shape.rank, through: shape.rank)
        let (front, back) = (shape.dimensions[..<axis], shape.dimensions[axis...])
        return [front.reduce(1, *), back.reduce(1, *)]
    }

    func reshape(_ dimensions: [Int], allowZero: Bool) throws(ShapeError) -> Shape {
        let shape = try input(0)
        if let result = resolve(dimensions, allowZero: allowZero, shape) { return result }
        // A network exported for one example has its batch of 1 written out.
        if dimensions.first == 1, shape.rank > 0, shape[0] == batch,
            let result = resolve([batch] + dimensions.dropFirst(), allowZero: allowZero, shape)
        {
            return result
        }
        throw error("dimensions of \(shape.count) elements", "\(dimensions)")
    }

    private func resolve(_ dimensions: [Int], allowZero: Bool, _ shape: Shape) -> Shape? {
        var result = dimensions
        for (axis, dimension) in dimensions.enumerated() where dimension == 0 && !allowZero {
            guard axis < shape.rank else { return nil }
            result[axis] = shape[axis]
        }
        let open = result.indices.filter { result[$0] == -1 }
        guard open.count <= 1 else { return nil }
        if let axis = open.first {
            result[axis] = 1
            guard let known = Shape(result).checkedCount, known > 0, shape.count % known == 0 else { return nil }
            result[axis] = shape.count / known
        }
        return Shape(result).checkedCount == shape.count ? Shape(result) : nil
    }

    func softmax(_ axis: Int) throws(ShapeError) -> Shape {
        let shape = try input(0)
        _ = try resolved(axis: axis, rank: shape.rank, through: shape.rank - 1)
        return shape
    }

    func batchNormalization() throws(ShapeError) -> Shape {
        let shape = try input(0)
        guard shape.rank >= 2 else { throw error("[N, C, …]", "[\(shape)]") }
        for index in 1...4 {
            let statistic = try input(index)
            guard statistic.dimensions == [shape[1]] else { throw error("four statistics [\(shape[1])]", "[\(statistic)]") }
        }
        return shape
    }

    func activation(_ quantizer: ActivationQuantizer) throws(ShapeError) -> Shape {
        let shape = try input(0)
        guard case .clipped(let bits) = quantizer.kind else { return shape }
        let bitRange = ActivationQuantization.bitRange
        guard bitRange.contains(bits) else { throw error("\(bitRange.lowerBound)…\(bitRange.upperBound) bits", "\(bits)") }
        let clip = try input(1)
        guard clip.count == 1 else { throw error("a clip [1]", "[\(clip)]") }
        return shape
    }
}
