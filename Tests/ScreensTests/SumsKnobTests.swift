import Compression
import Frames
import Networks
import Screens
import TestSupport
import Testing

/// What sums hand on, turned on the screen.
@Suite("Knobs of sums")
struct SumsKnobTests {
    private func desk(_ kind: ChannelNetwork.Kind) -> Desk {
        Desk(Opening(network: ChannelNetwork.network(kind), session: .init(name: "sums")))
    }

    private func turnTo(_ knob: Knob, _ desk: inout Desk) {
        for _ in 0..<Knob.allCases.count where desk.explorer.activeKnob != knob { desk.press(.tab) }
    }

    @Test("they come last where ways meet in sums that are never below 0; which ones is said, and one step goes back")
    func turned() {
        var desk = desk(.residualB)
        turnTo(.sums, &desk)
        #expect(desk.explorer.activeKnob == .sums && desk.screen.contains("sums float"))
        desk.press(.left)
        let eight = ActivationQuantization.clipped(bits: 8, clip: .calibrated)
        #expect(desk.explorer.plan.sums == eight)
        #expect(desk.screen.contains("sums: 8 bits, calibrated clips: Add1, Add2, Add3, Add4"))
        desk.press(.tab)
        #expect(desk.explorer.activeKnob == .sumsClip)
        desk.press(.right)
        #expect(desk.explorer.plan.sums == .clipped(bits: 8, clip: .learned))
        desk.press(.backTab)
        desk.press(.enter)
        desk.type("5")
        desk.press(.enter)
        #expect(desk.explorer.plan.sums == .clipped(bits: 5, clip: .learned))
        desk.type("u")
        desk.type("u")
        #expect(desk.explorer.plan.sums == eight)
        desk.type("u")
        #expect(desk.explorer.plan.sums == nil)
    }

    @Test("a layer right before a quantized sum says that it hands on floats")
    func before() throws {
        var desk = desk(.residualB)
        turnTo(.sums, &desk)
        desk.press(.left)
        let junction = try #require(desk.explorer.network.junctions.first)
        let place = try #require(desk.explorer.layers.firstIndex { $0.weight == junction.layers.first })
        desk.press([Key](repeating: .down, count: place))
        turnTo(.activations, &desk)
        desk.press(.left)
        #expect(desk.screen.contains("hands its floats to \(junction.name)"))
        turnTo(.sums, &desk)
        desk.type("a")
        #expect(desk.screen.contains("sums have one setting for the whole network"))
    }

    @Test("networks without such sums have no knob for them", arguments: [ChannelNetwork.Kind.mobileNetV2, .subPixels])
    func none(kind: ChannelNetwork.Kind) {
        var desk = desk(kind)
        turnTo(.sums, &desk)
        #expect(desk.explorer.activeKnob != .sums)
    }
}
