import Compression
import Reports

/// What each layer of a plan would give back: the exact accuracy of the plan with that layer bypassed.
public struct BypassTable: Codable, Hashable, Sendable {
    /// One layer left as the base has it, all others under the plan.
    public struct Row: Codable, Hashable, Sendable {
        public var weight: String
        /// Of all examples.
        public var accuracy: Double
        /// Bytes of the whole network then, by the accounting of ``NetworkBytes``; nil where there is no size.
        public var bytes: Int?

        public init(weight: String, accuracy: Double, bytes: Int?) {
            (self.weight, self.accuracy, self.bytes) = (weight, accuracy, bytes)
        }
    }

    public var plan: CompressionPlan
    /// The id of the state that the plan starts from; nil is the network as it was opened.
    public var base: String?
    /// Layers that the plan changes, by weight, in the order of the graph.
    public var weights: [String]
    /// The plan itself, under an empty name, and the layers as far as they are measured.
    public private(set) var rows: [Row] = []

    public init(plan: CompressionPlan, base: String?, weights: [String]) {
        (self.plan, self.base, self.weights) = (plan, base, weights)
    }

    /// What is to be measured next: a weight, or an empty name for the plan itself; nil where all is measured.
    public var next: String? { ([""] + weights).first { row($0) == nil } }

    public func row(_ weight: String) -> Row? { rows.first { $0.weight == weight } }

    public mutating func add(_ row: Row) { rows.append(row) }

    /// Accuracy that the bypass of a layer gives back; negative where the plan's is higher.
    public func gain(_ weight: String) -> Double? { row(weight).flatMap { row in self.row("").map { row.accuracy - $0.accuracy } } }

    /// Bytes that it costs.
    public func cost(_ weight: String) -> Int? {
        guard let bytes = row(weight)?.bytes, let own = row("")?.bytes else { return nil }
        return bytes - own
    }

    /// Layers that are measured, the highest gain for a byte first, then those that cost nothing.
    public var ranked: [String] {
        func worth(_ weight: String) -> Double { (gain(weight) ?? 0) / Double(max(1, cost(weight) ?? 1)) }
        return weights.filter { row($0) != nil }.sorted { worth($0) > worth($1) }
    }
}

extension TaskKind {
    public static let bypass = TaskKind(rawValue: "bypass")
}

/// Layers whose bypass is to be measured.
public struct BypassOrder: Hashable, Sendable {
    /// With the rows that are known already.
    public var table: BypassTable
    /// The state that it names.
    public var base: TrainedState?

    public init(_ table: BypassTable, base: TrainedState?) { (self.table, self.base) = (table, base) }
}

/// How far the bypasses are measured.
public struct BypassReport: TaskReport {
    public var table: BypassTable
    public var reason: String?

    public init(_ table: BypassTable, reason: String? = nil) { (self.table, self.reason) = (table, reason) }

    public var taskProgress: TaskProgress? {
        TaskProgress("bypass of each layer", unit: "layer", done: max(0, table.rows.count - 1), of: table.weights.count)
    }

    public var kept: (any Codable & Hashable & Sendable)? { table.rows.isEmpty ? nil : table }
}
