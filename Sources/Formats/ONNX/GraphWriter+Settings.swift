import Networks
import Tensors

extension GraphWriter {
    /// Settings that ONNX has as inputs, in their order after the tensors; nil for one that is left out.
    func settings(of operation: Operation) -> [(suffix: String, values: Tensor?)] {
        func numbers(_ suffix: String, _ values: [Int]) -> (String, Tensor?) { (suffix, Tensor(wholeNumbers: values)) }
        func bound(_ suffix: String, _ value: Float) -> (String, Tensor?) {
            (suffix, value.isInfinite ? nil : Tensor(shape: [], floats: [value]))
        }
        switch operation {
        case .reshape(let dimensions, _): return [numbers("shape", dimensions)]
        case .dropout(let ratio): return [("ratio", Tensor(shape: [], floats: [ratio]))]
        case .unary(.clip(let lower, let upper)): return [bound("min", lower), bound("max", upper)]
        case .squeeze(let axes), .unsqueeze(let axes): return [numbers("axes", axes)]
        case .slice(let slice):
            return [
                numbers("starts", slice.starts), numbers("ends", slice.ends), numbers("axes", slice.axes), numbers("steps", slice.steps),
            ]
        case .gather(let gather): return [("indices", Tensor(wholeNumbers: gather.indices).reshaped(gather.shape))]
        case .expand(let dimensions) where dimensions.allSatisfy({ $0 >= 0 }): return [numbers("shape", dimensions)]
        case .placement(.runningSum(let axis, _, _)): return [("axis", Tensor(wholeNumbers: [axis]).reshaped([]))]
        case .placement(.best(let count, _, _, _)): return [numbers("k", [count])]
        case .signal(let transform): return settings(of: transform)
        case .tile(let repeats): return [numbers("repeats", repeats)]
        case .pad(let padding):
            return [numbers("pads", padding.pads), ("value", padding.value == 0 ? nil : Tensor(shape: [], floats: [padding.value]))]
        case .resize(let resize):
            let starts = stride(from: 0, to: resize.region.count, by: 2).map { resize.region[$0] }
            let ends = stride(from: 1, to: resize.region.count, by: 2).map { resize.region[$0] }
            let region = starts.isEmpty ? nil : Tensor(shape: [2 * starts.count], floats: starts + ends)
            let scales = Tensor(shape: [resize.factors.count], floats: resize.factors)
            return [("region", region), ("scales", resize.isBySizes ? nil : scales)]
                + (resize.isBySizes ? [numbers("sizes", resize.extents)] : [])
        case .reduction(let reduction) where !hasAxesAttribute(reduction): return [numbers("axes", reduction.axes)]
        default: return []
        }
    }

    /// Whether the axes are an attribute in the version that is written: up to 17, but for a sum, whose axes have been an input since 13.
    func hasAxesAttribute(_ reduction: Reduction) -> Bool { operatorVersion < 18 && reduction.function != .sum }

    /// The operator set that came with an operation, where that is later than the usual one.
    static func version(of operation: Operation) -> Int64 {
        switch operation {
        case .averagePool(let pooling) where pooling.dilations.contains { $0 != 1 }: 19
        case .unary(.mish): 18
        case .signal(.sampledGrid(let settings)): settings.axes > 2 ? 20 : 16
        case .resize(let resize): resize.coordinates == .symmetricHalfPixel ? 19 : 18
        case .unary(.gelu): 20
        case .unary(.swish): 24
        case .pad(let padding) where padding.mode == .wrap: 19
        case .groupNormalization: 21
        case .placement(.putElements(_, let combination)), .placement(.putTuples(let combination)):
            combination == .replace ? 13 : [.add, .multiply].contains(combination) ? 16 : 18
        case .quantizeLinear(let code), .dequantizeLinear(let code):
            [.int8, .uint8, .int32].contains(code.type) && code.block == nil && !code.isOfFourBits ? 13 : 21
        default: 13
        }
    }

    /// Nodes that compute the dimensions of an Expand by the number of examples, −k of them k times; the last one's output is `name`.
    func dimensions(_ stated: [Int], named name: String, _ names: inout Set<String>, _ graph: inout ONNXGraphProto) throws(FormatError) {
        let batch = unique("\(name)_examples", &names)
        let part = network.packed.flatMap { $0.parts.first { !$0.made.isEmpty } ?? $0.parts.first }
        let axis = part?.axis ?? 0
        var shape = plain("Shape", batch, [part?.name ?? network.input])
        shape.attribute = [integer("start", axis), integer("end", axis + 1)]
        graph.node.append(shape)
        var parts: [String] = []
        for (index, dimension) in stated.enumerated() {
            let part = unique("\(name)_\(index)", &names)
            if dimension == -1 {
                parts.append(batch)
                continue
            }
            graph.initializer.append(try tensor(part, Tensor(wholeNumbers: [abs(dimension)])))
            parts.append(part)
            guard dimension < 0 else { continue }
            let product = unique("\(part)_examples", &names)
            graph.node.append(plain("Mul", product, [batch, part]))
            parts[index] = product
        }
        var joined = plain("Concat", name, parts)
        joined.attribute = [integer("axis", 0)]
        graph.node.append(joined)
    }

    func plain(_ type: String, _ output: String, _ inputs: [String]) -> ONNXNodeProto {
        var node = ONNXNodeProto()
        node.name = output
        node.opType = type
        node.input = inputs
        node.output = [output]
        return node
    }
}
