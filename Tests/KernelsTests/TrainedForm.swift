import Networks
import Tensors

/// Small networks of operators with several computed operands, and of others that are made of them, for tests of gradients.
enum TrainedForm: String, CaseIterable {
    case arithmetic, powers, slopes, extremes, sums, choice, reductions, groups, transposed, volumes, attention, written, rootMeanSquare
    case excitation, upward, outer, embedding, places, puts, orders, responses, pooledVolumes, scaled

    func network(seed: UInt64) -> Network {
        var draw = NetworkBuilder(input: [], seed: seed)
        let shape: Shape
        switch self {
        case .transposed, .outer: shape = Shape([4] + (0..<draw.draw(1...3)).map { _ in draw.draw(2...4) })
        case .volumes, .pooledVolumes: shape = Shape([2] + (0..<3).map { _ in draw.draw(3...4) })
        case .attention: shape = [draw.draw(2...5), 4]
        case .written, .rootMeanSquare: shape = [draw.draw(1...3), draw.draw(2...6)]
        case .upward: shape = [2, 6, 4]
        default: shape = [draw.draw(1...2) * 2, draw.draw(2...4), draw.draw(2...4)]
        }
        var builder = NetworkBuilder(input: shape, seed: seed + 700)
        let made = builder.form(self, of: shape)
        let flat = builder.add(.flatten(axis: 1), made)
        let width = builder.shape(of: flat)?[0] ?? 1
        let output = builder.add(.gemm(Gemm()), flat, builder.parameter([width, 3]))
        return builder.network(output: output)
    }
}

extension NetworkBuilder {
    fileprivate mutating func form(_ form: TrainedForm, of shape: Shape) -> String {
        switch form {
        case .arithmetic: arithmetic(shape)
        case .powers: powers(shape)
        case .slopes: add(.binary(.leaky), mixed(shape), parameter([shape[0], 1, 1], role: .other))
        case .extremes:
            add(.variadic(toss() ? .maximum : .minimum), mixed(shape), row(of: mixed(shape)), mixed(shape), constant([1], [0.1]))
        case .sums: add(.variadic(toss() ? .sum : .mean), row(of: mixed(shape)), mixed(shape), parameter([shape[2]], role: .other))
        case .choice: choice(shape)
        case .reductions: reductions(shape)
        case .groups: groups(shape)
        case .transposed: transposed(shape)
        case .volumes: volumes(shape)
        case .attention: attention(shape)
        case .written: written("input", width: shape[1])
        case .rootMeanSquare: rootMeanSquare(width: shape[1])
        case .excitation: excitation(shape)
        case .upward: upward(shape)
        case .outer: outer(shape)
        case .embedding: embedding(shape)
        case .places: places(shape)
        case .puts: puts(shape)
        case .orders: orders(shape)
        case .responses: responses(shape)
        case .pooledVolumes: pooledVolumes(shape)
        case .scaled: scaled(shape)
        }
    }

    /// The channels of images, mixed by weights.
    private mutating func mixed(_ shape: Shape) -> String {
        add(
            .convolution(Convolution(kernel: [1, 1])), "input", parameter([shape[0], shape[0], 1, 1]), parameter([shape[0]], role: .bias))
    }

    /// Repeated along an axis or two of what it is made of.
    private mutating func row(of value: String) -> String {
        let axes = draw(of: [[1], [2], [3], [2, 3], [1, 3], [1, 2, 3]])
        return add(.reduction(Reduction(function: .mean, axes: axes, keepsAxes: true)), value)
    }

    /// Above 0.3 and below 3.
    private mutating func positive(_ value: String) -> String { add(.unary(.exponential), add(.unary(.tanh), value)) }

