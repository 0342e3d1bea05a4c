/// A result of the engine with the generation of the plan that it was computed for.
public struct Stamped<Value: Sendable>: Sendable {
    public var value: Value
    public var generation: UInt64

    public init(_ value: Value, generation: UInt64) {
        self.value = value
        self.generation = generation
    }
}
