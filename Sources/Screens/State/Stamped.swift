/// A result of the engine with the generation of the plan that it was computed for.
public struct Stamped<Value: Sendable>: Sendable {
    public var value: Value
    public var generation: UInt64
}

extension Optional {
    /// Takes in a value of the same generation or a newer one; false where it is older.
    @discardableResult
    mutating func take<Value>(_ value: Value, _ generation: UInt64) -> Bool where Wrapped == Stamped<Value> {
        if let old = self, old.generation > generation { return false }
        self = Stamped(value: value, generation: generation)
        return true
    }
}
