import Networks
import Tensors

extension NetworkBuilder {
    /// A convolution over one axis of [N, C, L], a window, something that works on rows, and a reduction, before a dense layer.
    mutating func rows(of shape: Shape) -> String {
        let (filters, kernel) = (draw(1...4), draw(1...3))
        let settings = Convolution(kernel: [kernel], strides: [draw(1...2)], dilations: [1], pads: [draw(0...1), draw(0...1)])
        var value = add(
            .convolution(settings), "input", parameter([filters, shape[0], kernel]), parameter([filters], role: .bias))
        if toss() { value = add(.unary(.tanh), value) }
        value = add(window(), value)
        let extent = (try? network(output: value).shapes(batch: 1))?[value]?[2] ?? 1
        switch draw(0...4) {
        case 0: value = add(.softmax(axis: draw(of: [1, -1])), value)
        case 1: value = add(.logSoftmax(axis: draw(of: [1, 2])), value)
        case 2:
            var inputs = [value, parameter([extent], role: .normalization)]
            if toss() { inputs.append(parameter([extent], role: .normalization)) }
            value = add(.layerNormalization(axis: -1, epsilon: 0.01), inputs)
        case 3: value = add(.relu, value)
        default: break
        }
        let functions: [Reduction.Function] = [.mean, .sum, .maximum, .minimum]
        let axis = draw(1...2)
        let reduction = Reduction(function: draw(of: functions), axes: toss() ? [axis] : [1, 2], keepsAxes: toss())
        let flat = add(.flatten(axis: 1), add(.reduction(reduction), value))
        let width = (try? network(output: flat).shapes(batch: 1))?[flat]?[1] ?? 1
        return add(.gemm(Gemm()), flat, parameter([width, 3]))
    }

    private mutating func window() -> Networks.Operation {
        let settings = Pooling(kernel: [2], strides: [draw(1...2)], pads: [draw(0...1), 0], dilations: [1], countIncludesPadding: toss())
        return draw(of: [.maxPool(settings), .averagePool(settings), .globalAveragePool, .globalMaxPool, .identity])
    }
}
