import Compression
import Networks

/// Reads DorefaQuantizer: bits for all modules, and others for those that a regular expression matches.
struct DistillerQuantizerReader {
    let issues: ScheduleIssues
    let names: DistillerNames

    /// Nil is float.
    private struct Bits {
        var weights: Int?
        var activations: Int?
    }

    func action(_ mapping: DocumentMapping) throws(PlanFileError) -> ScheduleAction {
        if let node = mapping["bits_bias"], try bits(node) != nil {
            issues.add(.unsupported(path: node.path, what: "quantized biases in training"), at: node)
        }
        let initial = try read(mapping, over: Bits())
        var chosen: [String: Bits] = [:]
        if let node = mapping["overrides"], !node.isNull {
            for (key, pattern, value) in try DocumentMapping(node).pairs {
                guard let layers = layers(pattern, key), let settings = overriding(value) else { continue }
                let bits = try read(settings, over: initial)
                // The first pattern that matches counts.
                for layer in layers where chosen[layer.weight] == nil { chosen[layer.weight] = bits }
            }
        }
        var weights: [String: Int] = [:]
        var activations: [String: Int] = [:]
        for layer in names.layers {
            let bits = chosen[layer.weight] ?? initial
            weights[layer.weight] = bits.weights
            activations[layer.weight] = bits.activations
        }
        return .dorefa(weights: weights, activations: activations)
    }

    private func overriding(_ node: DocumentNode) -> DocumentMapping? {
        issues.mapping(node, known: ["bits_weights", "bits_activations"])
    }

    private func layers(_ pattern: String, _ key: DocumentNode) -> [Layer]? {
        guard let layers = names.modules(matching: pattern) else {
            issues.add(.pattern(path: key.path, pattern: pattern), at: key)
            return nil
        }
        if layers.isEmpty, !names.hasModule(matching: pattern) {
            issues.add(.unmatched(path: key.path, pattern: pattern, near: names.nearModules(pattern)), at: key)
        }
        return layers
    }

    private func read(_ mapping: DocumentMapping, over initial: Bits) throws(PlanFileError) -> Bits {
        var result = initial
        if let node = mapping["bits_weights"] { result.weights = try bits(node) }
        if let node = mapping["bits_activations"] { result.activations = try bits(node) }
        return result
    }

    /// 1…8; null and 32 leave it in float.
    private func bits(_ node: DocumentNode) throws(PlanFileError) -> Int? {
        if node.isNull { return nil }
        let bits = try node.wholeNumber()
        return bits == 32 ? nil : try node.wholeNumber(in: WeightRepresentation.dorefaBitRange)
    }
}
