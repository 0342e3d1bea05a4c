import Compression
import Frames
import Screens
import Sessions
import Testing

/// The knobs of a folded group turn all its layers.
@Suite("Knobs of a group")
struct GroupKnobTests {
    /// 17 layers below `model` and `head`; all groups are folded, `model` is selected.
    private func desk(width: Int = 120) -> Desk {
        var desk = Desk(
            Opening(
                network: LayerTreeTests.network, session: SessionStatus(name: "first-try"), themes: ["dark"], theme: "dark",
                size: Size(width: width, height: 40), clockOffset: 0))
        desk.type("_")
        return desk
    }

    private func amounts(_ desk: Desk) -> [Double] { desk.explorer.layers.map { desk.explorer.plan(of: $0).pruning.amount } }

    @Test("a step turns every layer of the group, and no other, as one change that is undone as one")
    func turns() {
        var desk = desk()
        #expect(desk.explorer.targets.count == 17)
        desk.press(.right)
        #expect(amounts(desk) == Array(repeating: 0.05, count: 17) + [0])
        #expect(desk.explorer.history.changes.map(\.label) == ["model (17 layers) ratio 0.00 → 0.05"])
        desk.press(.right)
        desk.press(.right, after: 100)
        #expect(amounts(desk)[3] == 0.15 && desk.explorer.history.changes.count == 2)
        desk.type("uu")
        #expect(amounts(desk) == Array(repeating: 0, count: 18))
    }

    @Test("the line of knobs and the footer say how many layers they turn", arguments: [80, 120, 200])
    func saysHowMany(width: Int) {
        let desk = desk(width: width)
        let lines = desk.screen.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[37].hasPrefix(" model · 17 layers ▸ [ratio 0.00]"))
        #expect(width < 100 || lines[39].hasSuffix("model · 17 layers ▸ ratio"))
    }

    @Test("values that differ are mixed: a step turns each from where it is, typing sets all")
    func mixes() {
        var desk = desk()
        desk.type("_")
        desk.press([.down, .shiftRight])
        desk.type("_")
        #expect(desk.explorer.knobText == "mixed" && desk.screen.contains("[ratio mixed]"))
        desk.press(.right)
        #expect(Set(amounts(desk).prefix(17)) == [0.05, 0.3])
        #expect(desk.explorer.history.changes.last?.label == "model (17 layers) ratio mixed → mixed")
        desk.press(.enter)
        #expect(desk.screen.contains("model · 17 layers ratio ("))
        desk.type("1")
        desk.press(.enter)
        #expect(amounts(desk) == Array(repeating: 1, count: 17) + [0])
        #expect(desk.explorer.knobText == "1.00")
    }

    @Test("words go to one word for all; bits, bypass and reset are the group's too")
    func otherKnobs() {
        var desk = desk()
        desk.type("w")
        desk.press(.enter)
        desk.type("shared 4")
        desk.press(.enter)
        let weights = desk.explorer.layers.map { desk.explorer.plan(of: $0).weights.name }
        #expect(weights == Array(repeating: "shared", count: 17) + ["float32"])
        desk.type(" ")
        #expect(desk.explorer.layers.map { desk.explorer.plan(of: $0).bypass } == Array(repeating: true, count: 17) + [false])
        desk.type(" 0")
        #expect(desk.explorer.layers.allSatisfy { desk.explorer.plan(of: $0) == .unchanged })
        desk.type("u")
        #expect(desk.explorer.plan(of: desk.explorer.layers[16]).weights.bits == 4)
    }

    @Test("layers at the end of a knob stay, which is said; where all are, the refusal is")
    func refusals() {
        var desk = desk()
        desk.type("b")
        desk.press(.right)
        #expect(desk.explorer.message?.text == "bits is at its end: 32" && desk.explorer.history.changes.isEmpty)
    }

    @Test("an open group, a filter and a sorted list leave the knobs to one layer")
    func oneLayer() {
        var desk = desk()
        desk.type("O")
        #expect(desk.explorer.targets.count == 1)
        desk.type("OOOO/embed")
        desk.press(.enter)
        #expect(desk.explorer.targets.map(\.name) == ["model.embed"])
        desk.press(.escape)
        #expect(desk.explorer.targets.count == 17)
        desk.type("-")
        #expect(desk.explorer.targets.count == 1)
    }
}
