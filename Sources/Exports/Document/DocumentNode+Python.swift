extension DocumentNode {
    /// Whether nothing stands here, as YAML 1.1 writes it.
    var isNull: Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// A truth value in the words that Python's YAML reads.
    func pythonBoolean() throws(PlanFileError) -> Bool {
        switch try text(.boolean).lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: throw wrong(.boolean)
        }
    }
}
