import Tensors

extension ShapeInference {
    func concatenation(_ axis: Int) throws(ShapeError) -> Shape {
        var result = try input(0)
        let axis = try resolved(axis: axis, rank: result.rank, through: result.rank - 1)
        for index in inputs.indices.dropFirst() {
            let next = try input(index)
            var expected = result
            if next.rank == result.rank { expected[axis] = next[axis] }
            guard next == expected else { throw error("[\(expected)]", "[\(next)]") }
            result[axis] += next[axis]
        }
        return result
    }

    func resized(_ resize: Resize) throws(ShapeError) -> Shape {
        var shape = try input(0)
        let count = resize.axes.count
        guard resize.extents.count == count, resize.factors.count == count, resize.region.isEmpty || resize.region.count == 2 * count else {
            throw error("factor and extent for each axis", "\(resize)")
        }
        for (axis, extent) in zip(resize.axes, resize.extents) {
            guard shape.dimensions.indices.contains(axis), shape[axis] > 0, (1...Self.limit).contains(extent) else {
                throw error("axes below \(shape.rank) with elements", "\(axis)")
            }
            shape[axis] = extent
        }
        return shape
    }

    func squeeze(_ axes: [Int]) throws(ShapeError) -> Shape {
        let shape = try input(0)
        var left = Set(shape.dimensions.indices)
        for axis in axes {
            let axis = try resolved(axis: axis, rank: shape.rank, through: shape.rank - 1)
            guard shape[axis] == 1 else { throw error("an extent of 1 along axis \(axis)", "[\(shape)]") }
            left.remove(axis)
        }
        return Shape(left.sorted().map { shape[$0] })
    }

    func unsqueeze(_ axes: [Int]) throws(ShapeError) -> Shape {
        let shape = try input(0)
        let rank = shape.rank + axes.count
        var added = Set<Int>()
        for axis in axes { added.insert(try resolved(axis: axis, rank: rank, through: rank - 1)) }
        guard added.count == axes.count else { throw error("different axes", "\(axes)") }
        var rest = shape.dimensions[...]
        return Shape((0..<rank).map { added.contains($0) ? 1 : rest.removeFirst() })
    }

    func transpose(_ permutation: [Int]) throws(ShapeError) -> Shape {
        let shape = try input(0)
        guard permutation.sorted() == Array(shape.dimensions.indices) else {
            throw error("an order of \(shape.rank) axes", "\(permutation)")
        }
        return Shape(permutation.map { shape[$0] })
    }

    func slice(_ slice: Slice) throws(ShapeError) -> Shape {
        var shape = try input(0)
        let counts = [slice.starts.count, slice.ends.count, slice.steps.count]
        guard counts.allSatisfy({ $0 == slice.axes.count }), Set(slice.axes).count == slice.axes.count,
            slice.steps.allSatisfy({ $0 != 0 && (-Self.limit...Self.limit).contains($0) })
        else {
            throw error("start, end and step for each axis", "\(slice)")
        }
        for (place, axis) in slice.axes.enumerated() {
            guard shape.dimensions.indices.contains(axis) else { throw error("axes below \(shape.rank)", "\(axis)") }
            shape[axis] = slice.count(at: place, of: shape[axis])
        }
        return shape
    }

    /// [V, …] by numbers [N, …] to [N, …, …].
    func lookup() throws(ShapeError) -> Shape {
        let (table, numbers) = (try input(0), try input(1))
        guard table.rank > 0, table[0] > 0 else { throw error("a table with rows", "[\(table)]") }
        return Shape(numbers.dimensions + table.dimensions.dropFirst())
    }

    func gather(_ gather: Gather) throws(ShapeError) -> Shape {
        let shape = try input(0)
        guard shape.dimensions.indices.contains(gather.axis) else { throw error("an axis below \(shape.rank)", "\(gather.axis)") }
        guard gather.indices.allSatisfy({ (0..<shape[gather.axis]).contains($0) }) else {
            throw error("indices below \(shape[gather.axis])", "others")
        }
        return Shape(Array(shape.dimensions[..<gather.axis]) + gather.shape.dimensions + shape.dimensions[(gather.axis + 1)...])
    }

    func expand(_ dimensions: [Int]) throws(ShapeError) -> Shape {
        guard dimensions.allSatisfy({ (-Self.limit...Self.limit).contains($0) }) else { throw error("usual extents", "\(dimensions)") }
        return try Self.broadcast(input(0), Shape(dimensions.map { $0 < 0 ? -$0 * batch : $0 }), orThrow: error)
    }

    func tile(_ repeats: [Int]) throws(ShapeError) -> Shape {
        let shape = try input(0)
        guard repeats.count == shape.rank, repeats.allSatisfy({ (0...Self.limit).contains($0) }) else {
            throw error("\(shape.rank) repeats", "\(repeats)")
        }
        return Shape(zip(shape.dimensions, repeats).map { $0 * $1 })
    }

    func pad(_ padding: Padding) throws(ShapeError) -> Shape {
        let shape = try input(0)
        let limit = -Self.limit...Self.limit
        guard padding.pads.count == 2 * shape.rank, padding.pads.allSatisfy({ limit.contains($0) }) else {
            throw error("\(2 * shape.rank) pads", "\(padding.pads)")
        }
        let extents = shape.dimensions.indices.map { shape[$0] + padding.pads[$0] + padding.pads[$0 + shape.rank] }
        guard extents.allSatisfy({ $0 >= 0 }) else { throw error("pads that leave something", "\(padding.pads)") }
        return Shape(extents)
    }

    func depthToSpace(_ block: Int) throws(ShapeError) -> Shape {
        let shape = try input(0)
        guard shape.rank == 4, (1...Self.limit / 2).contains(block), shape[1] % (block * block) == 0 else {
            throw error("[N, C · \(block)², H, W]", "[\(shape)]")
        }
        return [shape[0], shape[1] / (block * block), shape[2] * block, shape[3] * block]
    }

    func spaceToDepth(_ block: Int) throws(ShapeError) -> Shape {
        let shape = try input(0)
        guard shape.rank == 4, (1...Self.limit / 2).contains(block), shape[2] % block == 0, shape[3] % block == 0 else {
            throw error("[N, C, H · \(block), W · \(block)]", "[\(shape)]")
        }
        return [shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block]
    }
}
