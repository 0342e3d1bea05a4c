import Networks
import Tensors

/// How values fall into rows that are normalized by their own mean and variance, and which scale and shift each has: layer normalization (Ba and
/// others, 2016), group normalization (Wu and He, 2018), and instance normalization, whose groups are single channels.
struct NormalizedRows: Hashable {
    /// Values of a row.
    var width: Int
    /// Rows after which the parameters begin again.
    var period: Int
    /// Neighbours with one parameter.
    var run: Int
    var epsilon: Float

    /// Of x and, of a layer normalization, its scale.
    init(_ operation: Operation, _ shapes: [Shape]) {
        let shape = shapes[0]
        func channels(_ groups: Int, _ epsilon: Float) -> NormalizedRows {
            let plane = shape.dimensions.dropFirst(2).reduce(1, *)
            return NormalizedRows(width: shape[1] / max(groups, 1) * plane, period: groups, run: plane, epsilon: epsilon)
        }
        switch operation {
        case .groupNormalization(let groups, let epsilon): self = channels(groups, epsilon)
        case .instanceNormalization(let epsilon): self = channels(shape[1], epsilon)
        case .layerNormalization(let axis, let epsilon):
            let width = shape.dimensions[(axis < 0 ? axis + shape.rank : axis)...].reduce(1, *)
            self.init(width: width, period: 1, run: 1, epsilon: epsilon)
        default: self.init(width: shape.count, period: 1, run: 1, epsilon: 0)
        }
    }

    private init(width: Int, period: Int, run: Int, epsilon: Float) {
        (self.width, self.period, self.run, self.epsilon) = (width, period, run, epsilon)
    }

    var parameterCount: Int { width * period / max(run, 1) }

    /// The parameter of the value at `index`.
    func parameter(_ index: Int) -> Int { index % (width * period) / run }
}
