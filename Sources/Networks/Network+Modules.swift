extension Network {
    /// The names of the modules that parameters and nodes tell of, also those without weights: `features.1` of `features.1.running_mean`, `features.2`
    /// of the node `/features/features.2/Relu`.
    ///
    /// Cost: O(nodes + parameters).
    public var moduleNames: Set<String> {
        var names = Set(nodes.flatMap { LayerName.modules(of: $0.name).prefix(1) })
        for name in parameters.keys {
            if let end = name.lastIndex(of: ".") { names.insert(String(name[..<end])) }
        }
        return names
    }
}
