import Tensors

extension Network {
    /// Where a network's logits are.
    public struct Logits: Hashable, Sendable {
        /// The value that holds them.
        public var value: String
        /// The nodes between them and the output: a Softmax or LogSoftmax over the classes, and each Identity and Dropout behind it; empty where
        /// the output holds logits.
        public var behind: [Int]
    }

    /// The logits: what a Softmax or LogSoftmax over the classes (axis 1 of [N, classes]) at the very end reads, else the output.
    ///
    /// softmax(log softmax(z)) = softmax(z), so classes, cross-entropies and gradients are those of z in both forms. Without `shapes` any rank is
    /// taken for [N, classes]. Cost: O(nodes).
    public func logits(_ shapes: [String: Shape]? = nil) -> Logits { Self.logits(of: nodes, output: output, shapes) }

    /// The same of nodes that are no network yet.
    public static func logits(of nodes: [Node], output: String, _ shapes: [String: Shape]? = nil) -> Logits {
        var (name, behind) = (output, [Int]())
        while let index = nodes.lastIndex(where: { $0.outputs.first == name }), let input = nodes[index].inputs.first,
            !behind.contains(index)
        {
            behind.insert(index, at: 0)
            switch nodes[index].operation {
            case .identity, .dropout: name = input
            case .softmax(let axis), .logSoftmax(let axis):
                let isOverClasses = (axis == 1 || axis == -1) && (shapes == nil || shapes?[input]?.rank == 2)
                return isOverClasses ? Logits(value: input, behind: behind) : Logits(value: output, behind: [])
            default: return Logits(value: output, behind: [])
            }
        }
        return Logits(value: output, behind: [])
    }
}
