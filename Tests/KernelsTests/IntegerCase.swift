import Kernels
import Networks
import Tensors

/// A layer that reads levels 0…2^bits − 1 of step 1, with weights of step 1 and no bias: what it makes are its sums of integers.
struct IntegerCase: CustomStringConvertible {
    var network: Network
    /// [N, …]
    var batch: Int
    var bits: Int
    var description: String

    /// Weights so large that pairs of products just fit 16 bits, or smaller ones, and inputs among which many are the largest level.
    static func largest(_ bits: Int) -> Int { min(127, 32_767 / 2 / ((1 << bits) - 1)) }

    private static func draw(_ builder: inout NetworkBuilder, _ shape: Shape, bits: Int, extreme: Bool, name: String) -> Tensor {
        let largest = largest(bits)
        let floats = (0..<shape.count).map { _ in
            Float(extreme ? builder.draw(of: [largest, largest, -largest]) : builder.draw(-largest...largest))
        }
        return Tensor(shape: shape, floats: floats)
    }

    /// A convolution with strides, padding, dilation, groups and odd numbers of channels by seed; a window maximum before it now and then.
    static func convolution(_ seed: UInt64) -> IntegerCase {
        var builder = NetworkBuilder(input: [1, 1, 1], seed: seed)
        let groups = builder.draw(of: [1, 1, 1, 2, 3, 8])
        let isDepthwise = seed % 7 == 3
        let inputs = isDepthwise ? groups * 4 : groups * builder.draw(of: [1, 3, 4, 8, 13, 16, 33])
        let outputs = isDepthwise ? inputs : groups * builder.draw(of: [1, 4, 7, 8, 20, 24])
        let kernel = [builder.draw(1...3), builder.draw(1...4)]
        let settings = Convolution(
            kernel: kernel, strides: [builder.draw(1...2), builder.draw(1...2)], dilations: [1, builder.draw(1...2)],
            pads: [builder.draw(0...1), builder.draw(0...1), builder.draw(0...1), builder.draw(0...1)],
            groups: isDepthwise ? inputs : groups)
        let (height, width, bits) = (builder.draw(8...11), builder.draw(8...12), builder.draw(of: [8, 8, 7, 4, 1]))
        var network = NetworkBuilder(input: [inputs, height, width], seed: seed)
        let clip = network.parameter([1], role: .other)
        var name = network.add(.activation(.clipped(bits: bits)), "input", clip)
        if seed % 4 == 1 { name = network.add(.maxPool(Pooling(kernel: [2, 2], strides: [1, 2], pads: [1, 0, 0, 1])), name) }
        let shape = Shape([outputs, inputs / settings.groups] + kernel)
        let weight = network.parameter(shape)
        name = network.add(.convolution(settings), name, weight)
        var result = network.network(output: name)
        result.parameters[clip]?.values = Tensor(shape: [1], floats: [Float((1 << bits) - 1)])
        result.parameters[weight]?.values = draw(&builder, shape, bits: bits, extreme: seed % 3 == 0, name: weight)
        return IntegerCase(
            network: result, batch: builder.draw(1...5), bits: bits,
            description: "\(settings) on \(inputs)x\(height)x\(width), \(bits) bits")
    }

    /// A product, of rows or of flattened images, with an output channel as a row or a column of the weights.
    static func product(_ seed: UInt64) -> IntegerCase {
        var builder = NetworkBuilder(input: [1, 1, 1], seed: seed)
        let (isImage, bits) = (seed % 2 == 0, builder.draw(of: [8, 8, 7, 3]))
        let input: Shape = isImage ? [builder.draw(1...9), builder.draw(2...5), builder.draw(2...5)] : [builder.draw(1...90)]
        let units = builder.draw(of: [1, 7, 10, 64])
        var network = NetworkBuilder(input: input, seed: seed)
        let clip = network.parameter([1], role: .other)
        var name = network.add(.activation(.clipped(bits: bits)), "input", clip)
        if isImage { name = network.add(.flatten(axis: 1), name) }
        let isTransposed = builder.toss()
        let shape: Shape = isTransposed ? [units, input.count] : [input.count, units]
        let weight = network.parameter(shape)
        let asGemm = isTransposed || builder.toss()
        name = network.add(asGemm ? .gemm(Gemm(transposeB: isTransposed)) : .matrixMultiplication, name, weight)
        var result = network.network(output: name)
        result.parameters[clip]?.values = Tensor(shape: [1], floats: [Float((1 << bits) - 1)])
        result.parameters[weight]?.values = draw(&builder, shape, bits: bits, extreme: seed % 3 == 0, name: weight)
        return IntegerCase(
            network: result, batch: builder.draw(1...9), bits: bits, description: "\(input) → \(units), \(bits) bits, \(isTransposed)")
    }

