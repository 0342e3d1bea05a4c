import Compression

/// The keys of a ``PlateauRule`` in a file and the words of its choices; what is left out is the default.
struct PlateauFields {
    /// Pare's keys.
    static let own = PlateauFields(
        measure: "watch", measures: ["loss", "accuracy"], threshold: "threshold", mode: "threshold-mode", modes: ["relative", "absolute"],
        minimum: "minimum", leastChange: "least-change")
    /// Those of torch's ReduceLROnPlateau: Distiller hands it the loss of validation by the name `min` and top-1 by `max`.
    static let torch = PlateauFields(
        measure: "mode", measures: ["min", "max"], threshold: "threshold", mode: "threshold_mode", modes: ["rel", "abs"],
        minimum: "min_lr", leastChange: "eps")

    let measure: String
    let measures: [String]
    let threshold: String
    let mode: String
    let modes: [String]
    let minimum: String
    let leastChange: String

    var keys: [String] { [measure, "factor", "patience", threshold, mode, "cooldown", minimum, leastChange] }

    func rule(_ mapping: DocumentMapping) throws(PlanFileError) -> PlateauRule {
        var rule = PlateauRule()
        if let node = mapping[measure] { rule.measure = try node.choice(among: measures).name == measures[0] ? .loss : .accuracy }
        if let node = mapping["factor"] { rule.factor = try node.number(in: 1e-12...1) }
        if let node = mapping["patience"] { rule.patience = try node.wholeNumber(in: 0...100_000) }
        if let node = mapping[threshold] { rule.threshold = try node.number(in: 0...1_000) }
        if let node = mapping[mode] { rule.isRelative = try node.choice(among: modes).name == modes[0] }
        if let node = mapping["cooldown"] { rule.cooldown = try node.wholeNumber(in: 0...100_000) }
        if let node = mapping[minimum] { rule.minimum = try node.number(in: 0...1_000) }
        if let node = mapping[leastChange] { rule.leastChange = try node.number(in: 0...1_000) }
        return rule
    }

    /// `key: value` of what is not the default; the factor always.
    func text(of rule: PlateauRule) -> [String] {
        let initial = PlateauRule()
        var fields = ["\(measure): \(measures[rule.measure == .loss ? 0 : 1])", "factor: \(rule.factor)"]
        if rule.patience != initial.patience { fields.append("patience: \(rule.patience)") }
        if rule.threshold != initial.threshold { fields.append("\(threshold): \(rule.threshold)") }
        if !rule.isRelative { fields.append("\(mode): \(modes[1])") }
        if rule.cooldown != 0 { fields.append("cooldown: \(rule.cooldown)") }
        if rule.minimum != 0 { fields.append("\(minimum): \(rule.minimum)") }
        if rule.leastChange != initial.leastChange { fields.append("\(leastChange): \(rule.leastChange)") }
        return fields
    }
}
