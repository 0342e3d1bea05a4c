import Networks
import Tensors

extension GraphReader {
    /// Scaler: (x − offset) · scale, one number for each column or for all.
    mutating func lowerScaler(_ node: LoweredNode) throws(NodeProblem) {
        let attributes = try node.attributes()
        var value = try floats(of: node)
        let columns = shape(of: value)?.dimensions.last
        let parts = [("Sub", "offset"), ("Mul", "scale")]
        var settings: [(type: String, name: String, numbers: [Float])] = []
        for (type, name) in parts {
            guard let numbers = try attributes.floats(name), !numbers.isEmpty else { continue }
            guard numbers.count == 1 || numbers.count == columns else {
                throw .malformed(expected: "one \(name) for each of \(columns ?? 0) columns", actual: "\(numbers.count)")
            }
            settings.append((type, name, numbers))
        }
        guard let last = settings.last else { return try emitCopy(of: value, node) }
        for setting in settings {
            let constant = emit(Tensor(shape: [setting.numbers.count], floats: setting.numbers), setting.name, after: node)
            let isLast = setting.name == last.name
            value = try emit(setting.type, [value, constant], to: isLast ? node.output : nil, after: node, isMain: isLast)
        }
    }

    /// LinearRegressor: x · coefficientsᵀ + intercepts.
    mutating func lowerRegressor(_ node: LoweredNode) throws(NodeProblem) {
        let attributes = try node.attributes()
        let coefficients = try attributes.floats("coefficients") ?? []
        let targets = try attributes.int("targets", 1)
        switch try attributes.text("post_transform", "NONE") {
        case "NONE": try product(coefficients, rows: targets, to: node.output, node)
        case "LOGISTIC": try emit("Sigmoid", [product(coefficients, rows: targets, to: nil, node)], to: node.output, after: node)
        case "SOFTMAX":
            let values = try product(coefficients, rows: targets, to: nil, node)
            try emit("Softmax", [values], [.integer("axis", 1)], to: node.output, after: node)
        case let other: throw .unsupported("Pare has no \(quoted(other)) of what it computes")
        }
    }

    /// LinearClassifier: the same for each class, or for the second of two; the class with the largest score is the first output, the scores, transformed, are
    /// the second.
    mutating func lowerClassifier(_ node: LoweredNode) throws(NodeProblem) {
        let attributes = try node.attributes()
        let names = try attributes.texts("classlabels_strings") ?? []
        let numbers = try attributes.ints("classlabels_ints") ?? []
        let coefficients = try attributes.floats("coefficients") ?? []
        let transform = try attributes.text("post_transform", "NONE")
        let scores = node.proto.output.count > 1 && !node.proto.output[1].isEmpty ? node.proto.output[1] : nil
        guard ["NONE", "LOGISTIC", "SOFTMAX"].contains(transform) else {
            throw .unsupported("Pare has no \(quoted(transform)) of its scores")
        }
        guard let features = shape(of: node.input(0))?.dimensions.last, features > 0 else {
            throw .unsupported("it depends on a shape that is not known")
        }
        let classes = max(names.count, numbers.count)
        let isOfTwo = classes == 2 && coefficients.count == features
        let sums = try product(
            coefficients, rows: isOfTwo ? 1 : classes, to: transform == "NONE" && !isOfTwo ? scores : nil, node)
        let ranked = try isOfTwo ? pair(of: sums, node) : sums
        if let scores {
            switch (transform, isOfTwo) {
            case ("LOGISTIC", true): try emit("Softmax", [ranked], [.integer("axis", 1)], to: scores, after: node)
            case ("LOGISTIC", false): try emit("Sigmoid", [sums], to: scores, after: node)
            case ("SOFTMAX", false): try emit("Softmax", [sums], [.integer("axis", 1)], to: scores, after: node)
            case (_, true):
                // ONNX Runtime leaves these as they are.
                let one = emit(Tensor(shape: [], floats: [1]), "one", after: node)
                let other = try emit("Sub", [one, sums], to: freshValue("\(node.output)_other"), after: node)
                try emit("Concat", [other, sums], [.integer("axis", 1)], to: scores, after: node)
            default: break
            }
        }
        if readValues.contains(node.output) { try lowerLabel(of: ranked, numbers, names, node) }
    }

