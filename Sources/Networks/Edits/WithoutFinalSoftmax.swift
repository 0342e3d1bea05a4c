import Tensors

/// The logits as output instead of probabilities or of the class itself: a Softmax or LogSoftmax over the classes at the very end is left out, an ArgMax
/// along them, and what only hands these on, unless something else reads one of these values; ``Network/ending`` has them.
public struct WithoutFinalSoftmax: NetworkEdit {
    /// Shapes as far as they are known; without them any rank is taken for [N, classes].
    public var shapes: [String: Shape]?

    public func apply(to network: inout Network, _ index: GraphIndex) {
        let logits = network.logits(shapes, ofClasses: true)
        // Probabilities that something else reads stay; the ArgMax of them goes all the same.
        let ends = [logits.behind, network.classes(of: logits.behind)]
        guard let dropped = ends.first(where: { !$0.isEmpty && !isRead($0, network, index) }), let first = dropped.first,
            let value = network.nodes[first].inputs.first
        else { return }
        network.ending = dropped.map { network.nodes[$0] }
        network.nodes = network.nodes.indices.filter { !dropped.contains($0) }.map { network.nodes[$0] }
        network.outputs[0].name = value
    }

    /// Whether anything but these nodes and the output reads what they make.
    private func isRead(_ dropped: [Int], _ network: Network, _ index: GraphIndex) -> Bool {
        dropped.flatMap { network.nodes[$0].outputs }.contains { value in
            index.readCount(of: value) > index.readers(of: value).count(where: dropped.contains) + (value == network.output ? 1 : 0)
        }
    }
}

extension Network {
    /// Of nodes at the end those from the ArgMax on; none without one.
    fileprivate func classes(of behind: [Int]) -> [Int] {
        let place = behind.firstIndex { if case .extremePlace = nodes[$0].operation { true } else { false } }
        return place.map { Array(behind[$0...]) } ?? []
    }
}

extension NetworkEdit where Self == WithoutFinalSoftmax {
    public static func withoutFinalSoftmax(_ shapes: [String: Shape]? = nil) -> Self { Self(shapes: shapes) }
}
