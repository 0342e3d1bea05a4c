import Frames
import Terminal
import Testing

@Suite struct InputDecoderTests {
    /// The events of some bytes, fed at once, with what is pending given up at the end.
    private func decode(_ text: String, capabilities: [[UInt8]: Key] = [:]) -> [InputEvent.Kind] {
        decode(Array(text.utf8), capabilities: capabilities)
    }

    private func decode(_ bytes: [UInt8], capabilities: [[UInt8]: Key] = [:]) -> [InputEvent.Kind] {
        var decoder = InputDecoder(capabilities: capabilities)
        decoder.feed(bytes, time: 0)
        decoder.finish(time: 0)
        return decoder.takeEvents().map(\.kind)
    }

    @Test(arguments: [
        ("\u{1B}[A", Key.up), ("\u{1B}OA", .up), ("\u{1B}[B", .down), ("\u{1B}OB", .down), ("\u{1B}[C", .right),
        ("\u{1B}OC", .right), ("\u{1B}[D", .left), ("\u{1B}OD", .left), ("\u{1B}[1;2A", .shiftUp), ("\u{1B}[1;2B", .shiftDown),
        ("\u{1B}[1;2C", .shiftRight), ("\u{1B}[1;2D", .shiftLeft), ("\u{1B}[1;5C", .shiftRight), ("\u{1B}[a", .shiftUp),
        ("\u{1B}Oc", .shiftRight), ("\u{1B}O2A", .shiftUp), ("\u{1B}[H", .home), ("\u{1B}OH", .home), ("\u{1B}[1~", .home),
        ("\u{1B}[7~", .home), ("\u{1B}[F", .end), ("\u{1B}OF", .end), ("\u{1B}[4~", .end), ("\u{1B}[8~", .end),
        ("\u{1B}[1;2H", .home), ("\u{1B}[5~", .pageUp), ("\u{1B}[6~", .pageDown), ("\u{1B}[2~", .insert),
        ("\u{1B}[3~", .delete), ("\u{1B}[Z", .backTab), ("\u{1B}OM", .enter), ("\u{1B}Ok", .character("+")),
        ("\u{1B}Op", .character("0")),
    ])
    func cursorKeys(_ sequence: String, _ key: Key) {
        #expect(decode(sequence) == [.key(key)])
    }

    @Test(arguments: [
        ("\u{1B}OP", 1), ("\u{1B}OS", 4), ("\u{1B}[11~", 1), ("\u{1B}[[A", 1), ("\u{1B}[[E", 5), ("\u{1B}[15~", 5),
        ("\u{1B}[17~", 6), ("\u{1B}[21~", 10), ("\u{1B}[24~", 12), ("\u{1B}[1;2P", 1), ("\u{1B}[15;5~", 5),
    ])
    func functionKeys(_ sequence: String, _ number: Int) {
        #expect(decode(sequence) == [.key(.function(number))])
    }

    @Test(arguments: [
        ("a", Key.character("a")), (" ", .character(" ")), ("σ", .character("σ")), ("宽", .character("宽")),
        ("😀", .character("😀")), ("\r", .enter), ("\n", .enter), ("\t", .tab), ("\u{7F}", .backspace), ("\u{8}", .backspace),
        ("\u{3}", .control("c")), ("\u{1A}", .control("z")), ("\u{0}", .control(" ")), ("\u{1C}", .control("\\")),
        ("\u{1F}", .control("_")), ("\u{1B}", .escape), ("\u{1B}[27;5;114~", .control("r")), ("\u{1B}[114;5u", .control("r")),
        ("\u{1B}[27u", .escape), ("\u{1B}[9;2u", .backTab),
    ])
    func characters(_ sequence: String, _ key: Key) {
        #expect(decode(sequence) == [.key(key)])
    }

    /// There is no Meta key: a line that delivers Esc and a letter in one read must lose neither.
    @Test(arguments: [
        ("\u{1B}x", Key.character("x")), ("\u{1B}σ", .character("σ")), ("\u{1B}[", .character("[")), ("\u{1B}O", .character("O")),
        ("\u{1B}]", .character("]")), ("\u{1B}[97;3u", .character("a")), ("\u{1B}[27;3;97~", .character("a")), ("\u{1B} ", .character(" ")),
    ])
    func altIsEscapeAndTheKey(_ sequence: String, _ key: Key) {
        #expect(decode(sequence) == [.key(.escape), .key(key)])

    }

