import Compression
import Frames
import Networks
import Reports
import Screens
import Testing

@Suite("Integers or floats, on the screen")
struct ArithmeticTests {
    private func report(_ desk: Desk, _ obstacles: [LayerArithmetic.Obstacle?]) throws -> AccuracyReport {
        var report = try #require(desk.explorer.accuracy?.value)
        report.arithmetic = zip(desk.explorer.layers, obstacles).map { LayerArithmetic(weight: $0.weight, obstacle: $1) }
        return report
    }

    @Test("The command asks for the same plan by another arithmetic, under a new generation")
    func command() throws {
        var desk = Desk(Samples.opening(size: Size(width: 120, height: 40)))
        var seen: [Arithmetic] = []
        for _ in 0..<3 {
            let before = desk.explorer.generation
            desk.type(":integers or floats")
            desk.press(.enter)
            let requests = desk.effects.compactMap { if case .plan(let request) = $0 { request } else { nil } }
            let request = try #require(requests.last)
            #expect(request.generation == before + 1 && request.plan == desk.explorer.plan)
            seen.append(request.arithmetic)
        }
        #expect(seen == [.integer, .simulated, .auto])
    }

    @Test("The line of accuracy says what was used, the line of the layer why not")
    func words() throws {
        var desk = Desk(Samples.opening(size: Size(width: 160, height: 40)))
        let cases: [([LayerArithmetic.Obstacle?], String, not: String)] = [
            ([.input, nil, nil, nil], "integer", not: "simulated"),
            ([.input, .notAsked, .notAsked, .notAsked], "simulated", not: "integer"),
            ([nil, .notAsked, nil, nil], "part integer", not: "simulated"),
        ]
        for (obstacles, word, other) in cases {
            let report = try report(desk, obstacles)
            desk.send(.engine(.accuracy(report, generation: desk.explorer.generation)))
            #expect(desk.screen.contains(word) && !desk.screen.contains(other), "\(desk.screen)")
        }
        let pairs = try report(desk, [.pairs(weight: 127, input: 255), nil, nil, nil])
        desk.send(.engine(.accuracy(pairs, generation: desk.explorer.generation)))
        #expect(desk.screen.contains("part integer"))
        let name = try #require(desk.explorer.layers.first).name
        #expect(desk.screen.contains("no VNNI, and \(name) has codes up to 127"))
    }
}
