import Networks
import Tensors

extension CSourceWriter {
    mutating func add(_ convolution: Convolution, _ node: Node) throws(ExportError) {
        guard let input = shapes[node.inputs[0]], let output = shapes[node.outputs[0]] else { throw refusal(node, "of an unknown shape") }
        let window = try window(node, input, output, Pooling(convolution), groups: convolution.groups)
        let weights = try placeOfWeights(try parameter(node, 1))
        let bias = try bias(node, count: output[1])
        call(.convolve, ["&w\(weights)", bias, try operand(node.inputs[0]), place(node.outputs[0]), window])
    }

    /// The window is the convolution's own, from the result to the input.
    mutating func add(_ convolution: TransposedConvolution, _ node: Node) throws(ExportError) {
        guard let input = shapes[node.inputs[0]], let output = shapes[node.outputs[0]] else { throw refusal(node, "of an unknown shape") }
        let window = try window(node, output, input, Pooling(convolution.window), groups: convolution.window.groups)
        let weights = try placeOfWeights(try parameter(node, 1))
        let bias = try bias(node, count: output[1])
        call(.spread, ["&w\(weights)", bias, try operand(node.inputs[0]), place(node.outputs[0]), window])
    }

    mutating func addPool(_ pooling: Pooling, _ node: Node, _ function: CFunction, _ reach: String) throws(ExportError) {
        guard let input = shapes[node.inputs[0]], let output = shapes[node.outputs[0]] else { throw refusal(node, "of an unknown shape") }
        let window = try window(node, input, output, pooling, groups: 1)
        call(function, [try operand(node.inputs[0]), place(node.outputs[0]), window + reach])
    }

    mutating func addAverage(_ pooling: Pooling, _ node: Node) throws(ExportError) {
        guard let input = shapes[node.inputs[0]] else { throw refusal(node, "of an unknown shape") }
        var reach = [0, 0]
        if pooling.countIncludesPadding {
            let rank = pooling.kernel.count
            reach = (0..<rank).map { input[$0 + 2] + pooling.pads[$0] + pooling.pads[$0 + rank] }
            if rank == 1 { reach.insert(1, at: 0) }
        }
        try addPool(pooling, node, .averagePool, reach.map { ", \($0)" }.joined())
    }

    mutating func addReduction(_ function: Reduction.Function, axes: [Int], _ node: Node) throws(ExportError) {
        guard let shape = shapes[node.inputs[0]] else { throw refusal(node, "of an unknown shape") }
        let axes = axes.isEmpty ? Array(0..<shape.rank) : axes
        // Axes of extent 1 may lie between.
        let range = (axes.min() ?? 0)..<(axes.max() ?? 0) + 1
        guard range.allSatisfy({ axes.contains($0) || shape[$0] == 1 }) else { throw refusal(node, "over axes that are no neighbours") }
        let found: CFunction? =
            switch function {
            case .mean: .meanOver
            case .sum: .sumOver
            case .maximum: .maximumOver
            case .minimum: .minimumOver
            default: nil
            }
        guard let found else { throw refusal(node, nil) }
        call(found, [try operand(node.inputs[0]), place(node.outputs[0])] + Self.pieces(shape, range).map(String.init))
    }

    /// The constants of a window over one axis or two.
    private mutating func window(
        _ node: Node, _ input: Shape, _ output: Shape, _ pooling: Pooling, groups: Int
    ) throws(ExportError) -> String {
        functions.insert(.window)
        guard let numbers = Self.window(input, output, pooling, groups: groups) else {
            throw refusal(node, "over \(pooling.kernel.count) axes")
        }
        return addConstant("window", numbers.map(String.init).joined(separator: ", "))
    }

    /// The fields of a window; one over one axis has a height of 1. Nil for more axes than two.
    static func window(_ input: Shape, _ output: Shape, _ pooling: Pooling, groups: Int) -> [Int]? {
        let rank = pooling.kernel.count
        guard rank == 1 || rank == 2, input.rank == rank + 2, output.rank == rank + 2 else { return nil }
        func axes(_ numbers: some Sequence<Int>, _ missing: Int = 1) -> [Int] { (rank == 1 ? [missing] : []) + numbers }
        let sizes = [input[1]] + axes(input.dimensions[2...]) + [output[1]] + axes(output.dimensions[2...]) + [groups]
        return sizes + axes(pooling.kernel) + axes(pooling.strides) + axes(pooling.dilations) + axes(pooling.pads.prefix(rank), 0)
    }
}
