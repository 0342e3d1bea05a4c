import Compression
import Engine
import Frames
import Reports
import Screens
import Sessions
import Testing

/// Every measured plan as a point, and the way back to it.
@Suite("The front on the screen")
struct FrontViewTests {
    /// Has the plan as it stands measured: the size of its file as well.
    private func settle(_ desk: inout Desk, bytes: Int, lost: Int = 0) {
        desk.send(.engine(.accuracy(.sample(lost: lost), generation: desk.explorer.generation)))
        desk.send(.engine(.file(FileBytes(total: bytes, layers: [:], isExact: true), generation: desk.explorer.generation)))
        desk.send(.engine(.settled(generation: desk.explorer.generation)))
    }

    private func points(_ desk: Desk) -> [FrontPoint] {
        desk.effects.compactMap { if case .keepPoint(let point) = $0 { point } else { nil } }
    }

    @Test("A plan is a point once figure and file are exact, once")
    func keeping() {
        var desk = Desk()
        #expect(points(desk).isEmpty)
        settle(&desk, bytes: 9_000)
        settle(&desk, bytes: 9_000)
        #expect(points(desk).map(\.bytes) == [9_000])
        desk.press(.right)
        #expect(points(desk).count == 1)
        settle(&desk, bytes: 7_000, lost: 2)
        #expect(points(desk).map(\.bytes) == [9_000, 7_000] && desk.explorer.points.all.count == 2)
        desk.type("u")
        settle(&desk, bytes: 9_000)
        #expect(points(desk).count == 2 && Set(points(desk).map(\.id)).count == 2)
    }

    @Test("Enter goes back to a point as one change, marks compare, a name stays")
    func goingBack() {
        var desk = Desk()
        settle(&desk, bytes: 9_000)
        desk.press(.right)
        settle(&desk, bytes: 7_000, lost: 2)
        let turned = desk.explorer.resolvedPlan
        desk.type("C")
        #expect(desk.screen.contains("Front") && desk.screen.contains("9,000") && desk.screen.contains("7,000"))
        #expect(desk.screen.contains("beside the original"))
        desk.press(.home)
        desk.type("m")
        desk.press(.end)
        #expect(desk.screen.contains("differs in") && desk.screen.contains("2,000 B"))
        desk.type("rsmall")
        desk.press(.enter)
        #expect(points(desk).last?.name == "small" && desk.screen.contains("small"))
        desk.press(.home)
        desk.press(.enter)
        #expect(desk.explorer.resolvedPlan != turned && desk.explorer.history.changes.last?.label.hasPrefix("plan of point") == true)
        desk.type("u")
        #expect(desk.explorer.resolvedPlan == turned)
    }

    @Test("It draws at every size, without points too", arguments: [(20, 4), (40, 10), (80, 24), (120, 40), (200, 60)])
    func sizes(width: Int, height: Int) {
        var opening = Samples.opening()
        opening.size = Size(width: width, height: height)
        var desk = Desk(opening)
        desk.type("C")
        _ = desk.screen
        desk.press(.escape)
        settle(&desk, bytes: 9_000)
        desk.press(.right)
        settle(&desk, bytes: 7_000, lost: 2)
        desk.press(.right)
        desk.type("C")
        #expect(height < 10 || desk.screen.contains("7,000"))
    }
}
