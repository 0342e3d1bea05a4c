import Tensors

/// The logits as output instead of probabilities or of the class itself: a Softmax or LogSoftmax over the classes at the very end is left out, an ArgMax
/// along them, and what only hands these on; ``Network/ending`` has them.
public struct WithoutFinalSoftmax: NetworkEdit {
    /// Shapes as far as they are known; without them any rank is taken for [N, classes].
    public var shapes: [String: Shape]?

    public func apply(to network: inout Network, _ index: GraphIndex) {
        let logits = network.logits(shapes, ofClasses: true)
        guard !logits.behind.isEmpty else { return }
        network.ending = logits.behind.map { network.nodes[$0] }
        // What something else reads stays where it is as well.
        var dropped = Set(logits.behind)
        for place in logits.behind.reversed() where isRead(place, dropped, network, index) { dropped.remove(place) }
        network.nodes = network.nodes.indices.filter { !dropped.contains($0) }.map { network.nodes[$0] }
        network.outputs[0].name = logits.value
    }

    /// Whether anything but these nodes and the measured output reads what one of them makes.
    private func isRead(_ place: Int, _ dropped: Set<Int>, _ network: Network, _ index: GraphIndex) -> Bool {
        network.nodes[place].outputs.contains { value in
            index.readCount(of: value) > index.readers(of: value).count(where: dropped.contains) + (value == network.output ? 1 : 0)
        }
    }
}

extension NetworkEdit where Self == WithoutFinalSoftmax {
    public static func withoutFinalSoftmax(_ shapes: [String: Shape]? = nil) -> Self { Self(shapes: shapes) }
}
