import Engine

/// A background task as it is asked for.
public protocol TaskRequest: Hashable, Sendable {
    /// What the lane is told.
    var task: LaneTask { get }
    /// What is lost where the program ends before it is done, as a question names it; nil where only figures are.
    var loss: String? { get }
}

extension TaskRequest {
    public var loss: String? { nil }
}

/// A task to be begun.
public struct TaskStart: Hashable, Sendable {
    public let request: any TaskRequest

    package init(_ request: any TaskRequest) { self.request = request }

    public static func == (left: TaskStart, right: TaskStart) -> Bool { AnyHashable(left.request) == AnyHashable(right.request) }
    public func hash(into hasher: inout Hasher) { request.hash(into: &hasher) }
}

extension GridOrder: TaskRequest {
    public var task: LaneTask { .grid(self) }
}

extension DerivationOrder: TaskRequest {
    public var task: LaneTask { .derivation(self) }
    public var loss: String? { derivation.label }
}

/// What a layer hands on is to be looked at.
public struct ObservationRequest: TaskRequest {
    /// The layer's weight parameter.
    public let weight: String
    public var task: LaneTask { .observation(of: weight) }
}
