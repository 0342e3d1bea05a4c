import Compression

/// Reads the text of a plan file.
struct PlanReader {
    static let keys = CompressionPlan.settings.compactMap(\.key) + ["layers"]

    func plan(from text: String) throws(PlanFileError) -> CompressionPlan {
        let document = try Document.root(of: text)
        try document.checkVersion(known: PlanFile.version)
        try document.check(known: ["version"] + PlanReader.keys)
        return try plan(document)
    }

    /// The plan that stands in a document whose keys were checked.
    func plan(_ document: DocumentMapping) throws(PlanFileError) -> CompressionPlan {
        var plan = CompressionPlan()
        try SettingsReader(entry: nil).read(CompressionPlan.settings, from: document, into: &plan)
        if let node = document["layers"] {
            for (pattern, value) in try DocumentMapping(node).entries {
                plan.layers.append(.init(pattern: pattern, plan: try LayerPlan(DocumentMapping(value), entry: pattern)))
            }
        }
        return plan
    }
}
