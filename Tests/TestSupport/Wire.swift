/// Writes protobuf messages by hand, right or wrong ones, so that the reader's schema is not tested with itself.
package struct Wire {
    package var bytes: [UInt8]

    package init(bytes: [UInt8] = []) { self.bytes = bytes }

    package static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    package func number(_ field: UInt64, _ value: Int) -> Wire {
        Wire(bytes: bytes + Self.varint(field << 3) + Self.varint(UInt64(bitPattern: Int64(value))))
    }

    package func float(_ field: UInt64, _ value: Float) -> Wire {
        let bits = value.bitPattern
        return Wire(bytes: bytes + Self.varint(field << 3 | 5) + (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) })
    }

    package func block(_ field: UInt64, _ content: [UInt8]) -> Wire {
        Wire(bytes: bytes + Self.varint(field << 3 | 2) + Self.varint(UInt64(content.count)) + content)
    }

    package func text(_ field: UInt64, _ text: String) -> Wire { block(field, Array(text.utf8)) }
    package func message(_ field: UInt64, _ message: Wire) -> Wire { block(field, message.bytes) }
    package func messages(_ field: UInt64, _ messages: [Wire]) -> Wire { messages.reduce(self) { $0.message(field, $1) } }
}

/// ONNX messages for tests; field numbers from the standard.
package enum Onnx {
    package static func model(_ graph: Wire, version: Int = 18) -> [UInt8] {
        Wire().number(1, 8).message(7, graph).message(8, Wire().text(1, "").number(2, version)).bytes
    }

    package static func graph(
        _ nodes: [Wire], _ initializers: [Wire] = [], input: [Int?] = [nil, 1, 8, 8], inputName: String = "x", output: String = "y"
    ) -> Wire {
        Wire().messages(1, nodes).text(2, "g").messages(5, initializers).message(11, value(inputName, input))
            .message(12, Wire().text(1, output))
    }

    package static func value(_ name: String, _ dimensions: [Int?]) -> Wire {
        let shape = Wire().messages(1, dimensions.map { $0.map { Wire().number(1, $0) } ?? Wire().text(2, "N") })
        return Wire().text(1, name).message(2, Wire().message(1, Wire().number(1, 1).message(2, shape)))
    }

    package static func node(
        _ type: String, _ inputs: [String], _ output: String, _ attributes: [Wire] = [], name: String = "", domain: String = ""
    ) -> Wire {
        let values = inputs.reduce(Wire()) { $0.text(1, $1) }.text(2, output)
        return values.text(3, name).text(4, type).messages(5, attributes).text(7, domain)
    }

    package static func ints(_ name: String, _ values: [Int]) -> Wire {
        Wire().text(1, name).number(20, 7).block(8, values.flatMap { Wire.varint(UInt64(bitPattern: Int64($0))) })
    }
    package static func int(_ name: String, _ value: Int) -> Wire { Wire().text(1, name).number(20, 2).number(3, value) }
    package static func text(_ name: String, _ value: String) -> Wire { Wire().text(1, name).number(20, 3).text(4, value) }
    package static func float(_ name: String, _ value: Float) -> Wire { Wire().text(1, name).number(20, 1).float(2, value) }

    package static func tensor(_ name: String, _ dimensions: [Int], type: Int = 1, raw: [UInt8]) -> Wire {
        dimensions.reduce(Wire()) { $0.number(1, $1) }.number(2, type).text(8, name).block(9, raw)
    }

    package static func floats(_ name: String, _ dimensions: [Int], _ value: (Int) -> Float = { Float($0) / 8 }) -> Wire {
        tensor(name, dimensions, raw: bytes((0..<dimensions.reduce(1, *)).map(value)))
    }

    package static func longs(_ name: String, _ values: [Int]) -> Wire {
        let raw = values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        return tensor(name, [values.count], type: 7, raw: raw)
    }

    package static func bytes(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    }

    /// Every supported operator once: [N, 1, 8, 8] → [N, 3].
    package static let everything = model(
        graph(
            [
                node("Conv", ["x", "w1", "b1"], "a", [text("auto_pad", "SAME_UPPER"), ints("kernel_shape", [3, 3])], name: "conv"),
                node("BatchNormalization", ["a", "s", "t", "m", "v"], "b", [float("epsilon", 1e-3)]),
                node("Relu", ["b"], "c"), node("MaxPool", ["c"], "d", [ints("kernel_shape", [2, 2]), ints("strides", [2, 2])]),
                node("AveragePool", ["c"], "e", [ints("kernel_shape", [2, 2]), ints("strides", [2, 2]), int("count_include_pad", 1)]),
                node("Concat", ["d", "e"], "f", [int("axis", -3)]), node("Dropout", ["f"], "g"), node("Identity", ["g"], "h"),
                node("GlobalAveragePool", ["h"], "i"), node("Flatten", ["i"], "j"),
                node("Constant", [], "k", [Wire().text(1, "value").number(20, 4).message(5, longs("", [0, 4]))]),
                node("Reshape", ["j", "k"], "l"), node("MatMul", ["l", "w2"], "o"), node("Add", ["o", "b2"], "p"),
                node("Gemm", ["p", "w3", "b3"], "q", [int("transB", 1)], name: "last"), node("Softmax", ["q"], "y"),
            ],
            [
                floats("w1", [2, 1, 3, 3]), floats("b1", [2]), floats("s", [2]), floats("t", [2]), floats("m", [2]),
                floats("v", [2]) { _ in 1 }, floats("w2", [4, 5]), floats("b2", [5]), floats("w3", [3, 5]), floats("b3", [3]),
            ]))
}