    /// [N, columns] → [N, rows].
    @discardableResult
    private mutating func product(
        _ coefficients: [Float], rows: Int, to output: String?, _ node: LoweredNode
    ) throws(NodeProblem) -> String {
        let x = try floats(of: node)
        guard let shape = shape(of: x), shape.rank == 2, shape[1] > 0 else { throw .unsupported("it depends on a shape that is not known") }
        guard rows > 0, coefficients.count == rows * shape[1] else {
            throw .malformed(expected: "\(rows) · \(shape[1]) coefficients", actual: "\(coefficients.count)")
        }
        let intercepts = try node.attributes().floats("intercepts") ?? []
        guard intercepts.isEmpty || intercepts.count == rows else {
            throw .malformed(expected: "\(rows) intercepts", actual: "\(intercepts.count)")
        }
        var inputs = [x, emit(Tensor(shape: [rows, shape[1]], floats: coefficients), "coefficients", after: node)]
        if !intercepts.isEmpty { inputs.append(emit(Tensor(shape: [rows], floats: intercepts), "intercepts", after: node)) }
        return try emit("Gemm", inputs, [.integer("transB", 1)], to: output, after: node, isMain: true)
    }

    /// The name of the class with the largest score: its number where classes are numbered from 0, else what is written again as it can't be run.
    private mutating func lowerLabel(of scores: String, _ numbers: [Int], _ names: [String], _ node: LoweredNode) throws(NodeProblem) {
        let isPlace = names.isEmpty && numbers == Array(0..<numbers.count)
        let settings: [ONNXAttributeProto] = [.integer("axis", 1), .integer("keepdims", 0)]
        let place = try emit("ArgMax", [scores], settings, to: isPlace ? node.output : nil, after: node)
        guard !isPlace else { return }
        var table = ""
        if names.isEmpty {
            table = emit(Tensor(wholeNumbers: numbers), "classes", after: node)
        } else {
            table = freshValue("\(node.output)_classes")
            var list = ONNXAttributeProto()
            (list.name, list.type, list.strings) = ("value_strings", 8, names.map { .init($0.utf8) })
            try keep("Constant", [], [list], to: table, "it holds text", node)
        }
        try keep("Gather", [table, place], [], to: node.output, "it looks the name of a class up", node)
    }

    /// A node that isn't run.
    private mutating func keep(
        _ type: String, _ inputs: [String], _ attributes: [ONNXAttributeProto], to output: String, _ reason: String, _ node: LoweredNode
    ) throws(NodeProblem) {
        var proto = ONNXNodeProto()
        (proto.opType, proto.name, proto.input, proto.attribute) = (type, "\(node.proto.name)_\(type)", inputs, attributes)
        proto.output = [output]
        do throws(FormatError) { try addUnsupported(proto, reason) } catch {
            throw .malformed(expected: error.expected, actual: error.actual)
        }
    }

    /// ArrayFeatureExtractor: columns, by constant places.
    mutating func lowerExtractor(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(2)
        guard let places = constant(node.input(1))?.wholeNumbers, let shape = shape(of: node.input(0)), shape.rank > 1 else {
            throw .unsupported("Pare has no ArrayFeatureExtractor by numbers that the graph computes")
        }
        let columns = emit(Tensor(wholeNumbers: places), "places", after: node)
        try emit("Gather", [node.input(0), columns], [.integer("axis", -1)], to: node.output, after: node, isMain: true)
    }

    /// The first input as float32, which these operators compute in.
    func isOfFloats(_ value: String) -> Bool {
        let type = graph.input.first { $0.name == value }?.type.tensorType.elemType
        return type.map { $0 == 0 || TensorReader.elementTypes[$0]?.isFraction == true } ?? true
    }

    mutating func floats(of node: LoweredNode) throws(NodeProblem) -> String {
        let value = node.input(0)
        return isOfFloats(value) ? value : try emit("Cast", [value], [.integer("to", 1)], after: node)
    }

    mutating func emitCopy(of value: String, _ node: LoweredNode) throws(NodeProblem) {
        try emit("Identity", [value], to: node.output, after: node, isMain: true)
    }
}
