import Networks
import Tensors

/// Convolutional networks.
extension ChannelNetwork {
    private mutating func shuffled(_ x: String, _ width: Int, size: Int, groups: Int = 2) -> String {
        let cut = reshape(x, [-1, groups, width / groups, size, size])
        return reshape(transpose(cut, [0, 2, 1, 3, 4]), [-1, width, size, size])
    }

    /// Ma and others, 2018: half of the channels pass each unit by, and then all are mixed.
    mutating func shuffleNetV2() -> String {
        var x = block("x", 3, 8, kernel: 3)
        let left = block(normalized(convolution(x, 8, 8, kernel: 3, stride: 2, groups: 8), 8), 8, 8)
        let right = block(normalized(convolution(block(x, 8, 8), 8, 8, kernel: 3, stride: 2, groups: 8), 8), 8, 8)
        x = shuffled(add(.concatenation(axis: 1), [left, right]), 16, size: 4)
        for _ in 0..<2 {
            let (kept, read) = (slice(x, axis: 1, 0..<8), slice(x, axis: 1, 8..<16))
            let made = block(normalized(convolution(block(read, 8, 8), 8, 8, kernel: 3, groups: 8), 8), 8, 8)
            x = shuffled(add(.concatenation(axis: 1), [kept, made]), 16, size: 4)
        }
        return classified(block(x, 16, 12), 12)
    }

    /// Zhang and others, 2018: convolutions in groups, with a shuffle between them.
    mutating func shuffleNetV1() -> String {
        let x = block("x", 3, 12, kernel: 3)
        let mixed = shuffled(block(x, 12, 24, groups: 2), 24, size: 8)
        let deep = normalized(convolution(normalized(convolution(mixed, 24, 24, kernel: 3, groups: 24), 24), 24, 12, groups: 2), 12)
        return classified(relu(sum(x, deep)), 12)
    }

    /// Sandler and others, 2018: wide depthwise convolutions between narrow streams.
    mutating func mobileNetV2() -> String {
        let sixes = Networks.Operation.unary(.clip(lower: 0, upper: 6))
        var x = add(sixes, [normalized(convolution("x", 3, 8, kernel: 3, stride: 2), 8)])
        x = add(sixes, [normalized(convolution(x, 8, 8, kernel: 3, groups: 8), 8)])
        x = normalized(convolution(x, 8, 6), 6)
        for (from, to) in [(6, 6), (6, 10)] {
            let wide = add(sixes, [normalized(convolution(x, from, 4 * from), 4 * from)])
            let deep = add(sixes, [normalized(convolution(wide, 4 * from, 4 * from, kernel: 3, groups: 4 * from), 4 * from)])
            let made = normalized(convolution(deep, 4 * from, to), to)
            x = from == to ? sum(x, made) : made
        }
        return classified(add(sixes, [normalized(convolution(x, 10, 16), 16)]), 16)
    }

    /// Huang and others, 2017: each layer reads all before it, normalized anew.
    mutating func denseNet() -> String {
        var (x, width) = (block("x", 3, 8, kernel: 3), 8)
        for _ in 0..<3 {
            let inner = block(relu(normalized(x, width)), width, 12)
            x = add(.concatenation(axis: 1), [x, convolution(inner, 12, 4, kernel: 3)])
            width += 4
        }
        x = convolution(relu(normalized(x, width)), width, 10)
        x = add(.averagePool(Pooling(kernel: [2, 2], strides: [2, 2])), [x])
        return classified(relu(normalized(x, 10)), 10)
    }

    /// Tan and Le, 2019: each channel times what the means of all say.
    mutating func efficientNet() -> String {
        let swish = Networks.Operation.unary(.swish(alpha: 1))
        var x = add(swish, [normalized(convolution("x", 3, 8, kernel: 3, stride: 2), 8)])
        for _ in 0..<2 {
            let wide = add(swish, [normalized(convolution(x, 8, 24), 24)])
            let deep = add(swish, [normalized(convolution(wide, 24, 24, kernel: 3, groups: 24), 24)])
            let small = add(
                swish, [convolution(add(.reduction(Reduction(function: .mean, axes: [2, 3], keepsAxes: true)), [deep]), 24, 6)])
            let gate = add(.unary(.sigmoid), [convolution(small, 6, 24)])
            x = sum(x, normalized(convolution(add(.binary(.multiply), [gate, deep]), 24, 8), 8))
        }
        return classified(x, 8)
    }

