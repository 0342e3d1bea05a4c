import Tensors

/// Another output of the network as its logits, and of the graph only what that output needs; a Softmax over its classes at the very end is left out, as
/// where a file is read.
public struct ChosenOutput: NetworkEdit {
    public var name: String

    /// Why an output can't be chosen.
    public enum Failure: Error, Hashable, Sendable {
        /// There is none of that name; those that there are.
        case unknown(name: String, outputs: [String])
    }

    public func apply(to network: inout Network, _ index: GraphIndex) throws(Failure) {
        let outputs = network.outputs.map(\.name)
        guard outputs.contains(name) else { throw .unknown(name: name, outputs: outputs) }
        let shapes = try? network.shapes(batch: 1)
        let isFirst = name == network.output
        var chosen = network.applying(.onlyNeeded(for: name))
        if !isFirst {
            chosen.ending = []
            chosen = chosen.applying(.withoutFinalSoftmax(shapes))
        }
        network = chosen
    }
}

extension NetworkEdit where Self == ChosenOutput {
    public static func output(named name: String) -> Self { Self(name: name) }
}
