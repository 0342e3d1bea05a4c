import Frames
import Testing

@Suite("Text in cells")
struct TextTests {
    @Test("styled text is cut by cells with the ellipsis as its last")
    func truncation() {
        let text = StyledText("全角", .title) + StyledText(" abc", .value)
        #expect(text.cellWidth == 8)
        #expect(text.truncated(to: 8).plain == "全角 abc")
        #expect(text.truncated(to: 6).plain == "全角 …")
        #expect(text.truncated(to: 4).plain == "全…")
        #expect(text.truncated(to: 2).plain == "…")
        #expect(text.truncated(to: 0).plain == "")
        for width in 0...9 { #expect(text.truncated(to: width).cellWidth <= width) }
    }

    @Test("names are cut at their beginning, so that what tells them apart stays; an indentation stays")
    func truncationAtStart() {
        let name = "features.6.1.block.3"
        #expect(name.truncatedAtStart(to: 20) == name)
        #expect(name.truncatedAtStart(to: 12) == "…6.1.block.3")
        #expect(("  " + name).truncatedAtStart(to: 12) == "  …1.block.3")
        #expect("全角字x".truncatedAtStart(to: 5) == "…字x")
        let styled = StyledText("features.6.1.", .text) + StyledText("block", .title, .underline) + StyledText("!", .warning)
        let cut = styled.truncatedAtStart(to: 9)
        #expect(cut.plain == "…1.block!" && cut.runs.last?.style.role == .warning && cut.runs.first?.style.role == .text)
        for width in 0...22 {
            #expect(("    " + name).truncatedAtStart(to: width).cellWidth <= width)
            #expect(styled.truncatedAtStart(to: width).cellWidth <= width)
            #expect(styled.truncatedAtStart(to: width).plain == styled.plain.truncatedAtStart(to: width))
        }
    }

    @Test("words wrap at the width, long ones are cut, breaks are kept")
    func wrapping() {
        let paragraph = Paragraph("one two\n\nsupercalifragilistic  end")
        #expect(paragraph.lines(width: 8).map(\.plain) == ["one two", "", "supercal", "ifragili", "stic", "end"])
        #expect(paragraph.lines(width: 0).isEmpty)
        let styled = Paragraph(StyledText("a", .key) + StyledText("b c", .text)).lines(width: 2)
        #expect(styled.map(\.plain) == ["ab", "c"])
        #expect(styled[0].runs.map(\.style.role) == [.key, .text])
    }

    @Test("a filter's letters are underlined, together or one by one")
    func highlighting() {
        func underlined(_ text: StyledText) -> String {
            text.runs.filter { $0.style.emphasis.contains(.underline) }.map(\.text).joined(separator: "|")
        }
        #expect(underlined(StyledText("Save Snapshot").highlighting("snap")) == "Snap")
        #expect(underlined(StyledText("Save Snapshot").highlighting("svs")) == "S|v|S")
        #expect(underlined(StyledText("Save").highlighting("xyz")) == "")
        #expect(StyledText("Save").highlighting("") == StyledText("Save"))
    }

    /// As glibc 2.36's `wcwidth` has them.
    @Test("cells of a character")
    func cellWidths() {
        for glyph in "aé─█⣿▲σ−±×…→▸╵▔ﬁ\u{1F1E6}\u{600}\u{303F}".unicodeScalars { #expect(glyph.cellWidth == 1, "\(glyph)") }
        for glyph in "全角。字😀⌚✨㌀\u{2329}".unicodeScalars { #expect(glyph.cellWidth == 2, "\(glyph)") }
        for glyph in "\u{301}\u{200D}\u{FE0F}\u{1160}\u{20DD}".unicodeScalars { #expect(glyph.cellWidth == 0, "\(glyph)") }
    }

    @Test("wide characters that are half overwritten or clipped leave blanks")
    func wideCharacters() {
        var frame = Frame(size: Size(width: 6, height: 1))
        frame.draw("全角字", at: Point(x: 0, y: 0))
        frame.draw("x", at: Point(x: 1, y: 0))
        #expect(frame.text(row: 0) == " x角字")
        frame.draw("y", at: Point(x: 4, y: 0))
        #expect(frame.text(row: 0) == " x角y ")
        var clipped = Frame(size: Size(width: 4, height: 1))
        clipped.draw("全角字", at: Point(x: -1, y: 0))
        #expect(clipped.text(row: 0) == " 角 ")
    }
}

@Suite("Text field")
struct TextFieldTests {
    @Test("editing keys")
    func editing() {
        var field = TextField("one two")
        field.handle(.control("w"))
        #expect(field.text == "one ")
        field.handle(.backspace)
        field.handle(.home)
        field.handle(.character("t"))
        #expect(field.text == "tone" && field.cursor == 1)
        field.handle(.delete)
        #expect(field.text == "tne")
        field.handle(.end)
        field.handle(.control("u"))
        #expect(field.text.isEmpty && field.cursor == 0)
        let tookEnter = field.handle(.enter)
        let tookDelete = field.handle(.control("w"))
        #expect(!tookEnter && tookDelete)
    }

    @Test("pasted text loses control characters and line breaks")
    func pasting() {
        var field = TextField()
        field.insert("a\nb\u{1B}[31mc\te")
        #expect(field.text == "a b[31mc e")
        field.insert("e")
        field.insert("\u{301}")
        #expect(field.cursor == field.text.count)
    }

    @Test("the cursor is in sight however long the text is")
    func scrolling() {
        var field = TextField("0123456789")
        var frame = field.frame(5, 1)
        #expect(frame.text == "6789" && frame.cursor == Point(x: 4, y: 0))
        field.handle(.home)
        frame = field.frame(5, 1)
        #expect(frame.text == "01234" && frame.cursor == Point(x: 0, y: 0))
    }
}