    private mutating func arithmetic(_ shape: Shape) -> String {
        var value = mixed(shape)
        for _ in 0..<2 {
            let function = draw(of: [BinaryFunction.add, .subtract, .multiply, .divide])
            let drawn = [row(of: mixed(shape)), mixed(shape), parameter([shape[0], 1, shape[2]], role: .other), constant([], [1.5])]
            let other = draw(of: drawn)
            let isFirst = toss()
            if function == .divide {
                value = add(.binary(function), other, positive(value))
            } else {
                value = add(.binary(function), isFirst ? other : value, isFirst ? value : other)
            }
        }
        return toss() ? add(.relu, value) : add(.binary(.multiply), value, value)
    }

    private mutating func powers(_ shape: Shape) -> String {
        let exponents = [constant([], [2]), constant([1], [0.5]), constant([], [-1.5]), row(of: mixed(shape))]
        let base = positive(mixed(shape))
        return toss() ? add(.binary(.power), mixed(shape), exponents[0]) : add(.binary(.power), base, draw(of: exponents))
    }

    /// By a condition that is computed, or given.
    private mutating func choice(_ shape: Shape) -> String {
        let (first, second) = (mixed(shape), row(of: mixed(shape)))
        let given = constant([shape[2]], (0..<shape[2]).map { Float($0 % 2) })
        let computed = add(.unary(.not), add(.binary(.greater), first, second))
        return add(.select, toss() ? computed : given, toss() ? second : mixed(shape), first)
    }

    private mutating func reductions(_ shape: Shape) -> String {
        let function = draw(of: Reduction.Function.allCases)
        let axes = draw(of: [[1], [3], [2, 3], [1, 2, 3]])
        let value = function == .logOfSum ? positive(mixed(shape)) : mixed(shape)
        let reduction = Reduction(function: function, axes: function == .product ? [3] : axes, keepsAxes: toss())
        return add(.reduction(reduction), value)
    }

    private mutating func groups(_ shape: Shape) -> String {
        let inputs = [mixed(shape), parameter([shape[0]], role: .normalization), parameter([shape[0]], role: .normalization)]
        return add(toss() ? .groupNormalization(groups: 2, epsilon: 0.01) : .instanceNormalization(epsilon: 0.01), inputs)
    }

    private mutating func transposed(_ shape: Shape) -> String {
        let axes = shape.rank - 1
        let (groups, filters) = (draw(1...2), draw(1...3))
        let strides = (0..<axes).map { _ in draw(1...2) }
        let window = Convolution(
            kernel: (0..<axes).map { _ in draw(2...3) }, strides: strides, dilations: (0..<axes).map { _ in draw(1...2) },
            pads: (0..<2 * axes).map { _ in draw(0...1) }, groups: groups)
        let settings = TransposedConvolution(window: window, outputPads: strides.map { draw(0...$0 - 1) })
        var inputs = ["input", parameter(Shape([shape[0], filters] + window.kernel))]
        if toss() { inputs.append(parameter([filters * groups], role: .bias)) }
        return add(.transposedConvolution(settings), inputs)
    }

    private mutating func volumes(_ shape: Shape) -> String {
        let (groups, filters) = (draw(1...2), draw(1...2) * 2)
        let window = Convolution(
            kernel: (0..<3).map { _ in draw(1...2) }, strides: (0..<3).map { _ in draw(1...2) },
            dilations: (0..<3).map { _ in draw(1...2) }, pads: (0..<6).map { _ in draw(0...1) }, groups: groups)
        return add(
            .convolution(window), "input", parameter(Shape([filters, shape[0] / groups] + window.kernel)), parameter([filters], role: .bias)
        )
    }

    private mutating func responses(_ shape: Shape) -> String {
        let settings = ResponseNormalization(
            size: draw(1...4), alpha: draw(of: [0.5, 1.5]), beta: draw(of: [0.75, 0.5]), bias: draw(of: [1, 2]))
        let made = add(.responseNormalization(settings), mixed(shape))
        return toss() ? add(.relu, made) : made
    }

