import Compression
import Exports
import Frames
import Screens
import Testing

/// What is asked at the foot of the screen.
@Suite("Prompts")
struct PromptTests {
    private func prompt(_ desk: Desk) -> TextPrompt? { desk.explorer.stack.top(as: PromptView.self)?.prompt }

    @Test("an export suggests the small network; what is typed replaces the suggestion, → puts it in place")
    func exportSuggests() {
        var desk = Desk()
        desk.type("e")
        #expect(prompt(desk) == nil && desk.screen.contains("what it holds"))
        desk.press(.enter)
        #expect(prompt(desk)?.field.text == "" && desk.screen.contains("sample.pare"))
        desk.press(.enter)
        #expect(desk.written.map { $0.format == .pare && $0.path == "sample.pare" && !$0.overwrites } == true)
        desk.type("esmall.onnx")
        desk.press(.enter)
        #expect(desk.written.map { $0.format == .onnx && $0.path == "small.onnx" } == true)
        desk.type("e")
        desk.press([.enter, .right, .home])
        desk.type("my-")
        desk.press(.enter)
        #expect(desk.written.map { $0.format == .pare && $0.path == "my-sample.pare" } == true)
    }

    @Test(
        "an ending that is not known is refused with those that are, and nothing is written",
        arguments: ["out.xyz", "net.onx", "plan", ".pare", "a/.c"])
    func unknownEndings(_ name: String) {
        var desk = Desk(Samples.opening(size: Size(width: 80, height: 24)))
        desk.type("e" + name)
        let before = desk.effects
        desk.press(.enter)
        let refusal = prompt(desk)?.refusal ?? ""
        for ending in ExportTarget.endings { #expect(refusal.contains(ending)) }
        #expect(desk.effects == before && prompt(desk)?.field.text == name)
        #expect(desk.screen.contains(refusal))
    }

    @Test("every ending writes what it says")
    func knownEndings() {
        for (name, target) in [
            ("a.pare", ExportTarget.network(.pare)), ("a.onnx", .network(.onnx)), ("a.qdq.onnx", .network(.quantizedONNX)),
            ("a.safetensors", .network(.safetensors)), ("x/a.c", .network(.c)), ("a.yaml", .plan), ("a.yml", .plan),
        ] {
            #expect(ExportTarget(path: name) == target && ExportTarget.refusal(of: name) == nil)
        }
    }

    @Test("a picture is SVG and says so")
    func pictures() {
        var desk = Desk()
        desk.type("Ppicture.png")
        desk.press(.enter)
        #expect(prompt(desk)?.refusal?.contains(".svg") == true)
        desk.press([.control("u"), .enter])
        guard case .picture(let frame, let theme, let path, let overwrites)? = desk.effects.last else {
            Issue.record("no picture")
            return
        }
        #expect(theme == "dark" && path == "screen.svg" && !overwrites)
        // Drawn as the prompt closes; a question that follows is not in it.
        desk.send(.session(.exists(path: path, desk.effects[desk.effects.count - 1])))
        desk.type("y")
        #expect(desk.effects.last == .picture(frame, theme: theme, path: path, overwrite: true) && !frame.text.contains("Overwrite"))
    }

    @Test("a refused text keeps the keys that lead out, and the reason is read whole", arguments: [(80, 24), (120, 40), (60, 14)])
    func refusalKeepsKeys(width: Int, height: Int) {
        var desk = Desk(Samples.opening(size: Size(width: width, height: height)))
        desk.type("b")
        desk.press(.enter)
        desk.type("3.5")
        desk.press(.enter)
        let lines = desk.screen.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[height - 1].contains("3.5") && lines[height - 1].hasSuffix(" Enter accept  Esc cancel"))
        #expect(lines[height - 2].hasPrefix(" ! '3.5' is not a whole number"))
    }

    @Test("what a refusal allows is what the prompt says", arguments: Knob.allCases)
    func rangesAgree(_ knob: Knob) {
        let plans = [
            LayerPlan.unchanged, LayerPlan(weights: .linear(LinearQuantization(bits: 4, clip: .percentile(99)))),
            LayerPlan(weights: .shared(WeightSharing(bits: 4, start: .random))),
            LayerPlan(weights: .lattice(LatticeQuantization(step: 0.5))),
        ]
        for plan in plans where knob != .temperature {
            do {
                _ = try knob.typed("99999999999", in: plan)
            } catch {
                guard case .notAllowed(let range) = error else { continue }
                #expect(range == knob.rangeText(in: plan) && error.message == "allowed is \(range)")
            }
        }
    }

    @Test("bits of linear weights begin at 2, and prompt and refusal say so")
    func linearBits() throws {
        let plan = LayerPlan(weights: .linear(LinearQuantization(bits: 4)))
        #expect(Knob.bits.rangeText(in: plan) == "2…8, 16 or 32")
        #expect(throws: KnobRefusal.notAllowed("2…8, 16 or 32")) { try Knob.bits.typed("1", in: plan) }
        #expect(throws: KnobRefusal.notAllowed("1…8, 16 or 32")) { try Knob.bits.typed("40", in: .unchanged) }
        #expect(throws: KnobRefusal.notWhole("3.5")) { try Knob.bits.typed("3.5", in: .unchanged) }
    }
}
