import Networks
import Tensors

extension GraphReader {
    /// MatMulNBits: a [.., K] times weights [N, K] of few bits, each block of a row with a scale and a zero point of its own.
    ///
    /// The codes lie in bytes [N, blocks, block · bits / 8], the first in the lowest bits; zero points in bytes by row, else they are the middle code.
    mutating func lowerBlockProduct(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(3)
        try needConstants(node.proto, 1...2)
        let attributes = try node.attributes()
        let layout = BlockLayout(
            rows: try attributes.int("N", 0), columns: try attributes.int("K", 0), bits: try attributes.int("bits", 4),
            block: try attributes.int("block_size", 0))
        guard (2...8).contains(layout.bits), layout.bits != 7, layout.rows > 0, layout.columns > 0, (16...1 << 20).contains(layout.block),
            layout.block & (layout.block - 1) == 0
        else {
            throw .malformed(
                expected: "N and K above 0, 2…8 bits and blocks of 16, 32…",
                actual: "N \(layout.rows), K \(layout.columns), \(layout.bits) bits, blocks of \(layout.block)")
        }
        guard [2, 4, 8].contains(layout.bits) else { throw .unsupported("its codes have \(layout.bits) bits") }
        guard node.input(4).isEmpty else { throw .unsupported("its groups are listed (g_idx)") }
        let weights = try blockWeights(node, layout)
        let name = freshValue(node.input(1).hasSuffix("_Q\(layout.bits)") ? String(node.input(1).dropLast(3)) : "\(node.input(1))_float")
        constants[name] = weights.values
        origins[name] = weights.origin
        try product(node, name, [node.input(5)], columns: layout.columns, rows: layout.rows)
    }

    /// A product with weights [K, M] that have a scale for each block of a column, as one with their rows. False for all others.
    mutating func readColumnBlocks(_ proto: ONNXNodeProto) throws(NodeProblem) -> Bool {
        guard isOwn(proto.domain), ["MatMul", "Gemm"].contains(proto.opType), proto.input.count > 1,
            let blocks = columnBlocks[proto.input[1]],
            let stored = constant(proto.input[1]), var origin = origins[proto.input[1]]
        else { return false }
        let (node, attributes, name) = (LoweredNode(proto), try NodeAttributes(proto), proto.input[1])
        guard try attributes.int("transB", 0) == 0, constant(proto.input[0]) == nil else { return false }
        let (rows, columns) = (stored.shape[1], stored.shape[0])
        let turned = try emit("Transpose", [name], [.integers("perm", [1, 0])], after: node)
        origin.steps = BlockScales.even(blocks.turned, rows: rows, columns: columns, block: blocks.block)
        var weights = turned
        // Where nothing else reads them, they keep their name.
        if integerProducts.readers[name]?.count == 1 { (weights, constants[name]) = (name, constants[turned]) }
        origins[weights] = origin
        columnBlocks[name] = nil
        if proto.opType == "MatMul" {
            try product(node, weights, [], columns: columns, rows: rows)
        } else {
            let inputs = [proto.input[0], weights] + proto.input.dropFirst(2)
            try emit(
                "Gemm", inputs, node.kept("alpha", "beta", "transA") + [.integer("transB", 1)], to: node.output, after: node, isMain: true)
        }
        return true
    }

    /// a · wᵀ + bias; of more axes than two as rows.
    private mutating func product(
        _ node: LoweredNode, _ weights: String, _ bias: [String], columns: Int, rows: Int
    ) throws(NodeProblem) {
        guard let shape = shapes[node.input(0)], shape.rank >= 2, shape[shape.rank - 1] == columns else {
            let found = shape(of: node.input(0)).map { "[\($0)]" } ?? "a shape that is not known"
            throw .unsupported("it reads \(found), not rows of \(columns)")
        }
        let inputs = ([weights] + bias).filter { !$0.isEmpty }
        let settings: [ONNXAttributeProto] = [.integer("transB", 1)]
        guard shape.rank > 2 else {
            try emit("Gemm", [node.input(0)] + inputs, settings, to: node.output, after: node, isMain: true)
            return
        }
        let flat = emit(Tensor(wholeNumbers: [-1, columns]), "rows", after: node)
        let flattened = try emit("Reshape", [node.input(0), flat], after: node)
        let made = try emit("Gemm", [flattened] + inputs, settings, after: node, isMain: true)
        var dimensions = shape.dimensions
        dimensions[shape.rank - 1] = rows
        if whole == nil, let axis = batchAxis(of: node.input(0)) { dimensions[axis] = -1 }
        let target = emit(Tensor(wholeNumbers: dimensions), "shape", after: node)
        try emit("Reshape", [made, target], to: node.output, after: node)
    }

