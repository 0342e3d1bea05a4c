import Networks
import Tensors

/// The blocks of which the usual image classifiers are built, with seeded parameters.
enum TrainedBlock: CaseIterable {
    /// ResNet-18 (He 2015): two normalized convolutions beside a shortcut with one of its own.
    case basic
    /// MobileNet V2 (Sandler 2018): widened by 1×1, depthwise, made narrow again, each normalized, Clip at 6 between.
    case invertedResidual
    /// SqueezeNet (Iandola 2016): made narrow by 1×1, then 1×1 and 3×3 side by side.
    case fire

    /// A network of one block between a convolution and a dense layer of 3 classes.
    func network(_ shape: Shape, stride: Int, seed: UInt64) -> Network {
        var builder = NetworkBuilder(input: shape, seed: seed)
        let first = builder.normalizedConvolution("input", from: shape[0], to: 4, kernel: 3)
        let output =
            switch self {
            case .basic: builder.basicBlock(first, channels: 4, to: stride == 1 ? 4 : 6, stride: stride)
            case .invertedResidual: builder.invertedResidual(first, channels: 4, stride: stride)
            case .fire: builder.fire(first, channels: 4)
            }
        let channels = self == .fire ? 6 : self == .basic && stride != 1 ? 6 : 4
        let flat = builder.add(.flatten(axis: 1), builder.add(.globalAveragePool, output))
        let scores = builder.add(
            .gemm(Gemm(transposeB: true)), flat, builder.parameter([3, channels]), builder.parameter([3], role: .bias))
        return builder.network(output: scores)
    }
}

extension NetworkBuilder {
    fileprivate mutating func normalizedConvolution(
        _ value: String, from: Int, to: Int, kernel: Int, stride: Int = 1, groups: Int = 1, function: Networks.Operation? = .relu
    ) -> String {
        let settings = Convolution(
            kernel: [kernel, kernel], strides: [stride, stride], pads: Array(repeating: kernel / 2, count: 4), groups: groups)
        let made = add(.convolution(settings), value, parameter([to, from / groups, kernel, kernel]))
        let statistics = (0..<4).map { parameter([to], role: .normalization, positive: $0 == 3) }
        let normalized = add(.batchNormalization(epsilon: 1e-3), [made] + statistics)
        return function.map { add($0, normalized) } ?? normalized
    }

    fileprivate mutating func basicBlock(_ value: String, channels: Int, to: Int, stride: Int) -> String {
        let middle = normalizedConvolution(value, from: channels, to: to, kernel: 3, stride: stride)
        let deep = normalizedConvolution(middle, from: to, to: to, kernel: 3, function: nil)
        let short =
            stride == 1 ? value : normalizedConvolution(value, from: channels, to: to, kernel: 1, stride: stride, function: nil)
        return add(.relu, add(.add, deep, short))
    }

    fileprivate mutating func invertedResidual(_ value: String, channels: Int, stride: Int) -> String {
        let six = Networks.Operation.unary(.clip(lower: 0, upper: 6))
        let wide = normalizedConvolution(value, from: channels, to: 3 * channels, kernel: 1, function: six)
        let deep = normalizedConvolution(
            wide, from: 3 * channels, to: 3 * channels, kernel: 3, stride: stride, groups: 3 * channels, function: six)
        let narrow = normalizedConvolution(deep, from: 3 * channels, to: channels, kernel: 1, function: nil)
        return stride == 1 ? add(.add, value, narrow) : narrow
    }

    fileprivate mutating func fire(_ value: String, channels: Int) -> String {
        func convolution(_ value: String, _ from: Int, _ to: Int, _ kernel: Int) -> String {
            let settings = Convolution(kernel: [kernel, kernel], pads: Array(repeating: kernel / 2, count: 4))
            return add(
                .relu, add(.convolution(settings), value, parameter([to, from, kernel, kernel]), parameter([to], role: .bias)))
        }
        let squeezed = convolution(value, channels, 2, 1)
        return add(.dropout(ratio: 0.25), add(.concatenation(axis: 1), convolution(squeezed, 2, 3, 1), convolution(squeezed, 2, 3, 3)))
    }
}

extension NetworkBuilder {
    /// A drawn operation that only moves elements of images, one after the batch axis.
    mutating func movement(of shape: Shape) -> Networks.Operation {
        let pads = [0] + (0..<3).map { _ in draw(0...2) } + [0] + (0..<3).map { _ in draw(0...2) }
        let reflecting = pads.enumerated().map { index, pad in min(pad, max(0, Shape([1] + shape.dimensions)[index % 4] - 1)) }
        let blocks = [1, 2].filter { shape[1] % $0 == 0 && shape[2] % $0 == 0 }
        let depths = [1, 2].filter { shape[0] % ($0 * $0) == 0 }
        let channels = draw(0...2) + 1
        return draw(of: [
            .transpose(permutation: draw(of: [[0, 2, 3, 1], [0, 3, 1, 2], [0, 1, 3, 2]])),
            .gather(Gather(axis: 1, indices: (0..<channels).map { $0 % 2 == 0 ? shape[0] - 1 : 0 }, shape: [channels])),
            .tile(repeats: [1, draw(1...2), 1, draw(1...3)]), .pad(Padding(pads: pads, mode: .constant, value: 0.5)),
            .pad(Padding(pads: pads, mode: .edge, value: 0)), .pad(Padding(pads: reflecting, mode: .reflect, value: 0)),
            .pad(Padding(pads: pads, mode: .wrap, value: 0)), .spaceToDepth(block: draw(of: blocks)),
            .depthToSpace(block: draw(of: depths), columnsFirst: toss()), .slice(backwardSlice(of: shape)),
            nearest(of: shape),
        ])
    }

    /// Rows and columns to other extents, each the nearest one.
    mutating func nearest(of shape: Shape) -> Networks.Operation {
        let extents = [draw(1...2 * shape[1]), draw(1...2 * shape[2])]
        let factors = [Float(extents[0]) / Float(shape[1]), Float(extents[1]) / Float(shape[2])]
        return .resize(
            Resize(axes: [2, 3], factors: factors, extents: extents, isBySizes: true, mode: .nearest, coordinates: .halfPixel))
    }

    /// Every second column from the right, and the rows but the first ones.
    mutating func backwardSlice(of shape: Shape) -> Slice {
        Slice(axes: [2, 3], starts: [draw(0...1) * (shape[1] / 2), -1], ends: [Int(Int32.max), -100], steps: [1, -draw(1...2)])
    }
}
