import Compression
import Networks
import Reports
import Screens
import Testing

/// When a snapshot is kept, and with which numbers.
@Suite("Snapshots that wait")
struct SnapshotTests {
    /// A desk whose engine answers when it is asked to.
    private func desk() -> Desk {
        var desk = Desk(isEngineOn: false)
        desk.press(.shiftRight)
        desk.type("s")
        desk.press([.control("u")])
        desk.type("first")
        desk.press([.enter, .enter])
        return desk
    }

    private func plans(_ desk: Desk) -> [PlanRequest] {
        desk.effects.compactMap { if case .plan(let request) = $0 { request } else { nil } }
    }

    @Test("it waits for its numbers; a newer plan waits for its layers, and then it is kept with what was measured")
    func waits() throws {
        var desk = desk()
        #expect(desk.kept.isEmpty && plans(desk).count == 2)
        let asked = desk.explorer.plan
        desk.press(.shiftRight)
        desk.press(.shiftRight)
        #expect(desk.kept.isEmpty && plans(desk).count == 2, "the layers of the snapshot are not made")
        desk.answer(asked, settles: false)
        #expect(desk.kept.map(\.name) == ["first"] && desk.kept[0].plan == asked && desk.kept[0].layers.count == 4)
        #expect(desk.kept[0].layers.map(\.plan.pruning.amount) == [0.25, 0, 0, 0])
        #expect(plans(desk).count == 3 && plans(desk).last?.plan == desk.explorer.plan)
    }

    @Test("two that wait for plans one after another are both kept, each with its own layers")
    func two() throws {
        var desk = desk()
        let first = desk.explorer.plan
        desk.press(.shiftRight)
        let second = desk.explorer.plan
        desk.type("s")
        desk.press([.enter, .enter])
        desk.answer(first, settles: true)
        #expect(desk.kept.map(\.name) == ["first"] && plans(desk).last?.plan == second)
        desk.answer(second, settles: true)
        #expect(desk.kept.count == 2 && desk.kept[1].layers.map(\.plan.pruning.amount) == [0.5, 0, 0, 0])
    }

    @Test("with the exact size of the file, where the engine finds one; at the end with what is there")
    func file() {
        for ends in [false, true] {
            var desk = desk()
            desk.explorer.findsFileSize = true
            desk.answer(desk.explorer.plan, settles: true)
            #expect(desk.kept.isEmpty)
            let file = FileBytes(total: 4_321, layers: [:])
            if ends { desk.effects += desk.explorer.end() } else { desk.send(.engine(.file(file, generation: desk.explorer.generation))) }
            #expect(desk.kept.count == 1 && desk.kept[0].file?.total == (ends ? nil : 4_321))
        }
    }
}