    private mutating func blockWeights(
        _ node: LoweredNode, _ layout: BlockLayout
    ) throws(NodeProblem) -> (values: Tensor, origin: IntegerOrigin) {
        guard let codes = constant(node.input(1)), let scales = constant(node.input(2)) else {
            throw .unsupported("its weights are computed by the graph")
        }
        guard codes.elementType == .uint8, codes.count == layout.byteCount else {
            throw .mismatch(expected: "\(layout.byteCount) bytes of codes", actual: "[\(codes.shape)] of \(codes.elementType)")
        }
        guard scales.count == layout.rows * layout.blocks, [.float32, .float16, .bfloat16].contains(scales.elementType) else {
            throw .mismatch(expected: "\(layout.rows * layout.blocks) scales", actual: "[\(scales.shape)] of \(scales.elementType)")
        }
        guard hasRoom(for: 4 * layout.rows * layout.columns) else {
            throw .limit(expected: "at most 16 times the file's bytes computed from constants", actual: "more")
        }
        let (zeros, steps) = (try zeroPoints(node, layout), scales.floats)
        let (bytes, perBlock) = (codes.bytes, layout.block * layout.bits / 8)
        let values = Tensor(shape: [layout.rows, layout.columns]) { values in
            for row in 0..<layout.rows {
                for column in 0..<layout.columns {
                    let place = row * layout.blocks + column / layout.block
                    let code = layout.code(column % layout.block, in: bytes[(place * perBlock)..<((place + 1) * perBlock)])
                    values[row * layout.columns + column] = (Float(code) - zeros[place]) * steps[place] + 0
                }
            }
        }
        let isWhole = zeros.allSatisfy { $0 == $0.rounded() }
        let pieces = isWhole ? BlockScales.even(steps, rows: layout.rows, columns: layout.columns, block: layout.block) : []
        return (values, IntegerOrigin(type: "uint\(layout.bits)", bits: layout.bits, scales: steps.count, steps: pieces))
    }

    /// One for each block, row by row.
    private func zeroPoints(_ node: LoweredNode, _ layout: BlockLayout) throws(NodeProblem) -> [Float] {
        let count = layout.rows * layout.blocks
        guard !node.input(3).isEmpty else { return [Float](repeating: Float(1 << (layout.bits - 1)), count: count) }
        guard let stored = constant(node.input(3)) else { throw .unsupported("its zero points are computed by the graph") }
        if stored.elementType.isFraction, stored.count == count { return stored.floats }
        let perRow = (layout.blocks * layout.bits + 7) / 8
        guard stored.elementType == .uint8, stored.count == layout.rows * perRow else {
            throw .mismatch(expected: "\(layout.rows * perRow) bytes of zero points", actual: "[\(stored.shape)] of \(stored.elementType)")
        }
        return (0..<count).map { place in
            let row = place / layout.blocks
            return Float(layout.code(place % layout.blocks, in: stored.bytes[(row * perRow)..<((row + 1) * perRow)]))
        }
    }
}

/// Where the codes of MatMulNBits lie.
private struct BlockLayout {
    var rows: Int
    var columns: Int
    /// Of a code: 2, 4 or 8.
    var bits: Int
    /// Codes of a row with one scale.
    var block: Int

    var blocks: Int { (columns + block - 1) / block }
    var byteCount: Int { rows * blocks * block * bits / 8 }

    /// The code at `place`, the first in the lowest bits.
    func code(_ place: Int, in bytes: Swift.Slice<UnsafeRawBufferPointer>) -> UInt8 {
        bytes[bytes.startIndex + place * bits / 8] >> UInt8(place * bits % 8) & UInt8((1 << bits) - 1)
    }
}
