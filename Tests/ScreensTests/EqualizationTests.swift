import Compression
import Engine
import Frames
import Networks
import Reports
import Screens
import Testing

@Suite("Equalizing on the screen")
struct EqualizationTests {
    private func order(_ desk: Desk) -> EqualizationOrder? {
        desk.effects.compactMap { if case .start(let task) = $0 { task.request as? EqualizationOrder } else { nil } }.last
    }

    private func run(_ command: String, _ desk: inout Desk) {
        desk.type(":" + command)
        desk.press(.enter)
    }

    /// Asks, and has the lane answer.
    private func equalize(_ desk: inout Desk) throws -> TrainedState {
        run("equalize-layers", &desk)
        let order = try #require(self.order(desk))
        var balance = try RangeBalance(of: order.base?.base(of: Samples.network) ?? Samples.network)
        while balance.step() {}
        let state = try balance.state(from: order.base)
        desk.send(.engine(.task(order.task.id, .ended(DerivedState(state, label: EqualizationOrder.label)))))
        return state
    }

    @Test("It is found by another name too, is kept as one change, and the plan stays; undo and redo")
    func equalizes() throws {
        var desk = Desk()
        desk.press([.right, .right])
        let before = desk.explorer.resolvedPlan
        desk.type(":rescale")
        #expect(desk.screen.contains("Equalize the layers"))
        desk.press(.escape)
        let state = try equalize(&desk)
        #expect(desk.effects.contains(.saveState(state, nil)) && desk.explorer.message?.text == "equalization; u takes it back")
        #expect(desk.explorer.base == state && desk.explorer.resolvedPlan == before && desk.explorer.layers == Samples.network.layers)
        #expect(desk.explorer.history.changes.last?.label == "equalization")
        desk.type("u")
        #expect(desk.explorer.base == nil && desk.explorer.resolvedPlan == before)
        desk.press(.control("r"))
        #expect(desk.explorer.base == state && desk.explorer.resolvedPlan == before)
        run("equalize-layers", &desk)
        #expect(order(desk)?.base == state)
    }

    @Test("What the lane says against it is shown")
    func refusal() {
        var desk = Desk()
        run("equalize-layers", &desk)
        #expect(desk.explorer.message?.text == "the ranges of the layers are being balanced…")
        desk.send(.engine(.task(TaskID(.equalization, "equalization"), .ended(TaskEnd("equalization: not done, for they are even")))))
        #expect(desk.explorer.message?.text == "equalization: not done, for they are even" && desk.explorer.message?.kind == .error)
        #expect(desk.explorer.base == nil)
    }
}
