import ArgumentParser
import Compression

/// The plan that a command is about: a file's, or what a session has.
struct PlanOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A compression plan (YAML).", valueName: "file"))
    var plan: String?

    @Option(help: ArgumentHelp("A session, or one of its snapshots.", valueName: "name[@snapshot]"))
    var session: String?

    func validate() throws {
        if plan != nil, session != nil { throw ValidationError("Give either --plan or --session, not both.") }
    }

    /// What the session has that was named.
    func kept(_ locations: Locations) throws(CommandFailure) -> KeptPlan? {
        guard let session else { return nil }
        return try KeptPlan(session, locations: locations)
    }

    /// The plan; the empty one where none was named.
    func plan(_ kept: KeptPlan?) throws(CommandFailure) -> CompressionPlan {
        if let kept { return kept.plan }
        guard let plan else { return CompressionPlan() }
        return try CompressionPlan.read(plan)
    }
}
