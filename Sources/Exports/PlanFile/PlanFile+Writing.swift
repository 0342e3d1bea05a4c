import Compression

extension PlanFile {
    /// The plan as text: entries in their order, keys always in the same one, defaults left out; reading it gives an equal plan.
    ///
    /// - Throws: `PlanFileError` for a value out of range, two entries of one name, or a name too long for a key.
    public static func text(of plan: CompressionPlan) throws(PlanFileError) -> String {
        try (["version: \(version)"] + lines(of: plan)).joined(separator: "\n") + "\n"
    }

    /// The lines after the version.
    static func lines(of plan: CompressionPlan) throws(PlanFileError) -> [String] {
        do { try plan.validate() } catch { throw PlanFileError(problem: .invalid(error)) }
        var lines = SettingsWriter(root: plan).fields(CompressionPlan.settings, unlike: CompressionPlan())
        lines.append(plan.layers.isEmpty ? "layers: {}" : "layers:")
        var seen: Set<String> = []
        for entry in plan.layers {
            guard seen.insert(entry.pattern).inserted else { throw PlanFileError(problem: .duplicateKey(entry.pattern)) }
            let fields = SettingsWriter(root: entry.plan).fields(LayerPlan.fileSettings, unlike: .unchanged)
            lines.append("  \(try Document.scalar(entry.pattern)): {\(fields.joined(separator: ", "))}")
        }
        return lines
    }
}
