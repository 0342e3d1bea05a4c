import Networks
import Tensors

extension GraphReader {
    /// Whether trained floats of the file are read by more than one node.
    func isShared(_ name: String) -> Bool {
        guard let tensor = constant(name), tensor.elementType.isFraction, tensor.shape.rank == 2, isNetwork else { return false }
        return (readCounts[aliases[name] ?? name] ?? 0) > 1
    }

    /// A Gemm of weights that are others transposed, as one of these.
    func tied(_ proto: ONNXNodeProto, _ operation: Operation) -> (proto: ONNXNodeProto, operation: Operation) {
        guard case .gemm(var gemm) = operation, proto.input.count > 1, let source = transposed[proto.input[1]] else {
            return (proto, operation)
        }
        var proto = proto
        proto.input[1] = source
        gemm.transposeB.toggle()
        return (proto, .gemm(gemm))
    }

    /// Adds a product by weights that are others transposed (tied embeddings) as a Gemm of these, so that they are one parameter, between two Reshapes
    /// where there are several rows an example. False for all others.
    mutating func readTiedProduct(_ proto: ONNXNodeProto) throws(NodeProblem) -> Bool {
        guard proto.input.count == 2, let source = transposed[proto.input[1]], constant(proto.input[0]) == nil,
            let shape = shapes[proto.input[0]], shape.rank >= 2, let columns = constant(source)?.shape[0], let output = proto.output.first,
            constant(source)?.shape[1] == shape.dimensions.last
        else { return false }
        let (data, gemm) = (aliases[proto.input[0]] ?? proto.input[0], Operation.gemm(Gemm(transposeB: true)))
        guard shape.rank > 2 else {
            try append(Node(name: "", operation: gemm, inputs: [data, source], outputs: [output]), proto)
            return true
        }
        guard shape[0] == batch, whole == nil, let width = shape.dimensions.last else { return false }
        let (rows, products) = (freshValue("\(output)_rows"), freshValue("\(output)_products"))
        func part(_ kind: String) -> ONNXNodeProto {
            var part = proto
            part.name = (proto.name.isEmpty ? output : proto.name) + "_" + kind
            return part
        }
        let flat = [-1, width]
        let full = [-1] + Array(shape.dimensions.dropFirst().dropLast()) + [columns]
        try append(
            Node(name: "", operation: .reshape(dimensions: flat, allowZero: false), inputs: [data], outputs: [rows]), part("rows"))
        try append(Node(name: "", operation: gemm, inputs: [rows, source], outputs: [products]), proto)
        try append(
            Node(name: "", operation: .reshape(dimensions: full, allowZero: false), inputs: [products], outputs: [output]), part("products")
        )
        return true
    }
}
