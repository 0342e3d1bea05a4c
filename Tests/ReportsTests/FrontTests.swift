import Compression
import Networks
import Reports
import Tensors
import Testing

@Suite("The front of measured points")
struct FrontTests {
    private static let group = FrontGroup(network: "n", split: .validation, data: "d", count: 10_000, measure: "accuracy")

    private func point(_ bytes: Int, _ value: Double, at created: Int64 = 0, level: Double = 0, group: FrontGroup = group) throws
        -> FrontPoint
    {
        try FrontPoint(
            group: group, value: value, original: 0.95, gains: 0, losses: 0, bytes: bytes, originalBytes: 100,
            plan: CompressionPlan(layers: [.init(pattern: "a", plan: LayerPlan(pruning: .level(level / 100)))]), created: created)
    }

    @Test("Dominated points go, of equal ones the first stays, whatever the order")
    func dominance() throws {
        let all = try [
            point(10, 0.9, at: 1), point(8, 0.9, at: 2), point(8, 0.8, at: 3), point(6, 0.7, at: 4), point(6, 0.7, at: 5, level: 2),
        ]
        var random = SeededGenerator(seed: 2)
        for _ in 0..<120 {
            let front = Front(all.shuffled(using: &random))
            #expect(front.points.map(\.bytes) == [6, 8] && front.points.map(\.value) == [0.7, 0.9])
            #expect(front.points.map(\.created) == [4, 2])
        }
    }

    @Test("Equal to comparing all with all, in any order; the area never falls")
    func random() throws {
        var random = SeededGenerator(seed: 6)
        for _ in 0..<60 {
            let all = try (0..<30).map { place in
                try point(
                    Int.random(in: 1...12, using: &random), Double(Int.random(in: 0...10, using: &random)) / 10, at: Int64(place),
                    level: Double(place + 1))
            }
            var (front, area) = (Front(), 0.0)
            for point in all {
                front.insert(point)
                let next = front.hypervolume(bytes: 20, value: 0)
                #expect(next >= area - 1e-12)
                area = next
            }
            let best = all.filter { one in
                !all.contains {
                    $0.bytes <= one.bytes && $0.value >= one.value
                        && ($0.bytes < one.bytes || $0.value > one.value || $0.created < one.created)
                }
            }
            #expect(Set(front.points) == Set(best) && front == Front(all.shuffled(using: &random)))
        }
    }

    @Test("Points of other splits, networks, counts or parts are never mixed")
    func groups() throws {
        var others = Array(repeating: Self.group, count: 4)
        others[0].split = .test
        others[1].count = 5_000
        others[2].part = .confirm
        others[3].network = "m"
        var front = try Front([point(10, 0.9)])
        for other in others { #expect(try !front.insert(point(1, 1, group: other))) }
        let points = try FrontPoints([point(10, 0.9)] + others.map { try point(1, 1, group: $0) })
        #expect(points.groups == [Self.group] + others && points.front(of: Self.group).points.count == 1)
        #expect(Set(points.all.map(\.id)).count == 5)
    }

    @Test("A plan that is measured again is the same point, and keeps its name and first date")
    func again() throws {
        var named = try point(10, 0.9, at: 5)
        named.name = "small"
        var points = FrontPoints([named])
        points.put(try point(9, 0.91, at: 7))
        #expect(points.all.count == 1 && points.all[0].name == "small" && points.all[0].created == 5 && points.all[0].bytes == 9)
        for place in 0..<20 { points.put(try point(20 + place, 0.5, at: Int64(place), level: Double(place + 2))) }
        #expect(points.surplus(over: 15).map(\.bytes) == Array(20..<26))
        #expect(points.surplus(over: 0).count == 20)
    }

    @Test("Two points are told apart only where even all of their changed answers would leave 0 out")
    func separable() throws {
        var (a, b) = (try point(10, 0.9), try point(8, 0.85, level: 2))
        (a.gains, a.losses, b.gains, b.losses) = (10, 20, 10, 520)
        #expect(a.isSeparable(from: b) && b.isSeparable(from: a))
        (b.gains, b.losses) = (10, 30)
        #expect(!a.isSeparable(from: b))
        (b.gains, b.losses) = (10, 20)
        #expect(!a.isSeparable(from: b))
    }
}
