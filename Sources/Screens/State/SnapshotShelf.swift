import Compression
import Sessions

/// A snapshot that was asked for, until its numbers are exact.
struct WaitingSnapshot: Hashable, Sendable {
    var name: String
    var note: String
    var plan: CompressionPlan
    var generation: UInt64
    /// The trained state that the plan starts from.
    var state: String?
}

/// The snapshots of the session, those that wait for their exact numbers, and the plan that waits behind these.
struct SnapshotShelf: Sendable {
    private(set) var kept: [Snapshot]
    private(set) var waiting: [WaitingSnapshot] = []
    /// The newest plan, while a snapshot still waits for the layers of the one before.
    private(set) var postponed: PlanRequest?
    /// Names of the snapshots that were asked for, kept already or still being measured.
    private var asked: Set<String> = []

    init(kept: [Snapshot]) { self.kept = kept }

    func isTaken(_ name: String) -> Bool { asked.contains(name) || kept.contains { $0.name == name } }

    /// `name`, or with the first number that makes it free: `name (2)`.
    func free(_ name: String) -> String {
        (1...).lazy.map { $0 == 1 ? name : "\(name) (\($0))" }.first { !isTaken($0) } ?? name
    }

    /// `snapshot 1`, or the first number that no snapshot has.
    var freeName: String { (1...).lazy.map { "snapshot \($0)" }.first { !isTaken($0) } ?? "snapshot" }

    mutating func ask(for snapshot: WaitingSnapshot) {
        asked.insert(snapshot.name)
        waiting.append(snapshot)
    }

    /// Takes in one that was written.
    mutating func take(_ snapshot: Snapshot) {
        kept.removeAll { $0.id == snapshot.id }
        kept.append(snapshot)
    }

    /// No longer waits for these.
    mutating func remove(_ snapshots: [WaitingSnapshot]) { waiting.removeAll(where: snapshots.contains) }

    mutating func postpone(_ request: PlanRequest) { postponed = request }

    /// Those that wait for an older plan than the postponed one.
    var beforePostponed: [WaitingSnapshot] { waiting.filter { $0.generation < postponed?.generation ?? 0 } }

    /// The postponed plan waits no longer.
    mutating func release() { postponed = nil }
}
