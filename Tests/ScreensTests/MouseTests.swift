import Frames
import Screens
import Testing

@Suite("Mouse")
struct MouseTests {
    private func rect(_ pane: Place, _ desk: Desk) throws -> Rect {
        try #require(desk.explorer.layout(for: desk.explorer.size).panes[pane])
    }

    @Test("a click selects a layer and focuses a pane")
    func clicks() throws {
        var desk = Desk()
        let layers = try rect(.layers, desk)
        desk.mouse(.press, layers.x + 4, layers.y + 4)
        #expect(desk.layer?.name == "fc1")
        let accuracy = try rect(.accuracy, desk)
        desk.mouse(.press, accuracy.x + 2, accuracy.y + 2)
        #expect(desk.explorer.focus == .accuracy)
    }

    @Test("a drag puts the threshold into the column under the pointer; its steps are one entry")
    func drags() throws {
        var desk = Desk()
        desk.press([.down, .down])
        let layer = try #require(desk.layer)
        let pane = try rect(.weights, desk)
        let range = try #require(desk.explorer.histogramRange(of: layer))
        let chart = HistogramChart(range: range, kept: [])
        desk.mouse(.press, pane.x + pane.width / 2, pane.y + 5)
        // A run of columns in the right half, inside whatever margin the chart has.
        for column in stride(from: pane.x + pane.width / 2 + 3, to: pane.maxX - 8, by: 2) {
            desk.mouse(.drag, column, pane.y + 5)
            let threshold = try #require(desk.explorer.threshold(of: layer))
            let inside = pane.inset(by: 1)
            #expect(chart.column(of: threshold, in: inside) == column)
            #expect(chart.column(of: -threshold, in: inside) == inside.x + inside.maxX - 1 - column)
        }
        desk.mouse(.release, pane.x + 40, pane.y + 5)
        #expect(desk.explorer.history.changes.count == 1)
        #expect(desk.explorer.focus == .weights)
    }

    @Test("the wheel scrolls or turns what is under it")
    func wheels() throws {
        var desk = Desk()
        let layers = try rect(.layers, desk)
        desk.mouse(.wheelDown, layers.x + 4, layers.y + 4)
        #expect(desk.layer?.name == "conv2")
        let weights = try rect(.weights, desk)
        desk.mouse(.wheelUp, weights.x + 4, weights.y + 4)
        #expect(desk.plan.pruning.amount == 0.05)
    }

    @Test("keys in the footer and knobs in the inspector can be clicked; a mouse that is off does nothing")
    func clicksFooter() throws {
        var desk = Desk()
        let layout = desk.explorer.layout(for: desk.explorer.size)
        let footer = desk.explorer.frame(size: desk.explorer.size).text(row: layout.footer.y)
        let undo = try #require(footer.range(of: "Space"))
        desk.mouse(.press, footer.distance(from: footer.startIndex, to: undo.lowerBound) + 1, layout.footer.y)
        #expect(desk.plan.bypass)
        let inspector = desk.explorer.frame(size: desk.explorer.size).text(row: layout.inspector.y)
        let bits = try #require(inspector.range(of: "bits"))
        desk.mouse(.press, inspector.distance(from: inspector.startIndex, to: bits.lowerBound), layout.inspector.y)
        #expect(desk.explorer.activeKnob == .bits)
        desk.press(.function(2))
        #expect(desk.effects.last == .mouse(false))
        let plan = desk.explorer.plan
        desk.mouse(.wheelUp, 100, 5)
        #expect(desk.explorer.plan == plan)
    }
}
