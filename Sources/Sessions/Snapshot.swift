import Compression
import Foundation
import Reports

/// A kept state of a session: a plan and the numbers that were measured with it.
public struct Snapshot: Codable, Hashable, Sendable, Identifiable {
    public var id: Int64
    public var name: String
    public var note: String
    /// Milliseconds since 1970.
    public var created: Int64
    public var plan: CompressionPlan
    /// As measured; `accuracy` is nil where it could not be.
    public var report: Report
    /// The trained state that the plan applied to; nil for the original network.
    public var state: String?

    public init(
        id: Int64, name: String, note: String, created: Int64, plan: CompressionPlan, report: Report, state: String? = nil
    ) {
        self.id = id
        self.name = name
        self.note = note
        self.created = created
        self.plan = plan
        self.report = report
        self.state = state
    }
}

extension Snapshot {
    /// What a sentence calls it: `snapshot 'first'`, and where its name says what it is, the name alone: `snapshot 1`.
    public var words: String { Self.words(name) }

    public static func words(_ name: String) -> String { name.hasPrefix("snapshot") ? name : "snapshot '\(name)'" }
}
