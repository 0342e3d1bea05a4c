import Tensors

extension ShapeInference {
    func placed(_ placement: Placement) throws(ShapeError) -> Shape {
        let x = try input(0)
        switch placement {
        case .takenElements(let axis):
            let numbers = try input(1)
            try checkElements(numbers, x, axis)
            return numbers
        case .takenTuples(let batchAxes):
            let numbers = try input(1)
            let depth = numbers.dimensions.last ?? 0
            guard batchAxes >= 0, numbers.rank > batchAxes, depth > 0, batchAxes + depth <= x.rank,
                numbers.dimensions[..<batchAxes] == x.dimensions[..<batchAxes]
            else { throw error("rows of at most \(x.rank - batchAxes) numbers for [\(x)]", "[\(numbers)]") }
            return Shape(numbers.dimensions.dropLast() + x.dimensions[(batchAxes + depth)...])
        case .putElements(let axis, _):
            let numbers = try input(1)
            try checkElements(numbers, x, axis)
            guard try input(2) == numbers else { throw error("updates [\(numbers)]", "[\(try input(2))]") }
            return x
        case .putTuples:
            let (numbers, updates) = (try input(1), try input(2))
            let depth = numbers.dimensions.last ?? 0
            guard numbers.rank > 0, depth > 0, depth <= x.rank,
                updates.dimensions == numbers.dimensions.dropLast() + x.dimensions[depth...]
            else { throw error("numbers and updates of [\(x)]", "[\(numbers)] and [\(updates)]") }
            return x
        case .runningSum(let axis, _, _):
            _ = try resolved(axis: axis, rank: x.rank, through: x.rank - 1)
            return x
        case .best(let count, let axis, _, _):
            var shape = x
            let axis = try resolved(axis: axis, rank: x.rank, through: x.rank - 1)
            guard (0...x[axis]).contains(count) else { throw error("at most \(x[axis]) values along axis \(axis)", "\(count)") }
            shape[axis] = count
            return shape
        }
    }

    private func checkElements(_ numbers: Shape, _ x: Shape, _ axis: Int) throws(ShapeError) {
        let fits = numbers.rank == x.rank && x.dimensions.indices.allSatisfy { $0 == axis || numbers[$0] <= x[$0] }
        guard x.dimensions.indices.contains(axis), fits else { throw error("numbers within [\(x)] beside axis \(axis)", "[\(numbers)]") }
    }
}
