import Frames
import Terminal
import Testing
import Themes

@Suite struct ColorTests {
    @Test func depthOfColorCounts() {
        let expected: [(Int, ColorDepth)] = [
            (-1, .mono), (0, .mono), (7, .mono), (8, .colors16), (16, .colors16), (88, .colors16), (256, .colors256),
            (1 << 24, .direct),
        ]
        for (count, depth) in expected { #expect(ColorDepth(colorCount: count) == depth) }
    }

    @Test func theLowerDepthCounts() {
        let rising: [ColorDepth] = [.mono, .colors16, .colors256, .direct]
        for (i, first) in rising.enumerated() {
            for (j, second) in rising.enumerated() { #expect(first.limited(to: second) == rising[min(i, j)]) }
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
