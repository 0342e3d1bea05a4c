import Tensors

extension ReferenceKernels {
    /// Axis after axis, Σ weight · input over the taps of each output index. Cost: O(outputs · taps) for each axis.
    public static func resized(_ x: ReferenceTensor, _ resize: Resize, to shape: Shape) -> ReferenceTensor {
        var (values, dimensions) = (x.values.map(Double.init), x.shape.dimensions)
        var outside: [(axis: Int, indices: [Int])] = []
        for (place, axis) in resize.axes.enumerated() {
            let taps = resize.taps(at: place, of: dimensions[axis])
            values = interpolated(values, dimensions, axis, taps)
            dimensions[axis] = taps.count
            outside.append((axis, taps.indices.filter { taps[$0].isOutside }))
        }
        var result = ReferenceTensor(shape: shape, values: values.map { Float($0) })
        for (axis, indices) in outside where !indices.isEmpty { fill(&result, axis, indices, resize.outside) }
        return result
    }

    private static func interpolated(_ values: [Double], _ dimensions: [Int], _ axis: Int, _ taps: [Resize.Taps]) -> [Double] {
        let inner = dimensions[(axis + 1)...].reduce(1, *)
        let outer = dimensions[..<axis].reduce(1, *)
        var result = [Double](repeating: 0, count: outer * taps.count * inner)
        for row in 0..<outer {
            for (index, tap) in taps.enumerated() {
                let target = (row * taps.count + index) * inner
                for (source, weight) in tap.sources {
                    let start = (row * dimensions[axis] + source) * inner
                    for place in 0..<inner { result[target + place] += weight * values[start + place] }
                }
            }
        }
        return result
    }

    /// One value in the place of everything at some indices of an axis.
    private static func fill(_ x: inout ReferenceTensor, _ axis: Int, _ indices: [Int], _ value: Float) {
        let inner = x.shape.dimensions[(axis + 1)...].reduce(1, *)
        for row in 0..<x.shape.dimensions[..<axis].reduce(1, *) {
            for index in indices {
                let start = (row * x.shape[axis] + index) * inner
                for place in start..<start + inner { x.values[place] = value }
            }
        }
    }
}
