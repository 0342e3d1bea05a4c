import Frames
import Terminal
import TestSupport
import Testing
import Themes

/// What the terminal draws on: asked once, and no answer is ever taken for keys.
@Suite(.serialized) struct BackgroundTests {
    @Test(arguments: [
        ("rgb:ffff/ffff/ffff", "light"), ("rgb:fdfd/f6f6/e3e3", "light"), ("rgb:1e1e/1e1e/1e1e", "dark"), ("#ffffff", "light"),
    ])
    func answerIsUsed(_ answer: String, _ word: String) throws {
        let terminal = try ProbeRun.shown(background: answer)
        #expect(terminal.screen.text(row: 0).contains("xterm-256color \(word)"))
        terminal.send("k")
        #expect(terminal.wait(for: "key character(\"k\")"))
        #expect(terminal.screen.text(row: 3) == "key character(\"k\")")
    }

    /// Whether the terminal says at least what it is, or nothing at all.
    @Test(arguments: [true, false])
    func withoutAnswerItIsUnknown(_ answersDevice: Bool) throws {
        let terminal = try ProbeRun.shown(answersDevice: answersDevice)
        #expect(terminal.screen.text(row: 0).contains("unknown"))
        #expect(try ProbeRun.shown([], ["COLORFGBG": "0;15"], answersDevice: answersDevice).screen.text(row: 0).contains("light"))
    }

    @Test func answerGoesBeforeTheVariable() throws {
        let terminal = try ProbeRun.shown([], ["COLORFGBG": "15;0"], background: "rgb:ff/ff/ff")
        #expect(terminal.screen.text(row: 0).contains("light"))
    }

    /// In one piece, and byte by byte as a slow line delivers it: the screen hears of the background and of nothing else.
    @Test(arguments: [true, false])
    func lateAnswerIsNoKey(_ isWhole: Bool) throws {
        let terminal = try ProbeRun.shown(answersDevice: false)
        let answer = Array("\u{1B}]11;rgb:ffff/ffff/ffff\u{07}\u{1B}[?62c".utf8)
        if isWhole {
            terminal.send(answer)
        } else {
            terminal.send(Array(answer.prefix(2)))
            for byte in answer[2..<24] {
                _ = terminal.listen(seconds: 0.03)
                terminal.send([byte])
            }
            terminal.send(Array(answer[24...]))
        }
        #expect(terminal.wait(for: "background known"))
        #expect(terminal.wait { $0.text(row: 0).contains("light") })
        terminal.send("k")
        #expect(terminal.wait(for: "key character(\"k\")"))
        #expect((3...5).map { terminal.screen.text(row: $0) } == ["background known", "key character(\"k\")", ""])
    }

    /// What is typed before the first frame waits for it.
    @Test func keysBeforeTheFirstFrameAreKept() throws {
        let terminal = try ProbeRun.start(background: "rgb:0/0/0")
        terminal.send("k\u{1B}[A")
        #expect(terminal.wait(for: "key up"))
        #expect(terminal.screen.text.contains("key character(\"k\")"))
    }

    @Test(arguments: ["linux", "ansi", "vt100", "xterm-mono"])
    func consolesAreNotAsked(_ name: String) throws {
        let terminal = try ProbeRun.shown([], ["TERM": name])
        #expect(!String(decoding: terminal.output, as: UTF8.self).contains("]11;"))
    }

    @Test func colorsOfAnswers() {
        func background(_ text: String) -> RGB? {
            var decoder = InputDecoder()
            decoder.awaitsAnswer = true
            decoder.feed(Array("\u{1B}]11;\(text)\u{07}".utf8), time: 0)
            #expect(decoder.takeEvents().isEmpty)
            return decoder.background
        }
        #expect(background("rgb:ffff/8080/0000") == RGB(255, 128, 0))
        #expect(background("rgb:f/8/0") == RGB(255, 136, 0))
        #expect(background("rgba:ff/80/00/ff") == RGB(255, 128, 0))
        for wrong in ["", "?", "rgb:ff/ff", "rgb:fffff/0/0", "rgb:+f/0/0", "red"] { #expect(background(wrong) == nil) }
    }

    @Test func whatOnlyBeginsLikeAnAnswerIsTyped() {
        func keys(_ text: String) -> [InputEvent.Kind] {
            var decoder = InputDecoder()
            decoder.awaitsAnswer = true
            decoder.feed(Array(text.utf8), time: 0)
            if decoder.isWaiting { decoder.finish(time: 0) }
            return decoder.takeEvents().map(\.kind)
        }
        #expect(keys("]") == [.key(.character("]"))])
        #expect(keys("]1x") == [.key(.character("]")), .key(.character("1")), .key(.character("x"))])
        #expect(keys("\u{1B}]x") == [.key(.escape), .key(.character("]")), .key(.character("x"))])
        #expect(keys("]11;rgb:0/0/0\u{1B}\\q") == [.key(.character("q"))])
        #expect(keys("\u{1B}]11;rgb:0/0/0\u{1B}[A") == [.key(.up)])
    }
}
