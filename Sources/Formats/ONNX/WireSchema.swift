/// The messages of the schema, and what the walker does with each of their fields.
///
/// A graph contains itself, as a branch: model → graph → node → attribute → graph → …; ``WireLimits/depth`` bounds how deep a walk goes.
enum WireMessage: String {
    case model, operatorSet, graph, function, node, attribute, tensor, sparse, entry, value, type, tensorType, shape, dimension

    enum Field {
        /// Of no interest: skipped, however large.
        case skipped
        /// Numbers, alone or packed.
        case number
        /// UTF-8.
        case text
        case bytes
        /// Packed floats, packed doubles or `raw_data`, as large as the weights: replaced by their place in the file.
        case weights
        case message(WireMessage)
    }

    func field(_ number: UInt64) -> Field {
        switch self {
        case .model: Self.modelFields[number] ?? .skipped
        case .graph: Self.graphFields[number] ?? .skipped
        case .node: Self.nodeFields[number] ?? .skipped
        case .attribute: Self.attributeFields[number] ?? .skipped
        case .tensor: Self.tensorFields[number] ?? .skipped
        default: Self.smallFields[self]?[number] ?? .skipped
        }
    }

    private static let modelFields: [UInt64: Field] = [
        1: .number, 2: .text, 3: .text, 7: .message(.graph), 8: .message(.operatorSet), 25: .message(.function),
    ]
    private static let graphFields: [UInt64: Field] = [
        1: .message(.node), 2: .text, 5: .message(.tensor), 11: .message(.value), 12: .message(.value), 15: .message(.sparse),
    ]
    private static let nodeFields: [UInt64: Field] = [
        1: .text, 2: .text, 3: .text, 4: .text, 5: .message(.attribute), 7: .text, 8: .text,
    ]
    private static let attributeFields: [UInt64: Field] = [
        1: .text, 2: .number, 3: .number, 4: .bytes, 5: .message(.tensor), 6: .message(.graph), 7: .number, 8: .number, 9: .bytes,
        10: .bytes, 11: .message(.graph), 14: .bytes, 15: .bytes, 20: .number, 21: .text, 22: .message(.sparse), 23: .bytes,
    ]
    private static let tensorFields: [UInt64: Field] = [
        1: .number, 2: .number, 4: .weights, 5: .number, 6: .bytes, 7: .number, 8: .text, 9: .weights, 10: .weights, 11: .number,
        13: .message(.entry), 14: .number,
    ]
    private static let smallFields: [WireMessage: [UInt64: Field]] = [
        .sparse: [1: .message(.tensor), 2: .message(.tensor), 3: .number],
        .operatorSet: [1: .text, 2: .number],
        .function: [
            1: .text, 4: .text, 5: .text, 6: .text, 7: .message(.node), 9: .message(.operatorSet), 10: .text, 11: .message(.attribute),
            13: .text,
        ],
        .entry: [1: .text, 2: .text],
        .value: [1: .text, 2: .message(.type)],
        .type: [1: .message(.tensorType), 4: .bytes, 5: .bytes, 8: .bytes, 9: .bytes],
        .tensorType: [1: .number, 2: .message(.shape)],
        .shape: [1: .message(.dimension)],
        .dimension: [1: .number, 2: .text],
    ]
}

/// What an ONNX file may contain beside its weights: far above any real network, far below what hurts.
struct WireLimits: Sendable {
    /// Messages, texts and byte strings together; each costs up to 125 bytes of memory when it is decoded.
    var items = 1_000_000
    /// Bytes of everything but float, double and raw tensor data; decoding makes at most 8 times as many of them.
    var structureByteCount = 64 << 20
    /// Messages in each other: branches thirty deep.
    var depth = 96
    /// Messages in each other, each of which is copied once more: what lies deeper counts as often.
    var freeDepth = 12
}