    /// He and others, 2016: shortcuts by a 1×1 convolution, or by every second pixel and channels of nothing beside.
    mutating func residual(padsShortcut: Bool) -> String {
        var (x, width) = (block("x", 3, 8, kernel: 3), 8)
        for to in [8, 8, 16, 16] {
            let stride = to / width
            let deep = normalized(convolution(block(x, width, 10, kernel: 3, stride: stride), 10, to, kernel: 3), to)
            if to != width, padsShortcut {
                x = add(.slice(Slice(axes: [2, 3], starts: [0, 0], ends: [8, 8], steps: [2, 2])), [x])
                x = add(.pad(Padding(pads: [0, 4, 0, 0, 0, 4, 0, 0])), [x])
            } else if to != width {
                x = normalized(convolution(x, width, to, stride: stride), to)
            }
            (x, width) = (relu(sum(deep, x)), to)
        }
        return classified(x, width)
    }

    /// Xie and others, 2017: the inner convolution in groups.
    mutating func groupedResidual() -> String {
        var x = block("x", 3, 8, kernel: 3)
        for _ in 0..<2 {
            let deep = block(block(x, 8, 16), 16, 24, kernel: 3, groups: 4)
            x = relu(sum(x, normalized(convolution(deep, 24, 8), 8)))
        }
        return classified(x, 8)
    }

    /// Wu and He, 2018, as an operator or as exporters wrote it: each group as one channel of an instance normalization.
    mutating func groupNormalized(byReshape: Bool) -> String {
        var x = convolution("x", 3, 12, kernel: 3)
        let (scale, shift) = (
            parameter("gn.weight", byReshape ? .other : .normalization, byReshape ? [12, 1, 1] : [12], mean: 1, deviation: 0.2),
            parameter("gn.bias", byReshape ? .bias : .normalization, byReshape ? [12, 1, 1] : [12], deviation: 0.2)
        )
        if byReshape {
            let ones = parameter("gn.ones", .normalization, [3], mean: 1, deviation: 0)
            let zeros = parameter("gn.zeros", .normalization, [3], deviation: 0)
            x = add(.instanceNormalization(epsilon: 1e-5), [reshape(x, [0, 3, -1]), ones, zeros])
            x = add(.add, [add(.binary(.multiply), [reshape(x, [0, 12, 8, 8]), scale]), shift])
        } else {
            x = add(.groupNormalization(groups: 3, epsilon: 1e-5), [x, scale, shift])
        }
        return classified(block(relu(x), 12, 10, kernel: 3), 10)
    }

    /// Shi and others, 2016: channels become pixels, and pixels channels.
    mutating func subPixels() -> String {
        var x = add(.depthToSpace(block: 2, columnsFirst: true), [block("x", 3, 24, kernel: 3, stride: 2)])
        x = block(x, 6, 12, kernel: 3)
        x = add(.depthToSpace(block: 2, columnsFirst: false), [x])
        x = add(.spaceToDepth(block: 2), [block(x, 3, 5, kernel: 3)])
        return classified(block(x, 20, 8), 8)
    }

    /// Channels that are there several times.
    mutating func tiles() -> String {
        let x = block("x", 3, 6, kernel: 3)
        let twice = block(add(.tile(repeats: [1, 2, 1, 1]), [x]), 12, 8, kernel: 3)
        let mean = add(.globalAveragePool, [block(twice, 8, 8)])
        return classified(sum(twice, add(.expand(dimensions: [-1, 8, 8, 8]), [mean])), 8)
    }

    /// Channels by constant indices, every second one, and backward.
    mutating func gathered() -> String {
        let x = block("x", 3, 8, kernel: 3)
        let mixed = add(.gather(Gather(axis: 1, indices: [5, 0, 3, 3, 7, 1], shape: [6])), [x])
        let even = add(.slice(Slice(axes: [1], starts: [0], ends: [8], steps: [2])), [x])
        let back = add(.slice(Slice(axes: [1], starts: [-1], ends: [-9], steps: [-1])), [x])
        let y = add(.concatenation(axis: 1), [mixed, even, back])
        return classified(block(y, 18, 8), 8)
    }
}
