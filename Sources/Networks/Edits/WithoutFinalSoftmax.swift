import Tensors

/// The logits as output instead of probabilities: a Softmax or LogSoftmax over the classes at the very end is left out, and what only hands it on,
/// unless something else reads one of these values; ``Network/ending`` has it.
public struct WithoutFinalSoftmax: NetworkEdit {
    /// Shapes as far as they are known; without them any rank is taken for [N, classes].
    public var shapes: [String: Shape]?

    public func apply(to network: inout Network, _ index: GraphIndex) {
        let logits = network.logits(shapes)
        let dropped = Set(logits.behind)
        let values = dropped.flatMap { network.nodes[$0].outputs }
        let isRead = values.contains { value in
            index.readCount(of: value) > index.readers(of: value).count(where: dropped.contains) + (value == network.output ? 1 : 0)
        }
        guard !dropped.isEmpty, !isRead else { return }
        network.ending = logits.behind.map { network.nodes[$0] }
        network.nodes = network.nodes.indices.filter { !dropped.contains($0) }.map { network.nodes[$0] }
        network.outputs[0].name = logits.value
    }
}

extension NetworkEdit where Self == WithoutFinalSoftmax {
    public static func withoutFinalSoftmax(_ shapes: [String: Shape]? = nil) -> Self { Self(shapes: shapes) }
}
