import Frames
import Terminal
import Testing

@Suite struct ColorTests {
    @Test func depthOfColorCounts() {
        let expected: [(Int, ColorDepth)] = [
            (-1, .mono), (0, .mono), (7, .mono), (8, .eight), (16, .sixteen), (88, .sixteen), (256, .palette256),
            (1 << 24, .direct),
        ]
        for (count, depth) in expected { #expect(ColorDepth(colorCount: count) == depth) }
    }

    /// From xterm's 256colres.h: 16 + 36r + 6g + b with 0, 95 … 255, and greys 8 + 10n.
    @Test func paletteValues() {
        #expect(XtermPalette.value(of: 16) == 0x000000)
        #expect(XtermPalette.value(of: 67) == 0x5F87AF)
        #expect(XtermPalette.value(of: 231) == 0xFFFFFF)
        #expect(XtermPalette.value(of: 232) == 0x080808)
        #expect(XtermPalette.value(of: 255) == 0xEEEEEE)
    }

    @Test func everyPaletteColorIsNearestToItself() {
        for index in UInt8(16)...255 {
            let value = XtermPalette.value(of: index)
            let nearest = XtermPalette.nearest(
                red: UInt8(value >> 16), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255))
            #expect(XtermPalette.value(of: nearest) == value)
        }
    }

    @Test func directColorIsPreferredOnlyWherePromised() {
        #expect(TerminalCandidates.better(than: "xterm-256color", direct: false) == ["xterm-256color"])
        #expect(
            TerminalCandidates.better(than: "xterm-256color", direct: true)
                == ["xterm-direct", "xterm-256color", "xterm-256color"])
        #expect(TerminalCandidates.better(than: "vt220", direct: true) == ["vt220"])
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64(_ text: String, _ encoded: String) {
        #expect(Base64.encoded(Array(text.utf8)) == encoded)
    }
}