    /// Levels with noise that rounds away, and some beyond both ends.
    func input(_ seed: UInt64) -> [Float] {
        var builder = NetworkBuilder(input: [1], seed: seed &+ 77)
        let largest = (1 << bits) - 1
        return (0..<batch * network.inputShape.count).map { _ in
            let level = builder.toss() ? largest : builder.draw(-2...largest + 3)
            return Float(level) + Float(builder.draw(-4...4)) / 10
        }
    }

    /// The sums by plain loops: the operation on levels in whole numbers.
    func sums(_ input: [Float]) throws -> [Float] {
        let largest = Float((1 << bits) - 1)
        var values = input.map { min(max($0.rounded(.toNearestOrEven), 0), largest) }
        var shape = Shape([batch] + network.inputShape.dimensions)
        let shapes = try network.shapes(batch: batch)
        for node in network.nodes.dropFirst() {
            guard let output = shapes[node.outputs[0]] else { continue }
            let weights = node.inputs.count > 1 ? network.parameters[node.inputs[1]] : nil
            switch node.operation {
            case .maxPool:
                let pooled = ReferenceKernels.evaluate(node.operation, [ReferenceTensor(shape: shape, values: values)], to: output)
                values = pooled?.values ?? []
            case .convolution(let settings):
                values = IntegerCase.convolve(values, shape, weights?.values.floats ?? [], settings, output)
            case .gemm(let settings):
                values = IntegerCase.multiply(values, weights?.values.floats ?? [], output, isTransposed: settings.transposeB)
            case .matrixMultiplication: values = IntegerCase.multiply(values, weights?.values.floats ?? [], output, isTransposed: false)
            default: break
            }
            shape = output
        }
        return values
    }

    static func convolve(_ levels: [Float], _ input: Shape, _ weights: [Float], _ settings: Convolution, _ output: Shape) -> [Float] {
        let (channels, groups) = (input[1] / settings.groups, settings.groups)
        let (kernel, outputs) = (settings.kernel, output[1] / groups)
        return output.indices.map { index in
            let first = index[1] / outputs * channels
            var sum: Int32 = 0
            for channel in 0..<channels {
                for row in 0..<kernel[0] {
                    for column in 0..<kernel[1] {
                        let y = index[2] * settings.strides[0] + row * settings.dilations[0] - settings.pads[0]
                        let x = index[3] * settings.strides[1] + column * settings.dilations[1] - settings.pads[1]
                        guard (0..<input[2]).contains(y), (0..<input[3]).contains(x) else { continue }
                        let level = levels[((index[0] * input[1] + first + channel) * input[2] + y) * input[3] + x]
                        let weight = weights[((index[1] * channels + channel) * kernel[0] + row) * kernel[1] + column]
                        sum += Int32(level) * Int32(weight)
                    }
                }
            }
            return Float(sum)
        }
    }

    static func multiply(_ levels: [Float], _ weights: [Float], _ output: Shape, isTransposed: Bool) -> [Float] {
        let (units, depth) = (output[1], weights.count / output[1])
        return output.indices.map { index in
            var sum: Int32 = 0
            for place in 0..<depth {
                let weight = weights[isTransposed ? index[1] * depth + place : place * units + index[1]]
                sum += Int32(levels[index[0] * depth + place]) * Int32(weight)
            }
            return Float(sum)
        }
    }
}

extension Shape {
    /// All places, row-major.
    fileprivate var indices: [[Int]] {
        dimensions.reduce([[]]) { places, extent in places.flatMap { place in (0..<extent).map { place + [$0] } } }
    }
}

extension OneDNNExecutor {
    /// Gives each layer its steps and weights, and chooses integers where they are exact.
    func useIntegers(_ network: Network, steps: [Float] = [1], _ arithmetic: Arithmetic = .integer) throws -> [StageArithmetic] {
        for layer in network.layers {
            guard let values = network.parameters[layer.weight]?.values else { continue }
            setSteps(steps, of: layer)
            try setWeights(values, bias: layer.bias.flatMap { network.parameters[$0]?.values }, of: layer)
        }
        return try arrange(arithmetic)
    }
}
