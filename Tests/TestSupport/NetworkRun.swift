import Networks
import Tensors

/// A network run node by node by the reference kernels, as its definition reads: no stages, nothing joined, nothing left out.
public struct NetworkRun {
    /// All values and parameters by name.
    public private(set) var values: [String: ReferenceTensor]
    private let network: Network

    /// What a node makes in the place of what its operation gives; nil for that.
    public typealias Change = (_ node: Node, _ inputs: [ReferenceTensor?], _ made: ReferenceTensor) -> ReferenceTensor?

    /// Throws where shapes do not fit. Precondition: every node can be run.
    public init(_ network: Network, input: [Float], batch: Int, changing change: Change = { _, _, _ in nil }) throws(ShapeError) {
        self.network = network
        let shapes = try network.shapes(batch: batch)
        values = network.parameters.reduce(into: [:]) { $0[$1.key] = ReferenceTensor($1.value.values) }
        values[network.input] = ReferenceTensor(shape: Shape([batch] + network.inputShape.dimensions), values: input)
        for node in network.nodes {
            let inputs = node.inputs.map { values[$0] }
            guard let name = node.outputs.first, let shape = shapes[name],
                let made = ReferenceKernels.evaluate(node.operation, inputs, to: shape)
            else { preconditionFailure("\(node) can't be run") }
            values[name] = change(node, inputs, made) ?? made
        }
    }

    /// The network's logits.
    public var logits: [Float] { values[network.logits().value]?.values ?? [] }

    /// The network's output.
    public var output: [Float] { values[network.output]?.values ?? [] }

    /// Seeded standard normal inputs of a batch.
    public static func input(of network: Network, batch: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<batch * network.inputShape.count).map { _ in Float(generator.normal()) }
    }
}

extension NetworkRun {
    /// How far logits may be from those of the same network computed in another order, as a part of the largest expected magnitude (at least 1).
    ///
    /// Sums of at most 300 products are off by 6e-8 · √300 of their terms' size, and some twenty nodes follow one another.
    public static let tolerance: Float = 2e-5

    /// The largest difference as a part of the largest expected magnitude, which counts as 1 at least; infinite where something is NaN.
    public static func difference(_ found: [Float], _ expected: [Float]) -> Float {
        guard found.count == expected.count else { return .infinity }
        let scale = expected.reduce(1) { max($0, abs($1)) }
        return zip(found, expected).reduce(0) { $1.0.isNaN || $1.1.isNaN ? .infinity : max($0, abs($1.0 - $1.1)) } / scale
    }
}