    @Test func escapeTwiceIsTwoKeys() {
        #expect(decode("\u{1B}\u{1B}") == [.key(.escape), .key(.escape)])
        #expect(decode("\u{1B}\u{1B}[A") == [.key(.escape), .key(.up)])
        #expect(decode("\u{1B}\r") == [.key(.escape), .key(.enter)])
    }

    @Test func terminfoComesFirst() {
        let keys: [[UInt8]: Key] = [Array("\u{1B}[192z".utf8): .insert, Array("\u{1B}[A".utf8): .pageUp]
        #expect(decode("\u{1B}[192z\u{1B}[A", capabilities: keys) == [.key(.insert), .key(.pageUp)])
    }

    @Test(arguments: ["\u{1B}[I", "\u{1B}[O", "\u{1B}[?1;2c", "\u{1B}[99~", "\u{1B}[1;", "\u{1B}[201~", "\u{1B}[<1;2M"])
    func unknownSequencesAreNothing(_ sequence: String) {
        #expect(decode(sequence) == [])
        #expect(decode(sequence + "\u{1B}[A").last == .key(.up))
    }

    @Test func invalidUTF8IsDropped() {
        #expect(decode([0xFF, 0x61]) == [.key(.character("a"))])
        #expect(decode([0xC3, 0x61]) == [.key(.character("a"))])
        #expect(decode([0xE5, 0xAE]) == [])
        #expect(decode([0xC0, 0x80, 0x62]) == [.key(.character("b"))])
        #expect(decode([0xED, 0xA0, 0x80, 0x62]) == [.key(.character("b"))])
    }

    /// Every way of cutting a stream in two gives the same events.
    @Test func piecesAreJoined() {
        let stream = Array("a\u{1B}[1;2Aσ\u{1B}[<0;5;6M\u{1B}[200~x\u{1B}[20y\u{1B}[201~\u{1B}OP宽\u{1B}q".utf8)
        let whole = decode(stream)
        #expect(whole.count == 9)
        for cut in stream.indices {
            var decoder = InputDecoder()
            decoder.feed(stream[..<cut], time: 0)
            decoder.feed(stream[cut...], time: 0)
            #expect(decoder.takeEvents().map(\.kind) == whole, "cut at \(cut)")
        }
        var bytewise = InputDecoder()
        for byte in stream { bytewise.feed([byte], time: 0) }
        #expect(bytewise.takeEvents().map(\.kind) == whole)
    }

    @Test func waitsOnlyWithinASequence() {
        var decoder = InputDecoder()
        decoder.feed([0x1B], time: 0)
        #expect(decoder.isWaiting)
        decoder.finish(time: 30)
        #expect(!decoder.isWaiting)
        #expect(decoder.takeEvents() == [InputEvent(.key(.escape), time: 30)])
        decoder.feed(Array("\u{1B}[200~abc".utf8), time: 0)
        #expect(!decoder.isWaiting)
    }

    @Test func pasteIsTextAndNeverKeys() {
        #expect(decode("\u{1B}[200~q\r\nx\ry\u{1B}[A\u{3}\u{1B}[201~z") == [.paste("q\nx\ny\u{1B}[A\u{3}"), .key(.character("z"))])
        #expect(decode("\u{1B}[200~\u{1B}[201~") == [.paste("")])
    }

    @Test func longPastesAreCut() {
        let text = String(repeating: "a", count: InputDecoder.longestPaste + 100)
        #expect(decode("\u{1B}[200~\(text)\u{1B}[201~q") == [.paste(String(text.dropLast(100))), .key(.character("q"))])
    }

    /// No stream of bytes stops the decoder or makes it hold more than a sequence.
    @Test func randomBytesAreSurvived() {
        var state: UInt64 = 42
        func random() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let likely: [UInt8] = Array("\u{1B}\u{1B}\u{1B}[[O<;;0123456789Mm~uABZP".utf8)
        for _ in 0..<2000 {
            var decoder = InputDecoder()
            let count = Int(random() % 60)
            for _ in 0..<count {
                let byte = random() % 3 == 0 ? UInt8(truncatingIfNeeded: random()) : likely[Int(random()) % likely.count]
                decoder.feed([byte], time: 0)
                #expect(decoder.pending.count <= InputDecoder.longestSequence + 4)
            }
            decoder.finish(time: 0)
            #expect(!decoder.isWaiting)
        }
    }
}
