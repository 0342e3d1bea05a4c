import Tensors

/// Where each element of a result comes from, for an operation that only moves elements: one table of offsets an axis.
///
/// The element at [i, j, …] of a virtual shape (the lengths of the tables, as many elements as the result has, in its order) is the input's
/// element `tables[0][i] + tables[1][j] + …`, or the fill value where one of these is ``ElementMap/outside``.
public struct ElementMap: Hashable, Sendable {
    public var tables: [[Int]]
    /// What stands where the input has nothing.
    public var fill: Float

    /// An offset beside the input.
    public static let outside = Int.min

    public init(tables: [[Int]], fill: Float = 0) {
        self.tables = tables
        self.fill = fill
    }

    public var count: Int { tables.reduce(1) { $0 * $1.count } }

    /// Calls `body` with each place of the result and the element of the input that stands there; nil for the fill value.
    public func forEach(_ body: (_ place: Int, _ source: Int?) -> Void) {
        guard count > 0 else { return }
        var counters = [Int](repeating: 0, count: tables.count)
        for place in 0..<count {
            var sum: Int? = 0
            for (axis, counter) in counters.enumerated() {
                let offset = tables[axis][counter]
                sum = offset == Self.outside ? nil : sum.map { $0 + offset }
            }
            body(place, sum)
            advance(&counters)
        }
    }

    /// One step in row-major order.
    public func advance(_ counters: inout [Int]) {
        for axis in counters.indices.reversed() {
            counters[axis] += 1
            if counters[axis] < tables[axis].count { return }
            counters[axis] = 0
        }
    }
}

extension Operation {
    /// The moves of an operation that only moves elements of an input; nil for others. Shapes must fit.
    public func elementMap(from input: Shape, to output: Shape) -> ElementMap? {
        let strides = input.rowMajorStrides
        func table(_ axis: Int, _ indices: some Sequence<Int>) -> [Int] { indices.map { $0 * strides[axis] } }
        let whole = input.dimensions.indices.map { table($0, 0..<input[$0]) }
        switch self {
        case .transpose(let permutation): return ElementMap(tables: permutation.map { whole[$0] })
        case .slice(let slice):
            var tables = whole
            for (place, axis) in slice.axes.enumerated() { tables[axis] = table(axis, slice.indices(at: place, of: input[axis])) }
            return ElementMap(tables: tables)
        case .gather(let gather):
            var tables = whole
            tables[gather.axis] = table(gather.axis, gather.indices)
            return ElementMap(tables: tables)
        case .expand:
            let missing = output.rank - input.rank
            return ElementMap(
                tables: output.dimensions.indices.map { axis in
                    axis < missing || input[axis - missing] != output[axis]
                        ? [Int](repeating: 0, count: output[axis]) : whole[axis - missing]
                })
        case .tile(let repeats):
            return ElementMap(tables: zip(whole, repeats).map { row, count in (0..<max(count, 0)).flatMap { _ in row } })
        case .pad(let padding):
            return ElementMap(
                tables: input.dimensions.indices.map { axis in
                    (0..<output[axis]).map { index in
                        padding.source(of: index, axis: axis, extent: input[axis]).map { $0 * strides[axis] } ?? ElementMap.outside
                    }
                }, fill: padding.value)
        case .depthToSpace(let block, let columnsFirst): return Self.depthToSpace(input, block, columnsFirst)
        case .spaceToDepth(let block): return Self.spaceToDepth(input, block)
        case .resize(let resize) where resize.mode == .nearest && resize.coordinates != .cropped:
            var tables = whole
            for (place, axis) in resize.axes.enumerated() {
                tables[axis] = table(axis, resize.taps(at: place, of: input[axis]).map { $0.sources[0].index })
            }
            return ElementMap(tables: tables)
        case .recurrencePart(let part):
            var tables = whole
            tables[0] = table(0, part.slices)
            return ElementMap(tables: tables)
        case .convolution, .transposedConvolution, .gemm, .matrixMultiplication, .unary, .binary, .variadic, .select, .maxPool,
            .averagePool, .globalAveragePool, .globalMaxPool, .reduction, .extremePlace, .flatten, .reshape, .squeeze, .unsqueeze, .softmax,
            .logSoftmax,
            .identity, .dropout, .batchNormalization, .layerNormalization, .instanceNormalization, .groupNormalization,
            .responseNormalization, .concatenation, .quantizeLinear, .dequantizeLinear, .dynamicQuantization, .cast, .activation,
            .resize, .recurrence, .lookup, .placement, .signal,
            .unsupported:
            return nil
        }
    }

    /// By a view with the block's rows and columns as axes of their own.
    private static func depthToSpace(_ input: Shape, _ block: Int, _ columnsFirst: Bool) -> ElementMap {
        let depth = input[1] / (block * block)
        let view: Shape =
            columnsFirst
            ? [input[0], depth, block, block, input[2], input[3]] : [input[0], block, block, depth, input[2], input[3]]
        let order = columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
        return Operation.transpose(permutation: order).elementMap(from: view, to: view) ?? ElementMap(tables: [])
    }

    private static func spaceToDepth(_ input: Shape, _ block: Int) -> ElementMap {
        let view: Shape = [input[0], input[1], input[2] / block, block, input[3] / block, block]
        return Operation.transpose(permutation: [0, 3, 5, 1, 2, 4]).elementMap(from: view, to: view) ?? ElementMap(tables: [])
    }
}

extension Padding {
    /// The input's index that stands at an index of the padded axis; nil for the constant.
    func source(of index: Int, axis: Int, extent: Int) -> Int? {
        let place = index - pads[axis]
        if (0..<extent).contains(place) { return place }
        guard extent > 0 else { return nil }
        switch mode {
        case .constant: return nil
        case .edge: return min(max(place, 0), extent - 1)
        case .wrap: return ((place % extent) + extent) % extent
        case .reflect:
            guard extent > 1 else { return 0 }
            let period = 2 * (extent - 1)
            let folded = ((place % period) + period) % period
            return folded < extent ? folded : period - folded
        }
    }
}

extension Shape {
    /// Elements between neighbours along each axis when the last axis is contiguous.
    public var rowMajorStrides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for axis in dimensions.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * dimensions[axis + 1] }
        return strides
    }
}
