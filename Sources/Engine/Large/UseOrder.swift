/// Names by when they were used last. Cost of a use: O(1) on average.
struct UseOrder {
    /// Uses in their order from `start` on; one that is not its name's last is passed over.
    private var uses: [String] = []
    private var start = 0
    private var last: [String: Int] = [:]

    mutating func use(_ name: String) {
        if uses.count > 2 * last.count + 64 { compact() }
        last[name] = uses.count
        uses.append(name)
    }

    /// Removes the name that was used least recently, unless it is `newest`, or there is none.
    mutating func removeOldest(but newest: String) -> String? {
        while start < uses.count {
            let name = uses[start]
            guard last[name] == start else {
                start += 1
                continue
            }
            guard name != newest else { return nil }
            start += 1
            last[name] = nil
            return name
        }
        return nil
    }

    /// Leaves out the uses that are passed over.
    private mutating func compact() {
        uses = uses.indices.filter { last[uses[$0]] == $0 }.map { uses[$0] }
        start = 0
        for (place, name) in uses.enumerated() { last[name] = place }
    }
}
