import Frames
import Terminal
import Testing

@Suite struct MouseTests {
    private func mouse(_ texts: [(String, Int64)]) -> [Mouse] {
        var decoder = InputDecoder()
        for (text, time) in texts { decoder.feed(Array(text.utf8), time: time) }
        return decoder.takeEvents().compactMap { event in
            if case .mouse(let mouse) = event.kind { mouse } else { nil }
        }
    }

    private func event(_ action: Mouse.Action, _ x: Int, _ y: Int) -> Mouse {
        Mouse(action: action, point: Point(x: x, y: y))
    }

    @Test func pressDragAndReleaseInOneRead() {
        let events = mouse([("\u{1B}[<0;10;5M\u{1B}[<32;11;5M\u{1B}[<32;300;5M\u{1B}[<0;300;5m", 0)])
        #expect(events == [event(.press, 9, 4), event(.drag, 299, 4), event(.release, 299, 4)])
    }

    @Test func wheelWithAndWithoutModifiers() {
        #expect(
            mouse([("\u{1B}[<64;1;1M\u{1B}[<65;2;3M\u{1B}[<69;2;3M\u{1B}[<66;1;1M", 0)])
                == [event(.wheelUp, 0, 0), event(.wheelDown, 1, 2), event(.wheelDown, 1, 2)])
    }

    @Test func otherButtonsAreNothing() {
        #expect(mouse([("\u{1B}[<1;4;4M\u{1B}[<1;4;4m\u{1B}[<2;4;4M\u{1B}[<34;5;4M\u{1B}[<35;6;4M\u{1B}[<128;4;4M", 0)]) == [])
    }

    @Test func oldEncoding() {
        #expect(
            mouse([("\u{1B}[M !\"\u{1B}[M#!\"\u{1B}[M`!!", 0)])
                == [event(.press, 0, 1), event(.release, 0, 1), event(.wheelUp, 0, 0)])
    }

    @Test func doubleClickNeedsTimeAndPlace() {
        let click = "\u{1B}[<0;3;3M\u{1B}[<0;3;3m"
        let elsewhere = "\u{1B}[<0;4;3M\u{1B}[<0;4;3m"
        func actions(_ texts: [(String, Int64)]) -> [Mouse.Action] { mouse(texts).map(\.action).filter { $0 != .release } }
        #expect(actions([(click, 0), (click, 500)]) == [.press, .doubleClick])
        #expect(actions([(click, 0), (click, 501)]) == [.press, .press])
        #expect(actions([(click, 0), (elsewhere, 100)]) == [.press, .press])
        #expect(actions([(click, 0), (click, 100), (click, 200)]) == [.press, .doubleClick, .press])
        #expect(actions([("\u{1B}[<0;3;3M\u{1B}[<32;4;3M\u{1B}[<0;4;3m", 0), (click, 100)]) == [.press, .drag, .press])
    }

    @Test func dragWithoutPressBeginsWithOne() {
        #expect(mouse([("\u{1B}[<32;4;3M\u{1B}[<0;4;3m", 0)]) == [event(.press, 3, 2), event(.drag, 3, 2), event(.release, 3, 2)])
    }
}
