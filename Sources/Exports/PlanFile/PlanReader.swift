import Compression

/// Reads the text of a plan file.
struct PlanReader {
    static let keys = ["temperature", "lossWeights", "layers"]

    func plan(from text: String) throws(PlanFileError) -> CompressionPlan {
        let document = try Document.root(of: text)
        try document.checkVersion(known: PlanFile.version)
        try document.check(known: ["version"] + PlanReader.keys)
        return try plan(document)
    }

    /// The plan that stands in a document whose keys were checked.
    func plan(_ document: DocumentMapping) throws(PlanFileError) -> CompressionPlan {
        var plan = CompressionPlan()
        if let node = document["temperature"] { plan.temperature = try node.number(.temperature, entry: nil) }
        if let node = document["lossWeights"] { plan.lossWeights = try lossWeights(DocumentMapping(node)) }
        if let node = document["layers"] {
            for (pattern, value) in try DocumentMapping(node).entries {
                let layer = try LayerPlanReader(entry: pattern).plan(DocumentMapping(value))
                plan.layers.append(.init(pattern: pattern, plan: layer))
            }
        }
        return plan
    }

    func lossWeights(_ mapping: DocumentMapping) throws(PlanFileError) -> LossWeights {
        try mapping.check(known: ["distillation", "student"])
        var weights = LossWeights()
        if let node = mapping["distillation"] { weights.distillation = try node.number(.distillationWeight, entry: nil) }
        if let node = mapping["student"] { weights.student = try node.number(.studentWeight, entry: nil) }
        return weights
    }
}
