import Frames
import Tensors
import Testing

@Suite("Tables and lists")
struct TableTests {
    @Test("the selection is always in sight and the window never past the end")
    func scrollWindows() {
        for count in 0..<12 {
            for height in 1..<8 {
                for offset in -2..<14 {
                    for selected in 0..<max(1, count) {
                        let window = ScrollWindow(count: count, height: height, offset: offset, selected: count > 0 ? selected : nil)
                        #expect(count == 0 || window.rows.contains(selected))
                        #expect(window.rows.count == min(count, height))
                    }
                }
            }
        }
    }

    @Test("a click finds the row that is drawn there")
    func clicks() {
        let rows = (0..<30).map { Table.Row([StyledText("row\($0);")]) }
        let table = Table(columns: [.init("name", alignment: .left)], rows: rows, selected: 17, offset: 5)
        let rect = Rect(x: 3, y: 2, width: 12, height: 9)
        var frame = Frame(size: Size(width: 20, height: 15))
        table.draw(in: rect, on: &frame, glyphs: .unicode)
        for y in 0..<15 {
            let row = table.row(at: Point(x: 5, y: y), in: rect)
            #expect(row.map { frame.text(row: y).contains("row\($0);") } ?? !frame.text(row: y).contains("row"))
        }
        #expect(table.row(at: Point(x: 5, y: 2), in: rect) == nil)
        #expect(table.row(at: Point(x: 2, y: 5), in: rect) == nil)
    }

    @Test("a footer stands below the last row, where there is room and its last column is shown")
    func footers() {
        var table = Samples.layers
        let blanks = Array(repeating: StyledText(""), count: table.columns.count - 2)
        table.footer = Table.Row([StyledText("rest")] + blanks + [StyledText("12")])
        let (height, width) = (table.rows.count + 2, 60)
        let below = table.frame(width, height).text(row: height - 1)
        #expect(below.hasPrefix(" rest") && below.contains("12"))
        #expect(!table.frame(width, height - 1).text.contains("rest"))
        #expect(!table.frame(20, height).text.contains("rest"))
        #expect(table.row(at: Point(x: 2, y: height - 1), in: Rect(x: 0, y: 0, width: width, height: height)) == nil)
    }

    @Test("the selected row stands on its background and has a mark")
    func selection() {
        let frame = Samples.layers.frame(60, 6)
        #expect(frame.text(row: 2).hasPrefix("▸conv2"))
        for x in 0..<60 { #expect(frame[x, 2].style.background == .selection) }
        #expect(frame[5, 1].style.background == nil)
        var inactive = Samples.layers
        inactive.isFocused = false
        #expect(inactive.frame(60, 6)[5, 2].style.background == .selectionInactive)
    }

    @Test("numbers are never cut: what stands on the left shrinks, then a column goes")
    func numbers() {
        let columns: [Table.Column] = [
            .init("layer", alignment: .left, minimumWidth: 5, priority: 10), .init("weights", minimumWidth: 7, priority: 4),
            .init("bytes", minimumWidth: 6, priority: 1),
        ]
        let row = Table.Row(["model.layers.0.self_attn", "1,234,567,890", "4,938,271,560"].map { StyledText($0) })
        let table = Table(columns: columns, rows: [row])
        for width in 21..<80 {
            let line = table.frame(width, 2).text(row: 1)
            #expect(line.contains("1,234,567,890") && line.contains("4,938,271,560") == (width >= 34), "\(width): \(line)")
        }
    }

    @Test("columns of low priority go first as the table gets narrower")
    func priorities() {
        var dropped: [String] = []
        for width in stride(from: 60, to: 6, by: -1) {
            let header = Samples.layers.frame(width, 2).text(row: 0)
            for title in ["shape", "weights", "ratio", "kept", "bits", "dB"] where !header.contains(title) {
                if !dropped.contains(title) { dropped.append(title) }
            }
        }
        #expect(dropped == ["shape", "dB", "weights", "bits", "kept", "ratio"])
    }

    @Test("while many rows scroll a footer keeps the last line, from twelve lines on")
    func pinnedFooters() {
        let rows = (0..<30).map { Table.Row([StyledText("row\($0);"), StyledText("\($0)")]) }
        var table = Table(columns: [.init("name", alignment: .left), .init("n")], rows: rows, selected: 29)
        table.footer = Table.Row([StyledText("rest"), StyledText("1,234,567")])
        let tall = table.frame(30, Table.footerHeight)
        #expect(tall.text(row: Table.footerHeight - 1).hasPrefix(" rest") && tall.text(row: Table.footerHeight - 2).contains("row29;"))
        #expect(tall.text(row: Table.footerHeight - 1).contains("1,234,567"))
        let low = table.frame(30, Table.footerHeight - 1)
        #expect(!low.text.contains("rest") && low.text(row: Table.footerHeight - 2).contains("row29;"))
        let last = Point(x: 2, y: Table.footerHeight - 1)
        #expect(table.row(at: last, in: Rect(x: 0, y: 0, width: 30, height: Table.footerHeight)) == nil)
    }
}
