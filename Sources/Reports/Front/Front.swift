/// The points that no other beats: none has as few bytes and as good a figure with one of the two better.
///
/// Dominance goes by the measured values alone, so it does not depend on the order in which points come. Of equal points (bytes and figure alike) one is
/// on the front: the one that was measured first, of those measured at once the one of the lower id. All points are of one ``FrontGroup``.
public struct Front: Hashable, Sendable {
    /// By rising bytes; figures rise too.
    public private(set) var points: [FrontPoint] = []

    public init(_ points: some Sequence<FrontPoint> = []) { for point in points { insert(point) } }

    /// Takes a point in where no other beats it, and drops those that it beats; false where it is beaten, or of another group.
    ///
    /// Cost: O(log n) and the points that are dropped.
    @discardableResult
    public mutating func insert(_ point: FrontPoint) -> Bool {
        guard points.first.map({ $0.group == point.group }) ?? true, !point.value.isNaN else { return false }
        // The first that has as many bytes or more.
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].bytes < point.bytes { low = middle + 1 } else { high = middle }
        }
        if low > 0, points[low - 1].value >= point.value { return false }
        if low < points.count, points[low].bytes == point.bytes {
            let known = points[low]
            if known.value > point.value || known.value == point.value && !Self.goesBefore(point, known) { return false }
        }
        let end = points[low...].firstIndex { $0.value > point.value } ?? points.count
        points.replaceSubrange(low..<end, with: [point])
        return true
    }

    private static func goesBefore(_ point: FrontPoint, _ known: FrontPoint) -> Bool {
        (point.created, point.id) < (known.created, known.id)
    }

    /// The area below the front, from so many bytes and so good a figure on: Σ of what each point adds. It never falls as points come.
    public func hypervolume(bytes: Int, value: Double) -> Double {
        var (area, last) = (0.0, value)
        for point in points where point.bytes < bytes && point.value > last {
            area += Double(bytes - point.bytes) * (point.value - last)
            last = point.value
        }
        return area
    }

    public func contains(_ id: String) -> Bool { points.contains { $0.id == id } }
}

/// All points of a session, each once.
public struct FrontPoints: Hashable, Sendable {
    /// In the order in which they were first measured.
    public private(set) var all: [FrontPoint] = []

    public init(_ points: some Sequence<FrontPoint> = []) { for point in points { put(point) } }

    /// Takes a point in; one that is there already takes the newer figures, and keeps its name and its date.
    public mutating func put(_ point: FrontPoint) {
        guard let place = all.firstIndex(where: { $0.id == point.id }) else { return all.append(point) }
        var merged = point
        merged.name = point.name ?? all[place].name
        merged.created = min(point.created, all[place].created)
        merged.milliseconds = point.milliseconds ?? all[place].milliseconds
        merged.multiplyAdds = point.multiplyAdds ?? all[place].multiplyAdds
        merged.chosenAmong = point.chosenAmong ?? all[place].chosenAmong
        all[place] = merged
    }

    /// Gives a point another name.
    public mutating func rename(_ id: String, to name: String) {
        if let place = all.firstIndex(where: { $0.id == id }) { all[place].name = name }
    }

    public subscript(id: String) -> FrontPoint? { all.first { $0.id == id } }

    /// Groups in the order of their first points.
    public var groups: [FrontGroup] {
        var seen = Set<FrontGroup>()
        return all.map(\.group).filter { seen.insert($0).inserted }
    }

    public func points(of group: FrontGroup) -> [FrontPoint] { all.filter { $0.group == group } }
    public func front(of group: FrontGroup) -> Front { Front(points(of: group)) }

    /// What is dropped so that no more than so many are kept: the oldest that have no name and are on no front.
    public func surplus(over limit: Int) -> [FrontPoint] {
        guard all.count > limit else { return [] }
        let kept = Set(groups.flatMap { front(of: $0).points.map(\.id) })
        return Array(all.filter { $0.name == nil && !kept.contains($0.id) }.prefix(all.count - limit))
    }
}
