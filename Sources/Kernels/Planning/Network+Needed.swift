import Networks
import Tensors

extension Network {
    /// The nodes that `name` depends on, in order. Cost: O(nodes).
    func nodesNeeded(for name: String) -> [Int] {
        var wanted: Set = [name]
        var needed: [Int] = []
        for index in nodes.indices.reversed() where nodes[index].outputs.contains(where: wanted.contains) {
            wanted.formUnion(nodes[index].inputs)
            needed.append(index)
        }
        return needed.reversed()
    }

    /// The value that holds the logits: the output, or what a Softmax over the classes [N, classes] at the end reads.
    func outputBeforeSoftmax(_ shapes: [String: Shape]) -> String {
        var name = output
        while let node = nodes.first(where: { $0.outputs.first == name }) {
            switch node.operation {
            case .identity, .dropout: name = node.inputs[0]
            case .softmax(let axis):
                return shapes[name]?.rank == 2 && (axis == 1 || axis == -1) ? node.inputs[0] : output
            default: return output
            }
        }
        return output
    }
}
