import Compression
import Foundation
import Networks
import Tensors

/// Makes integers of a network whose activations are quantized: by QuantizeLinear and DequantizeLinear, or by a plan up to a clip.
///
/// A layer, a sum or a function stays open until what quantizes it says the scale; then it becomes one step, a Relu or Clip between them its range.
/// What only hands values on or picks them (reshapes, moves, maxima) works on codes.
struct IntegerReader {
    /// What is known of a value of the graph.
    enum Form {
        /// The network's input, moved about, before anything quantizes it.
        case raw([Move])
        /// The codes that a value of the result has, as numbers.
        case codes(Int, LinearCode)
        /// The numbers that these codes stand for.
        case exact(Int)
        case open(Open)
    }

    struct Move {
        var map: ElementMap?
        var count: Int
        var node: String
    }

    /// A result that nothing has quantized yet.
    struct Open {
        enum Work {
            case layer(IntegerReader.Product)
            case sum(Int, Int, IntegerSteps, isDifference: Bool), product(Int, Int, IntegerSteps)
            case scaling(Int, IntegerSteps, IntegerReader.Terms)
            case function(Int), mean(Int, window: [Int], counts: Set<Int>), meanOver(Int, [Int]), softmax(Int, [Int])
            case rows([Int], rows: Int, lengths: [Int])
        }

        var node: Node
        var work: Work
        var count: Int
        /// What follows, as functions of one number; of a layer, sum or mean only its bounds.
        var functions: [@Sendable (Double) -> Double] = []
        var bounds: ClosedRange<Double> = -Double.infinity...Double.infinity
    }

    /// What each constant makes of a number x: x · factor + offset.
    struct Terms {
        var factors: [Double]
        var offsets: [Double]
        /// The factor of numbers from 0 on, where it is another.
        var positive: Double?
    }

    /// A layer that waits for the scale of its results.
    struct Product {
        var input: Int
        var form: IntegerLayer.Form
        var weights: [Int8]
        /// One, or one for each filter or unit.
        var scales: [Float]
        var bias: [Float]
        var name: String
    }

    let applied: Applied
    /// The levels that a plan gave weights, by parameter.
    let stored: [String: StoredWeights]
    let network: Network
    let shapes: [String: Shape]
    var result = IntegerNetwork()
    var forms: [String: Form] = [:]

    /// Whether values between the layers are quantized, so that integers can be tried.
    static func isMeant(for applied: Applied) -> Bool {
        applied.network.nodes.contains { node in
            switch node.operation {
            case .quantizeLinear, .dequantizeLinear: true
            case .activation(let quantizer): if case .clipped = quantizer.kind { true } else { false }
            default: false
            }
        }
    }

    static func read(_ applied: Applied, card: ModelCard? = nil) throws(ExportError) -> IntegerNetwork {
        var reader = try IntegerReader(applied)
        if let input = card?.input { reader.quantizeInput(input) }
        return try reader.finished()
    }

    private init(_ applied: Applied) throws(ExportError) {
        self.applied = applied
        stored = applied.stored
        let whole = applied.network.ended
        network = whole.applying(.onlyNeeded(for: whole.output))
        shapes = try CSourceWriter.shapes(of: network)
        forms[network.input] = .raw([])
        result.inputShape = network.inputShape
        // Place 0 is the input's, whose scale the first quantizer says.
        result.values = [IntegerNetwork.Value(count: network.inputShape.count, scale: 0, zeroPoint: 0)]
    }

    private mutating func finished() throws(ExportError) -> IntegerNetwork {
        for node in network.nodes {
            if try endsOpen(node) { break }
            try read(node)
        }
        let ending = result.leftOut == nil ? network.output : applied.network.output
        result.outputShape = shapes[ending] ?? []
        switch forms[ending] {
        case .codes(let value, _), .exact(let value): result.output = value
        case .open(let open): try endWide(open)
        case .raw, nil: throw refusal(network.nodes.last, "alone")
        }
        return result
    }

    /// Whether the node is a Softmax that ends the file behind sums that nothing quantizes: it is left out, and said so.
    private mutating func endsOpen(_ node: Node) throws(ExportError) -> Bool {
        guard !applied.network.ending.isEmpty, case .softmax = node.operation, node.outputs.first == network.output,
            case .open = forms[node.inputs[0]]
        else { return false }
        result.leftOut = node.operation.name
        return true
    }

    func refusal(_ node: Node?, _ reason: String) -> ExportError {
        .operatorWithoutC(node: node?.name ?? network.name, operation: node?.operation.name ?? "network", reason: reason)
    }

    func shape(_ value: String) -> Shape { shapes[value] ?? [] }

    /// A new value; its number.
    mutating func add(count: Int, scale: Float, zeroPoint: Int) -> Int {
        result.values.append(IntegerNetwork.Value(count: count, scale: scale, zeroPoint: zeroPoint))
        return result.values.count - 1
    }

    /// A new value that a step makes of others.
    mutating func add(
        _ operation: IntegerOperation, _ node: Node, _ inputs: [Int], count: Int, scale: Float, zeroPoint: Int
    ) -> Int {
        let output = add(count: count, scale: scale, zeroPoint: zeroPoint)
        result.steps.append(IntegerNetwork.Step(node: node.name, operation: operation, inputs: inputs, output: output))
        return output
    }

    /// The number of a value whose numbers are those of codes.
    func exact(_ node: Node, _ position: Int) throws(ExportError) -> Int {
        let name = node.inputs[position]
        switch forms[name] {
        case .exact(let value): return value
        case .codes: throw refusal(node, "of codes")
        case .open(let open): throw refusal(node, "of values that nothing quantizes, those of '\(open.node.name)'")
        case .raw: throw refusal(node, "of the network's input, which nothing quantizes")
        case nil: throw refusal(node, "of the constant '\(name)'")
        }
    }
}
