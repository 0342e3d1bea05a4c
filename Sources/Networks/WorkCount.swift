import Synchronization

/// Counts steps whose number must grow no faster than a network, for tests that hold the cost of opening it against its size.
package enum WorkCount {
    /// What was counted of one network.
    package struct Steps: Hashable, Sendable {
        /// How often it was asked for its layers.
        package var lists = 0
        /// Looks at nodes of its graph to find layers and their readers.
        package var visits = 0
    }

    /// Counts are kept by the name of the network, so that tests beside each other do not disturb each other.
    private static let counts = Mutex<[String: Steps]>([:])
    private static let isWatching = Atomic(false)

    /// Counts the steps of networks of this name while `body` runs.
    package static func steps(of name: String, _ body: () throws -> Void) rethrows -> Steps {
        counts.withLock { $0[name] = Steps() }
        isWatching.store(true, ordering: .relaxed)
        try body()
        return counts.withLock { $0.removeValue(forKey: name) ?? Steps() }
    }

    static func count(_ name: String, lists: Int = 0, visits: Int = 0) {
        guard isWatching.load(ordering: .relaxed) else { return }
        counts.withLock { counts in
            counts[name]?.lists += lists
            counts[name]?.visits += visits
        }
    }
}
