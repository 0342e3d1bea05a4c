import Frames

extension Explorer {
    /// The pop-ups that stand over the body, lowest first.
    func drawOverlays(in area: Rect, on frame: inout Frame) {
        for overlay in overlays {
            switch overlay {
            case .palette(let list): drawList("Commands", paletteEntries(list), list, in: area, on: &frame)
            case .help(let list): drawList("Help", helpEntries(list), list, in: area, on: &frame)
            case .messages(let scroll): drawMessages(scroll, in: area, on: &frame)
            case .themes:
                let size = Size(width: min(area.width, 44), height: min(area.height, themes.count + 2))
                Popup(title: StyledText(ThemesView.title(self), .title), size: size)
                    .draw(in: area, on: &frame, glyphs: glyphs) { frame, inside in ThemesView.draw(self, in: inside, on: &frame) }
            case .retrain(let form): RetrainView(self, form).draw(in: area, on: &frame)
            case .confirmation(_, .leave): drawCause(in: area, on: &frame)
            case .prompt, .confirmation, .sessions, .compare, .maskMap, .ladder, .grid: break
            }
        }
    }

    /// Where the pop-up of a searchable list stands.
    private func listPopup(_ title: String) -> Popup {
        Popup(title: StyledText(title, .title), size: Size(width: 96, height: 36))
    }

    /// The rows of the list inside a pop-up: below the field, above the sentence of the selected entry.
    private func listRect(in inside: Rect) -> Rect {
        let below = inside.splitTop(1).rest
        return below.splitTop(below.height - (below.height >= 6 ? 2 : 0)).top
    }

    private func listView(_ entries: [ListEntry], _ list: SearchList) -> ListView {
        ListView(
            items: entries.map { entry in
                ListView.Item(
                    StyledText(entry.title, .text), note: StyledText(entry.keys + " ", .key), isEnabled: entry.obstacle == nil)
            }, selected: entries.isEmpty ? nil : list.selection, filter: list.field.text)
    }

    private func drawList(_ title: String, _ entries: [ListEntry], _ list: SearchList, in area: Rect, on frame: inout Frame) {
        listPopup(title).draw(in: area, on: &frame, glyphs: glyphs) { frame, inside in
            list.field.draw(in: inside.splitTop(1).top, on: &frame, glyphs: glyphs)
            let rows = listRect(in: inside)
            listView(entries, list).draw(in: rows, on: &frame, glyphs: glyphs)
            guard entries.indices.contains(list.selection), rows.maxY < inside.maxY else { return }
            let entry = entries[list.selection]
            let text = StyledText(entry.detail, .muted) + StyledText(entry.obstacle.map { " (\($0))" } ?? "", .warning)
            let below = Rect(x: inside.x + 1, y: rows.maxY, width: inside.width - 2, height: inside.maxY - rows.maxY)
            Paragraph(text).draw(in: below, on: &frame, glyphs: glyphs)
        }
    }

    /// Entries and state of the searchable list on top; nil where there is none.
    private var topList: (entries: [ListEntry], list: SearchList)? {
        switch overlays.last {
        case .palette(let list): (paletteEntries(list), list)
        case .help(let list): (helpEntries(list), list)
        default: nil
        }
    }

    /// The entry under a point of the list on top.
    func entry(at point: Point, in area: Rect) -> Int? {
        guard let (entries, list) = topList else { return nil }
        let inside = listPopup("").frame(in: area).inset(by: 1)
        return listView(entries, list).item(at: point, in: listRect(in: inside))
    }

    /// Where the selected entry of the list on top begins.
    func entryPoint(in area: Rect) -> Point? {
        guard let (entries, list) = topList else { return nil }
        let rows = listRect(in: listPopup("").frame(in: area).inset(by: 1))
        let window = listView(entries, list).window(in: rows)
        return Point(x: rows.x, y: rows.y + max(0, list.selection - window.offset))
    }

    /// What a question is about, whole, where the line above it has no room for it.
    private func drawCause(in area: Rect, on frame: inout Frame) {
        guard let message else { return }
        let text = StatusView.text(of: message)
        let line = layout(for: frame.size).status
        guard line.isEmpty || line.width < text.cellWidth else { return }
        let width = min(area.width, 78)
        let lines = Paragraph(text).lines(width: width - 2)
        let popup = Popup(title: StyledText("Why", .title), size: Size(width: width, height: min(area.height, lines.count + 2)))
        popup.draw(in: area, on: &frame, glyphs: glyphs) { frame, inside in Paragraph(text).draw(in: inside, on: &frame, glyphs: glyphs) }
    }

    private func drawMessages(_ scroll: Int, in area: Rect, on frame: inout Frame) {
        let popup = Popup(title: StyledText("Messages, newest first", .title), size: Size(width: 110, height: 24))
        popup.draw(in: area, on: &frame, glyphs: glyphs) { frame, inside in
            let lines = messages.reversed().map(StatusView.text).joined(separator: "\n")
            let paragraph = Paragraph(messages.isEmpty ? StyledText(" no messages yet", .muted) : lines, offset: scroll)
            paragraph.draw(in: inside, on: &frame, glyphs: glyphs)
        }
    }
}
