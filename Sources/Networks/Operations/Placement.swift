import Tensors

/// Elements that are taken from, or put at, the places that whole numbers name, and what goes along an axis by order: numbers below 0 count from
/// the end of an axis, and take NaN or put nothing where an axis ends before them.
public enum Placement: Hashable, Sendable {
    /// Inputs x and numbers of as many axes: along the axis the element that each number names (GatherElements).
    case takenElements(axis: Int)
    /// Inputs x [B.., d.., rest..] and numbers [B.., .., k]: the slice that each row of k numbers names (GatherND).
    case takenTuples(batchAxes: Int)
    /// Inputs x, numbers and updates, all of as many axes: updates at the places that takenElements would take from (ScatterElements).
    case putElements(axis: Int, Combination)
    /// Inputs x [d.., rest..], numbers [.., k] and updates [.., rest..] (ScatterND).
    case putTuples(Combination)
    /// Each element with all before it along an axis, or without itself, or with all behind it (CumSum).
    case runningSum(axis: Int, isExclusive: Bool, isReversed: Bool)
    /// The largest values along an axis in their order, or the smallest ones, equal ones by place; or their places (TopK).
    case best(count: Int, axis: Int, isSmallest: Bool, givesPlaces: Bool)

    /// What becomes of an element that an update meets, by ONNX's names.
    public enum Combination: String, Hashable, Sendable, CaseIterable {
        case replace = "none"
        case add
        case multiply = "mul"
        case maximum = "max"
        case minimum = "min"
    }
}

extension Placement {
    /// The operator's name in ONNX.
    public var name: String {
        switch self {
        case .takenElements: "GatherElements"
        case .takenTuples: "GatherND"
        case .putElements: "ScatterElements"
        case .putTuples: "ScatterND"
        case .runningSum: "CumSum"
        case .best: "TopK"
        }
    }

    var inputCount: Int {
        switch self {
        case .takenElements, .takenTuples: 2
        case .putElements, .putTuples: 3
        case .runningSum, .best: 1
        }
    }

    /// Whether it would bring examples along an axis of its first input together, or treat those that its numbers do not reach otherwise than the others.
    ///
    /// - Parameter extent: How many examples there are.
    public func mixes(axis: Int, numbers: Shape?, extent: Int? = nil) -> Bool {
        let depth = numbers?.dimensions.last ?? 0
        switch self {
        case .takenElements(let own), .putElements(let own, _):
            let reached = numbers.flatMap { axis < $0.rank ? $0[axis] : nil }
            return own == axis || extent != nil && reached != nil && reached != extent
        case .runningSum(let own, _, _), .best(_, let own, _, _): return own == axis
        case .takenTuples(let batchAxes): return axis >= batchAxes && axis < batchAxes + depth
        case .putTuples: return axis < depth
        }
    }
}

/// A tensor of a placement: row-major numbers in Double.
public struct PlacedTensor {
    public var shape: Shape
    public var values: [Double]

    public init(shape: Shape, values: [Double]) { (self.shape, self.values) = (shape, values) }
}

extension Placement {
    /// What it makes of its inputs, [shape]. Cost: O(inputs + result), with a sort of each row for `best`.
    public func made(of inputs: [PlacedTensor], to shape: Shape) -> [Double] {
        let x = inputs[0]
        switch self {
        case .takenElements, .takenTuples:
            return sources(inputs, to: shape).map { $0 < 0 ? .nan : x.values[$0] }
        case .best(_, let axis, _, let givesPlaces):
            let found = sources(inputs, to: shape)
            let step = x.shape.dimensions[(axis + 1)...].reduce(1, *)
            return found.map { givesPlaces ? Double($0 / step % x.shape[axis]) : x.values[$0] }
        case .putElements(_, let combination), .putTuples(let combination):
            var result = x.values
            for (update, target) in targets(x.shape, inputs[1]).enumerated() where target >= 0 {
                result[target] = combination(result[target], inputs[2].values[update])
            }
            return result
        case .runningSum(let axis, let isExclusive, let isReversed):
            return Self.runningSums(x, axis, isExclusive: isExclusive, isReversed: isReversed)
        }
    }

