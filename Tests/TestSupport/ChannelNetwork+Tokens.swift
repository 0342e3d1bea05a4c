import Networks
import Tensors

/// Transformers.
extension ChannelNetwork {
    /// softmax(q kᵀ · s) v, q and v [.., L, D], k [.., D, L].
    private mutating func attended(_ q: String, _ k: String, _ v: String, bias: (inout ChannelNetwork, String) -> String = { $1 }) -> String
    {
        let scale = network.parameters["scale"]?.name ?? parameter("scale", .other, [], mean: 0.5, deviation: 0)
        let product = add(.matrixMultiplication, [add(.binary(.multiply), [q, scale]), k])
        return add(.matrixMultiplication, [add(.softmax(axis: -1), [bias(&self, product)]), v])
    }

    /// One product for all three, cut into [3, heads, D].
    mutating func fusedAttention(
        _ x: String, tokens: Int, width: Int, heads: Int, bias: (inout ChannelNetwork, String) -> String = { $1 }
    ) -> String {
        let cut = transpose(reshape(linear(x, width, 3 * width), [-1, tokens, 3, heads, width / heads]), [2, 0, 3, 1, 4])
        let parts = (0..<3).map { add(.gather(Gather(axis: 0, indices: [$0], shape: [])), [cut]) }
        let made = attended(parts[0], transpose(parts[1], [0, 1, 3, 2]), parts[2], bias: bias)
        return linear(reshape(transpose(made, [0, 2, 1, 3]), [-1, tokens, width]), width, width)
    }

    mutating func separateAttention(_ x: String, tokens: Int, width: Int, heads: Int) -> String {
        let parts = (0..<3).map { _ in reshape(linear(x, width, width), [0, tokens, heads, width / heads]) }
        let made = attended(transpose(parts[0], [0, 2, 1, 3]), transpose(parts[1], [0, 2, 3, 1]), transpose(parts[2], [0, 2, 1, 3]))
        return linear(reshape(transpose(made, [0, 2, 1, 3]), [0, 0, width]), width, width)
    }

    /// Heads beside the examples on one axis, as PyTorch's own module has them.
    mutating func sequenceFirstAttention(_ x: String, tokens: Int, width: Int, heads: Int) -> String {
        let all = linear(transpose(x, [1, 0, 2]), width, 3 * width)
        let parts = (0..<3).map { part in
            transpose(reshape(slice(all, axis: 2, part * width..<(part + 1) * width), [tokens, -1, width / heads]), [1, 0, 2])
        }
        let made = attended(parts[0], transpose(parts[1], [0, 2, 1]), parts[2])
        return transpose(linear(reshape(transpose(made, [1, 0, 2]), [tokens, -1, width]), width, width), [1, 0, 2])
    }

    private mutating func mlp(_ x: String, _ width: Int) -> String {
        linear(add(.unary(.gelu(isApproximate: false)), [linear(x, width, 2 * width)]), 2 * width, width)
    }

    /// Dosovitskiy and others, 2021: patches and a class token, 2 blocks.
    mutating func transformer(_ attention: (inout ChannelNetwork, String) -> String) -> String {
        let width = 12
        let patches = transpose(reshape(patches(width), [0, width, 4]), [0, 2, 1])
        let token = add(.expand(dimensions: [-1, 1, width]), [parameter("token", .other, [1, 1, width], deviation: 0.5)])
        let positions = parameter("positions", .other, [1, 5, width], deviation: 0.5)
        var x = sum(add(.concatenation(axis: 1), [token, patches]), positions)
        for _ in 0..<2 {
            x = sum(x, attention(&self, layerNormalized(x, width)))
            x = sum(x, mlp(layerNormalized(x, width), width))
        }
        x = add(.gather(Gather(axis: 1, indices: [0], shape: [])), [layerNormalized(x, width)])
        return linear(x, width, 5)
    }

    private mutating func patches(_ width: Int, size: Int = 4) -> String {
        let weights = parameter("patches.weight", .weight, [width, 3, size, size], deviation: 0.2)
        return add(
            .convolution(Convolution(kernel: [size, size], strides: [size, size])),
            ["x", weights, parameter("patches.bias", .bias, [width], deviation: 0.2)])
    }

    /// Liu and others, 2021: attention in windows, moved by half of one in every second block, and patches that are merged.
    mutating func swin() -> String {
        var (x, width, size) = (transpose(patches(8, size: 2), [0, 2, 3, 1]), 8, 4)
        x = layerNormalized(x, width)
        for stage in 0..<2 {
            for shift in stage == 0 ? [0, 1] : [0] {
                let attended = windows(layerNormalized(x, width), width, size, shift: shift)
                x = sum(x, attended)
                x = sum(x, mlp(layerNormalized(x, width), width))
            }
            guard stage == 0 else { break }
            let parts = [(0, 0), (1, 0), (0, 1), (1, 1)].map { row, column in
                add(.slice(Slice(axes: [1, 2], starts: [row, column], ends: [size, size], steps: [2, 2])), [x])
            }
            let merged = layerNormalized(add(.concatenation(axis: -1), parts), 4 * width)
            let weights = parameter("merge.weight", .weight, [4 * width, 2 * width], deviation: 0.2)
            (x, width, size) = (add(.matrixMultiplication, [merged, weights]), 2 * width, size / 2)
        }
        x = add(.reduction(Reduction(function: .mean, axes: [1, 2], keepsAxes: false)), [layerNormalized(x, width)])
        return linear(x, width, 5)
    }

    /// Windows of 2×2 pixels, with a bias for each pair of pixels and head, and pairs that are masked where the image was rolled.
    private mutating func windows(_ x: String, _ width: Int, _ size: Int, shift: Int) -> String {
        let (count, heads) = (size / 2, 2)
        let table = parameter(name("table"), .other, [1, heads, 4, 4], deviation: 0.5)
        let mask = parameter(name("mask"), .other, [1, count * count, 1, 4, 4], deviation: 2)
        let cut = transpose(reshape(rolled(x, size, shift), [-1, count, 2, count, 2, width]), [0, 1, 3, 2, 4, 5])
        let made = fusedAttention(reshape(cut, [-1, 4, width]), tokens: 4, width: width, heads: heads) { maker, product in
            let biased = maker.sum(product, table)
            guard shift > 0 else { return biased }
            let masked = maker.sum(maker.reshape(biased, [-1, count * count, heads, 4, 4]), mask)
            return maker.reshape(masked, [-1, heads, 4, 4])
        }
        let whole = transpose(reshape(made, [-1, count, count, 2, 2, width]), [0, 1, 3, 2, 4, 5])
        return rolled(reshape(whole, [-1, size, size, width]), size, size - shift)
    }

    private mutating func rolled(_ x: String, _ size: Int, _ shift: Int) -> String {
        guard shift % size > 0 else { return x }
        return [1, 2].reduce(x) { x, axis in
            add(.concatenation(axis: axis), [slice(x, axis: axis, shift..<size), slice(x, axis: axis, 0..<shift)])
        }
    }
}
