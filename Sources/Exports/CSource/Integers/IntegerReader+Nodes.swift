import Foundation
import Networks
import Tensors

extension IntegerReader {
    mutating func read(_ node: Node) throws(ExportError) {
        guard let output = node.outputs.first else { return }
        switch node.operation {
        case .quantizeLinear(let code): try quantize(node, code)
        case .dequantizeLinear(let code): try dequantize(node, code)
        case .activation(let quantizer): try quantize(node, quantizer)
        case .identity, .dropout, .reshape, .flatten, .squeeze, .unsqueeze: forms[output] = try handedOn(node)
        case .transpose, .slice, .gather, .expand, .tile, .pad, .depthToSpace, .spaceToDepth, .resize: try move(node)
        case .convolution(let settings): try open(node, settings)
        case .gemm(let gemm): try open(node, gemm)
        case .matrixMultiplication: try openDense(node, isTransposed: true)
        case .unary(let function): try apply(node, function)
        case .binary(let function): try apply(node, function)
        case .batchNormalization(let epsilon): try normalize(node, epsilon: epsilon)
        case .maxPool(let pooling): try maximum(node, pooling)
        case .globalMaxPool: try maximum(node, Self.whole(shape(node.inputs[0])))
        case .averagePool(let pooling): try mean(node, pooling)
        case .globalAveragePool: try mean(node, axes: Array(2..<max(3, shape(node.inputs[0]).rank)))
        case .reduction(let reduction) where reduction.function == .mean: try mean(node, axes: reduction.axes)
        case .softmax(let axis):
            let (input, shape) = (try exact(node, 0), shape(node.inputs[0]))
            let place = axis < 0 ? axis + shape.rank : axis
            open(node, .softmax(input, CSourceWriter.pieces(shape, place..<place + 1)))
        case .concatenation(let axis): try join(node, axis)
        default: throw refusal(node, "in integers")
        }
    }

    private func handedOn(_ node: Node) throws(ExportError) -> Form {
        guard let form = forms[node.inputs[0]] else { throw refusal(node, "of constants") }
        return form
    }

    /// Elements that are moved, before or behind a quantizer.
    private mutating func move(_ node: Node) throws(ExportError) {
        let (from, to) = (shape(node.inputs[0]), shape(node.outputs[0]))
        guard let map = node.operation.elementMap(from: from, to: to) else { throw refusal(node, "but by the nearest element") }
        guard map.count > 0, map.tables.count(where: { $0 != [0] }) <= 8 else { throw refusal(node, "of so many axes") }
        switch try handedOn(node) {
        case .raw(let moves): forms[node.outputs[0]] = .raw(moves + [Move(map: map, count: to.count, node: node.name)])
        case .codes(let value, let code): forms[node.outputs[0]] = .codes(moved(value, map, to.count, node), code)
        case .exact(let value): forms[node.outputs[0]] = .exact(moved(value, map, to.count, node))
        case .open(let open): throw refusal(node, "of values that nothing quantizes, those of '\(open.node.name)'")
        }
    }

    mutating func moved(_ value: Int, _ map: ElementMap, _ count: Int, _ node: Node) -> Int {
        var map = map
        let from = result.values[value]
        map.fill = Float(Self.code(Double(map.fill), from.scale, from.zeroPoint))
        return add(.move(map), node, [value], count: count, scale: from.scale, zeroPoint: from.zeroPoint)
    }

    /// The code of a number, ties to even as QuantizeLinear has it.
    static func code(_ value: Double, _ scale: Float, _ zeroPoint: Int) -> Int {
        let quotient = (value / Double(scale)).rounded(.toNearestOrEven) + Double(zeroPoint)
        return Int(min(max(quotient.isNaN ? 0 : quotient, -128), 127))
    }

    mutating func open(_ node: Node, _ work: Open.Work) {
        forms[node.outputs[0]] = .open(Open(node: node, work: work, count: shape(node.outputs[0]).count))
    }

    private mutating func maximum(_ node: Node, _ pooling: Pooling) throws(ExportError) {
        let value = try exact(node, 0)
        let fields = try window(node, pooling)
        let from = result.values[value]
        forms[node.outputs[0]] = .exact(
            add(.maximum(window: fields), node, [value], count: shape(node.outputs[0]).count, scale: from.scale, zeroPoint: from.zeroPoint))
    }

    /// A window over all pixels.
    private static func whole(_ shape: Shape) -> Pooling {
        let sizes = Array(shape.dimensions.dropFirst(2))
        return Pooling(
            kernel: sizes, strides: sizes.map { _ in 1 }, pads: Array(repeating: 0, count: 2 * sizes.count), dilations: sizes.map { _ in 1 }
        )
    }

    private func window(_ node: Node, _ pooling: Pooling) throws(ExportError) -> [Int] {
        guard let fields = CSourceWriter.window(shape(node.inputs[0]), shape(node.outputs[0]), pooling, groups: 1) else {
            throw refusal(node, "over \(pooling.kernel.count) axes")
        }
        return fields
    }

    private mutating func mean(_ node: Node, _ pooling: Pooling) throws(ExportError) {
        let (value, fields) = (try exact(node, 0), try window(node, pooling))
        var counts = Set<Int>()
        IntegerWindow(fields).forEachPlace { counts.insert($0.count) }
        if pooling.countIncludesPadding {
            let full = pooling.kernel.reduce(1, *)
            guard !pooling.ceilMode || counts == [full] else { throw refusal(node, "with windows beyond the padding") }
            counts = [full]
        }
        open(node, .mean(value, window: fields, counts: counts))
    }

    private mutating func mean(_ node: Node, axes: [Int]) throws(ExportError) {
        let (value, shape) = (try exact(node, 0), shape(node.inputs[0]))
        let range = (axes.min() ?? 0)..<(axes.max() ?? shape.rank - 1) + 1
        guard axes.isEmpty || range.allSatisfy({ axes.contains($0) || shape[$0] == 1 }) else {
            throw refusal(node, "over axes that are no neighbours")
        }
        open(node, .meanOver(value, CSourceWriter.pieces(shape, range)))
    }

    private mutating func join(_ node: Node, _ axis: Int) throws(ExportError) {
        let shape = shape(node.outputs[0])
        let rows = shape.dimensions[..<(axis < 0 ? axis + shape.rank : axis)].reduce(1, *)
        var inputs: [Int] = []
        for position in node.inputs.indices { inputs.append(try exact(node, position)) }
        open(node, .rows(inputs, rows: rows, lengths: inputs.map { result.values[$0].count / max(1, rows) }))
    }
}