    /// The element of x that each element of the result is; −1 for none.
    public func sources(_ inputs: [PlacedTensor], to shape: Shape) -> [Int] {
        let x = inputs[0].shape
        switch self {
        case .takenElements(let axis): return Self.places(inputs[1], axis, in: x)
        case .takenTuples(let batchAxes): return Self.slices(inputs[1], batchAxes, in: x)
        case .best(let count, let axis, let isSmallest, _): return Self.order(inputs[0], axis, count, isSmallest)
        case .putElements, .putTuples, .runningSum: return []
        }
    }

    /// The element of x that each update meets; −1 for none.
    public func targets(_ x: Shape, _ numbers: PlacedTensor) -> [Int] {
        switch self {
        case .putElements(let axis, _): Self.places(numbers, axis, in: x)
        case .putTuples: Self.slices(numbers, 0, in: x)
        case .takenElements, .takenTuples, .runningSum, .best: []
        }
    }

    private static func counted(_ number: Double, _ extent: Int) -> Int? {
        let index = number < 0 ? number + Double(extent) : number
        return index >= 0 && index < Double(extent) ? Int(index) : nil
    }

    private static func places(_ numbers: PlacedTensor, _ axis: Int, in x: Shape) -> [Int] {
        let strides = x.rowMajorStrides
        return numbers.values.enumerated().map { index, number in
            guard let place = counted(number, x[axis]) else { return -1 }
            var position = numbers.shape.position(of: index)
            position[axis] = place
            return zip(position, strides).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    /// The elements of the slice that each row of numbers names, rows inside examples of the first axes.
    private static func slices(_ numbers: PlacedTensor, _ batchAxes: Int, in x: Shape) -> [Int] {
        let depth = numbers.shape.dimensions.last ?? 1
        let size = x.dimensions[(batchAxes + depth)...].reduce(1, *)
        let examples = x.dimensions[..<batchAxes].reduce(1, *)
        let rows = numbers.values.count / max(1, depth)
        return (0..<rows).flatMap { row -> [Int] in
            var slice: Int? = row / max(1, rows / max(1, examples))
            for place in 0..<depth {
                let extent = x[batchAxes + place]
                slice = counted(numbers.values[row * depth + place], extent).flatMap { index in slice.map { $0 * extent + index } }
            }
            return (0..<size).map { element in slice.map { $0 * size + element } ?? -1 }
        }
    }

    private static func order(_ x: PlacedTensor, _ axis: Int, _ count: Int, _ isSmallest: Bool) -> [Int] {
        let (extent, step) = (x.shape[axis], x.shape.dimensions[(axis + 1)...].reduce(1, *))
        var result = [Int](repeating: 0, count: x.values.count / max(1, extent) * count)
        for row in 0..<x.values.count / max(1, extent) {
            let start = row / step * step * extent + row % step
            let places = (0..<extent).map { start + $0 * step }.sorted { first, second in
                let (a, b) = (x.values[first], x.values[second])
                return a == b ? first < second : isSmallest ? a < b : a > b
            }
            for rank in 0..<count { result[row / step * step * count + row % step + rank * step] = places[rank] }
        }
        return result
    }

    /// Σ along an axis up to each element.
    public static func runningSums(_ x: PlacedTensor, _ axis: Int, isExclusive: Bool, isReversed: Bool) -> [Double] {
        let (extent, step) = (x.shape[axis], x.shape.dimensions[(axis + 1)...].reduce(1, *))
        var result = x.values
        for start in x.values.indices where start / step % extent == 0 {
            var sum = 0.0
            for place in 0..<extent {
                let index = start + (isReversed ? extent - 1 - place : place) * step
                let value = x.values[index]
                result[index] = isExclusive ? sum : sum + value
                sum += value
            }
        }
        return result
    }
}

extension Placement.Combination {
    func callAsFunction(_ old: Double, _ update: Double) -> Double {
        switch self {
        case .replace: update
        case .add: old + update
        case .multiply: old * update
        case .maximum: Swift.max(old, update)
        case .minimum: Swift.min(old, update)
        }
    }
}
