/// What a layer is called.
package enum LayerName {
    /// The name of what has these weights: `conv2` of `conv2.weight`, another name as it is.
    package static func owner(of weight: String) -> String {
        weight.hasSuffix(".weight") ? String(weight.dropLast(".weight".count)) : weight
    }

    /// The name of the clip of its activations.
    static func clip(of layer: String) -> String { layer + ".clip" }

    /// Names for a layer, the best first: the weight's own without `.weight`; where that says nothing (`onnx::Conv_193`, `497`) the module's of the
    /// node that reads it, then with the operator's. `part` tells the weights of one recurrent module apart.
    static func choices(weight: String, node: String, part: String? = nil) -> [String] {
        let own = owner(of: weight)
        guard isAnonymous(weight) || part != nil && isMade(weight) else { return [own, weight] }
        return modules(of: node).map { name in part.map { "\(name).\($0)" } ?? name } + [own]
    }

    /// Whether an exporter named it by the node that made it: `/rnn/Unsqueeze_3_output_0`.
    private static func isMade(_ name: String) -> Bool { name.contains("_output_") }

    /// Whether an exporter made the name up.
    private static func isAnonymous(_ name: String) -> Bool {
        name.hasPrefix("onnx::") || (!name.isEmpty && name.utf8.allSatisfy { (48...57).contains($0) })
    }

    /// `/features/features.1/conv/conv.0/Conv` → `features.1.conv.0` and `features.1.conv.0.Conv`: each part that begins with the one before it stands
    /// for both. A name without a path stays as it is.
    static func modules(of node: String) -> [String] {
        let path = node.split(separator: "/").map(String.init)
        guard path.count > 1 || node.hasPrefix("/"), let operation = path.last else { return node.isEmpty ? [] : [node] }
        var parts: [String] = []
        for part in path.dropLast() {
            if let last = parts.last, part.hasPrefix(last + ".") { parts.removeLast() }
            parts.append(part)
        }
        let module = parts.joined(separator: ".")
        return module.isEmpty ? [operation] : [module, module + "." + operation]
    }
}
