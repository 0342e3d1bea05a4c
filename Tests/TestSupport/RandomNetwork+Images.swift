import Networks
import Tensors

/// Blocks that read and make images [C, H, W].
extension RandomNetwork {
    mutating func block(_ value: Value) -> Value {
        switch draw(0...11) {
        case 0...2: return finished(convolution(value, to: draw(2...6)))
        case 3: return finished(depthwise(value))
        case 4: return finished(transposed(value))
        case 5: return pooled(value)
        case 6: return residual(value)
        case 7: return joined(value)
        case 8: return shared(value)
        case 9: return gated(value)
        case 10: return padded(value)
        default: return toss() ? normalized(value) : add(draw(of: [.identity, .dropout(ratio: 0.3)]), [activated(value)])
        }
    }

    /// [C, H, W] → [K] in one of the ways that exporters write.
    mutating func flattened(_ value: Value) -> Value {
        let count = value.shape.count
        switch draw(0...5) {
        case 0: return add(.flatten(axis: 1), [value])
        case 1: return add(.reshape(dimensions: [-1, count], allowZero: true), [value])
        case 2: return add(.reshape(dimensions: [0, -1], allowZero: false), [value])
        case 3: return add(.reduction(Reduction(function: .mean, axes: [2, 3], keepsAxes: false)), [value])
        case 4: return add(.squeeze(axes: [2, 3]), [add(.globalMaxPool, [value])])
        default: return add(.flatten(axis: 1), [add(.globalAveragePool, [value])])
        }
    }

    /// Any window that fits, in groups where the channels allow it.
    private mutating func convolution(_ value: Value, to filters: Int) -> Value {
        let groups = value.shape[0] % 2 == 0 && filters % 2 == 0 && toss() ? 2 : 1
        let kernel = (1...2).map { draw(1...min(3, value.shape[$0])) }
        let pads = (0..<4).map { draw(0...max(kernel[$0 % 2] - 1, 0)) }
        let settings = Convolution(kernel: kernel, strides: [draw(1...2), draw(1...2)], pads: pads, groups: groups)
        return convolution(value, to: filters, settings)
    }

    /// A window of 1 or 3 that keeps the size.
    private mutating func sameSize(_ value: Value, to filters: Int) -> Value {
        let pad = draw(0...1)
        let kernel = 2 * pad + 1
        return convolution(value, to: filters, Convolution(kernel: [kernel, kernel], pads: [pad, pad, pad, pad]))
    }

    private mutating func convolution(_ value: Value, to filters: Int, _ settings: Convolution) -> Value {
        let depth = value.shape[0] / settings.groups
        let names = weights(
            "conv", Shape([filters, depth] + settings.kernel), fanIn: depth * settings.kernel.reduce(1, *), biases: toss() ? filters : nil)
        return add(.convolution(settings), [value], names)
    }

    private mutating func depthwise(_ value: Value) -> Value {
        let filters = value.shape[0] * draw(1...2)
        let stride = draw(1...2)
        let settings = Convolution(kernel: [3, 3], strides: [stride, stride], pads: [1, 1, 1, 1], groups: value.shape[0])
        return convolution(value, to: filters, settings)
    }

    private mutating func transposed(_ value: Value) -> Value {
        let (filters, stride) = (draw(2...4), value.shape[1] * value.shape[2] < 30 ? draw(1...2) : 1)
        let groups = value.shape[0] % 2 == 0 && filters % 2 == 0 && toss() ? 2 : 1
        let names = weights(
            "up", [value.shape[0], filters / groups, 2, 2], fanIn: value.shape[0] / groups * 4 / (stride * stride),
            biases: toss() ? filters : nil)
        let window = Convolution(kernel: [2, 2], strides: [stride, stride], groups: groups)
        return add(.transposedConvolution(TransposedConvolution(window: window)), [value], names)
    }

    private mutating func pooled(_ value: Value) -> Value {
        let kernel = (1...2).map { draw(1...min(3, value.shape[$0])) }
        let pooling = Pooling(
            kernel: kernel, strides: [draw(1...2), draw(1...2)], pads: kernel.map { $0 / 2 } + [0, 0], ceilMode: toss(),
            countIncludesPadding: toss())
        return add(toss() ? .maxPool(pooling) : .averagePool(pooling), [value])
    }

    /// x' + f(x), where x' is x or what a convolution makes of it.
    private mutating func residual(_ value: Value) -> Value {
        let keeps = toss()
        let filters = keeps ? value.shape[0] : draw(2...5)
        let deep = finished(sameSize(finished(sameSize(value, to: draw(2...5))), to: filters))
        let shortcut = keeps ? value : finished(sameSize(value, to: filters))
        return finished(add(.add, toss() ? [deep, shortcut] : [shortcut, deep]))
    }

    /// Branches side by side; the value itself may be one.
    private mutating func joined(_ value: Value) -> Value {
        var branches = toss() ? [value] : []
        for _ in 0..<draw(1...2) { branches.append(finished(sameSize(value, to: draw(1...3)))) }
        return add(.concatenation(axis: toss() ? 1 : -3), branches)
    }

    /// The same weights twice, one after the other.
    private mutating func shared(_ value: Value) -> Value {
        let channels = value.shape[0]
        let names = weights("twice", [channels, channels, 3, 3], fanIn: channels * 9, biases: toss() ? channels : nil)
        let operation = Networks.Operation.convolution(Convolution(kernel: [3, 3], pads: [1, 1, 1, 1]))
        return finished(add(operation, [finished(add(operation, [value], names))], names))
    }

    /// x · sigmoid(x), or each channel times what the means of all say.
    private mutating func gated(_ value: Value) -> Value {
        let factor = toss() ? value : convolution(add(.globalAveragePool, [value]), to: value.shape[0], Convolution(kernel: [1, 1]))
        return add(.binary(.multiply), [value, add(.unary(.sigmoid), [factor])])
    }

    private mutating func padded(_ value: Value) -> Value {
        let pads = [0, 0, draw(0...1), draw(0...1), 0, 0, draw(0...1), draw(0...1)]
        return add(.pad(Padding(pads: pads, value: toss() ? 0 : 0.5)), [value])
    }
}
