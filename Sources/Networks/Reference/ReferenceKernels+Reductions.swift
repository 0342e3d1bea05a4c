import Tensors

extension ReferenceKernels {
    public static func reduce(_ x: ReferenceTensor, _ reduction: Reduction, to shape: Shape) -> ReferenceTensor {
        collected(x, axes: reduction.axes, to: shape) { reduction.function($0) }
    }

    /// The place of the largest or smallest value along an axis.
    public static func extremePlace(_ x: ReferenceTensor, _ place: ExtremePlace, to shape: Shape) -> ReferenceTensor {
        collected(x, axes: [place.axis], to: shape) { values in
            let best = place.isMaximum ? values.max() : values.min()
            guard let best else { return 0 }
            return Double((place.takesLast ? values.lastIndex(of: best) : values.firstIndex(of: best)) ?? 0)
        }
    }

    /// A number for the values along `axes` at each place of the other axes, in their order.
    private static func collected(
        _ x: ReferenceTensor, axes: [Int], to shape: Shape, _ function: ([Double]) -> Double
    ) -> ReferenceTensor {
        let reduced = Set(axes)
        let kept = x.shape.dimensions.indices.filter { !reduced.contains($0) }
        let order = kept + reduced.sorted()
        let size = reduced.reduce(1) { $0 * x.shape[$1] }
        guard size > 0 else {
            return ReferenceTensor(shape: shape, values: [Float](repeating: Float(function([])), count: shape.count))
        }
        let sorted = moved(
            x, by: Operation.transpose(permutation: order).elementMap(from: x.shape, to: x.shape) ?? ElementMap(tables: []),
            to: Shape(order.map { x.shape[$0] }))
        let values = stride(from: 0, to: sorted.values.count, by: size).map { start in
            Float(function(sorted.values[start..<start + size].map(Double.init)))
        }
        return ReferenceTensor(shape: shape, values: values)
    }
}
