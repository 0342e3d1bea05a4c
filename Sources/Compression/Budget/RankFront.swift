/// Choices of an option for every layer, of which none costs less and loses no more than another: the answers to every budget.
///
/// Layer by layer the answers so far are joined with each option and what another one beats is dropped (Nemhauser and Ullmann 1969). All of them are kept as
/// long as they are at most ``limit(_:)``, and the front is exact; of more, only the one that loses least in each of as many equal parts of the cost. Costs
/// are never rounded, so that no answer costs more than it says. Cost: O(options · limit).
struct RankFront {
    struct Point {
        var cost: Double
        /// Σ of the layers' lost energy.
        var loss: Double
        /// Place in the front of the layers before.
        var parent: Int32
        var option: Int32
    }

    /// By layer, each by rising cost and falling loss.
    private var stages: [[Point]] = []
    /// Those of all layers.
    private(set) var points: [Point]
    /// Whether nothing was left out.
    private(set) var isExact = true

    /// How many are kept: fewer of many options, so that the whole takes milliseconds.
    static func limit(_ layers: [BudgetedLayer]) -> Int {
        let options = layers.reduce(0) { $0 + $1.options.count }
        return min(4_096, max(192, 400_000 / max(1, options)))
    }

    /// - Parameter layers: Each with an option.
    init(_ layers: [BudgetedLayer], fixed: Double, limit: Int? = nil) {
        let limit = limit ?? Self.limit(layers)
        points = [Point(cost: fixed, loss: 0, parent: 0, option: 0)]
        for layer in layers {
            var found: [Point] = []
            for (place, option) in layer.options.enumerated() {
                found = Self.merged(found, points, with: option, Int32(truncatingIfNeeded: place))
                if found.count > 2 * limit { thin(&found, to: limit) }
            }
            if found.count > limit { thin(&found, to: limit) }
            points = found
            stages.append(found)
        }
    }

    /// Places of the layers' options at a point.
    func choices(_ point: Int) -> [Int] {
        var place = point
        let found = stages.reversed().map { stage -> Int in
            let point = stage[place]
            place = Int(point.parent)
            return Int(point.option)
        }
        return found.reversed()
    }

    /// Points, and those of the layers before with an option of this one; both by rising cost, without what loses no less than a cheaper one.
    private static func merged(_ first: [Point], _ before: [Point], with option: RankOption, _ place: Int32) -> [Point] {
        let (cost, loss) = (option.cost, option.loss)
        return [Point](unsafeUninitializedCapacity: first.count + before.count) { found, count in
            var (left, right, least) = (0, 0, Double.infinity)
            while left < first.count || right < before.count {
                var point: Point
                if right < before.count {
                    let other = before[right]
                    point = Point(
                        cost: other.cost + cost, loss: other.loss + loss, parent: Int32(truncatingIfNeeded: right), option: place)
                    if left < first.count, (first[left].cost, first[left].loss) <= (point.cost, point.loss) {
                        point = first[left]
                        left += 1
                    } else {
                        right += 1
                    }
                } else {
                    point = first[left]
                    left += 1
                }
                guard point.loss < least else { continue }
                least = point.loss
                found.initializeElement(at: count, to: point)
                count += 1
            }
        }
    }

    /// The first, and the last in each of so many equal parts of the cost.
    private mutating func thin(_ points: inout [Point], to limit: Int) {
        guard let first = points.first, let last = points.last, last.cost > first.cost else { return }
        isExact = false
        let scale = Double(limit - 1) / (last.cost - first.cost)
        var (found, part) = ([first], 0)
        for point in points.dropFirst() {
            let own = 1 + min(limit - 2, Int((point.cost - first.cost) * scale))
            if own == part { found[found.count - 1] = point } else { found.append(point) }
            part = own
        }
        points = found
    }
}