    /// Maxima and means over three axes, and what two of them make of one value.
    private mutating func pooledVolumes(_ shape: Shape) -> String {
        let channels = Convolution(kernel: [1, 1, 1], strides: [1, 1, 1], dilations: [1, 1, 1], pads: [0, 0, 0, 0, 0, 0])
        let value = add(.convolution(channels), "input", parameter([3, shape[0], 1, 1, 1]), parameter([3], role: .bias))
        func window() -> Pooling {
            Pooling(
                kernel: (0..<3).map { _ in draw(2...3) }, strides: (0..<3).map { _ in draw(1...2) }, pads: (0..<6).map { _ in draw(0...1) },
                dilations: [1, 1, 1], ceilMode: false, countIncludesPadding: toss())
        }
        let parts = [add(.maxPool(window()), value), add(.averagePool(window()), value), add(.globalAveragePool, value)]
        let all = (parts + [add(.globalMaxPool, value)]).map { add(.flatten(axis: 1), $0) }
        return add(.concatenation(axis: 1), all)
    }

    /// Factors before the product and before the bias.
    private mutating func scaled(_ shape: Shape) -> String {
        let flat = add(.flatten(axis: 1), "input")
        let width = shape.count
        let settings = Gemm(alpha: draw(of: [0.5, -2, 1]), beta: draw(of: [3, 0, 1, -0.5]), transposeB: toss())
        let first = add(.gemm(settings), flat, parameter(settings.transposeB ? [5, width] : [width, 5]), parameter([5], role: .bias))
        return add(.gemm(Gemm(alpha: 0.25)), add(.relu, first), parameter([5, 4]))
    }

    /// Two heads over [T, 4], a mask, a residual sum and a normalization (Vaswani and others, 2017).
    private mutating func attention(_ shape: Shape) -> String {
        let count = shape[0]
        let (queries, keys, values) = (heads([0, 2, 1, 3]), heads([0, 2, 3, 1]), heads([0, 2, 1, 3]))
        let scaled = add(.binary(.divide), add(.matrixMultiplication, queries, keys), constant([], [1.414]))
        let mask = constant([count, count], (0..<count * count).map { $0 % count > $0 / count ? -10_000 : 0 }, role: .bias)
        let shares = add(.softmax(axis: -1), add(.add, scaled, mask))
        let mixed = add(.transpose(permutation: [0, 2, 1, 3]), add(.matrixMultiplication, shares, values))
        let joined = add(.reshape(dimensions: [0, 0, 4], allowZero: false), mixed)
        let projected = add(.add, add(.matrixMultiplication, joined, parameter([4, 4])), parameter([4], role: .bias))
        let places = add(.add, projected, parameter([1, count, 4], role: .bias))
        return written(add(.add, places, "input"), width: 4)
    }

    private mutating func heads(_ order: [Int]) -> String {
        let product = add(.matrixMultiplication, "input", parameter([4, 4]))
        let split = add(.reshape(dimensions: [0, 0, 2, 2], allowZero: false), product)
        return add(.transpose(permutation: order), split)
    }

    /// LayerNormalization as exporters write it out.
    private mutating func written(_ value: String, width: Int) -> String {
        let mean = Networks.Operation.reduction(Reduction(function: .mean, axes: [2], keepsAxes: true))
        let centred = add(.binary(.subtract), value, add(mean, value))
        let variance = add(mean, add(.binary(.power), centred, constant([], [2])))
        let root = add(.unary(.squareRoot), add(.add, variance, constant([], [0.01], role: .bias)))
        let scaled = add(.binary(.multiply), add(.binary(.divide), centred, root), parameter([width], role: .other))
        return add(.add, scaled, parameter([width], role: .bias))
    }

    private mutating func rootMeanSquare(width: Int) -> String {
        let squares = add(.binary(.multiply), "input", "input")
        let mean = add(.reduction(Reduction(function: .mean, axes: [2], keepsAxes: true)), squares)
        let root = add(.unary(.squareRoot), add(.add, mean, constant([], [0.01], role: .bias)))
        return add(.binary(.multiply), add(.binary(.divide), "input", root), parameter([width], role: .other))
    }

