import Synchronization

/// Something that is found when it is first asked for, and shared by all copies of what holds it.
final class SharedFinding<Value: Sendable>: Sendable {
    private let found = Mutex<Value?>(nil)

    func value(_ find: () -> Value) -> Value {
        found.withLock { found in
            if let found { return found }
            let new = find()
            found = new
            return new
        }
    }
}