    /// Channels weighted by what their means say (Hu and others, 2018).
    private mutating func excitation(_ shape: Shape) -> String {
        let value = mixed(shape)
        let channels = shape[0]
        let squeezed = add(.relu, dense(add(.globalAveragePool, value), channels, 3))
        return add(.binary(.multiply), add(.unary(.sigmoid), dense(squeezed, 3, channels)), value)
    }

    private mutating func dense(_ value: String, _ from: Int, _ to: Int) -> String {
        add(.convolution(Convolution(kernel: [1, 1])), value, parameter([to, from, 1, 1]), parameter([to], role: .bias))
    }

    /// Down and up again, beside what was before (Ronneberger and others, 2015).
    private mutating func upward(_ shape: Shape) -> String {
        let down = Convolution(kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1])
        let low = add(.relu, add(.convolution(down), "input", parameter([3, shape[0], 3, 3]), parameter([3], role: .bias)))
        let up = TransposedConvolution(window: Convolution(kernel: [2, 2], strides: [2, 2]))
        let high = add(.relu, add(.transposedConvolution(up), low, parameter([3, 2, 2, 2]), parameter([2], role: .bias)))
        let joined = add(.concatenation(axis: 1), high, "input")
        return add(.convolution(Convolution(kernel: [1, 1])), joined, parameter([2, 2 + shape[0], 1, 1]))
    }

    /// Products of a vector with matrices, and of matrices of which one is shared by all.
    private mutating func outer(_ shape: Shape) -> String {
        let value = add(.reshape(dimensions: [0, 4, -1], allowZero: false), "input")
        let width = shape.count / 4
        let turned = add(.transpose(permutation: [0, 2, 1]), value)
        let square = add(.matrixMultiplication, value, turned)
        if toss() { return add(.matrixMultiplication, parameter([3, 4]), square) }
        if toss() { return add(.matrixMultiplication, square, parameter([4])) }
        return add(.matrixMultiplication, value, parameter([1, width, 2]))
    }

    /// Rows of a table that the largest channel names, some of them twice.
    private mutating func embedding(_ shape: Shape) -> String {
        let largest = ExtremePlace(isMaximum: true, axis: 1, keepsAxis: false)
        let rows = add(.lookup, parameter([shape[0], 3], role: .other), add(.extremePlace(largest), mixed(shape)))
        let mean = add(.reduction(Reduction(function: .mean, axes: [1, 2, 3], keepsAxes: true)), mixed(shape))
        return add(.binary(.multiply), rows, mean)
    }

    /// Elements of computed places, and slices of given ones.
    private mutating func places(_ shape: Shape) -> String {
        let value = mixed(shape)
        let largest = add(.extremePlace(ExtremePlace(isMaximum: true, axis: 1, keepsAxis: true)), value)
        if toss() { return add(.placement(.takenElements(axis: 1)), value, largest) }
        let turned = add(.transpose(permutation: [1, 2, 0, 3]), value)
        let tuples = constant([3, 2], [0, 1, -1, 0, 0, 1])
        return add(.transpose(permutation: [1, 0, 2]), add(.placement(.takenTuples(batchAxes: 0)), turned, tuples))
    }

    /// Updates that take the place of elements, or are added to them.
    private mutating func puts(_ shape: Shape) -> String {
        let value = mixed(shape)
        let largest = add(.extremePlace(ExtremePlace(isMaximum: true, axis: 1, keepsAxis: true)), value)
        let updates = add(.slice(Slice(axes: [1], starts: [0], ends: [1], steps: [1])), mixed(shape))
        return add(.placement(.putElements(axis: 1, toss() ? .replace : .add)), value, largest, updates)
    }

    private mutating func orders(_ shape: Shape) -> String {
        let axis = draw(1...3)
        if toss() { return add(.placement(.runningSum(axis: axis, isExclusive: toss(), isReversed: toss())), mixed(shape)) }
        return add(.placement(.best(count: draw(1...2), axis: axis, isSmallest: toss(), givesPlaces: false)), mixed(shape))
    }
}
