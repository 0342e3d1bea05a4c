import Compression
import Frames

/// The panel of retraining: what is trained, every setting with its value, and a sentence on the selected one.
///
/// Two columns where there is room; on low screens the list scrolls, and heading and sentences leave first.
package struct RetrainView: ScreenView {
    package static var place: Place { .retrain }

    /// How the network is to be trained, before Enter starts it; while it runs, how it is trained.
    package var form: TrainingForm

    init(_ form: TrainingForm) { self.form = form }

    package init?(_ explorer: Explorer) { self.init(explorer.makeTrainingForm()) }

    package func title(_ explorer: Explorer) -> String { form.isRunning ? "Training under way" : "Retrain" }

    package func size(_ explorer: Explorer, in area: Rect) -> Size {
        let width = min(area.width, 78)
        return Size(width: width, height: min(area.height, rowCount(width: width - 4) + helpHeight(width: width - 5) + 6))
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard area.width >= 4 else { return }
        let places = places(in: area)
        if let heading = places.heading { drawHeading(explorer, in: heading, on: &frame) }
        for (index, cell) in cells(in: places.rows) { drawRow(form.rows[index], explorer, in: cell, on: &frame) }
        window(in: places.rows).drawMark(x: places.rows.maxX, y: places.rows.y, on: &frame, glyphs: explorer.glyphs)
        if let sentence = places.sentence { drawSentence(explorer, in: sentence, on: &frame) }
    }

    /// Where the selected row begins.
    package func focusPoint(_ explorer: Explorer, in area: Rect) -> Point? {
        let cell = cells(in: places(in: area).rows).first { $0.index == form.selectedRow }?.cell
        return Point(x: cell?.x ?? area.x, y: cell?.y ?? area.y)
    }

    package func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? {
        cells(in: places(in: area).rows).first { $0.cell.contains(point) }?.index
    }

    package var rowWord: String { "setting" }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) { form.move(by: offset) }

    package mutating func press(_ mouse: Mouse, _ explorer: inout Explorer, in area: Rect, time: Int64) {
        guard let row = row(at: mouse.point, explorer, in: area) else { return }
        form.selected = form.rows[row]
        if mouse.action == .doubleClick { explorer.promptForSetting(of: form) }
    }

    /// A digit begins to type the value.
    package func take(_ key: Key, _ explorer: inout Explorer) -> Bool {
        guard case .character(let character) = key, character.isASCII, character.isNumber else { return false }
        explorer.promptForSetting(String(character), of: form)
        return true
    }

    // MARK: Places

    /// Few settings stand one below the other, with room for long values.
    private func columns(width: Int) -> Int { width >= 66 && form.rows.count > 6 ? 2 : 1 }

    private func rowCount(width: Int) -> Int { (form.rows.count + columns(width: width) - 1) / columns(width: width) }

    /// Lines of the longest sentence, so that the panel keeps its size.
    private func helpHeight(width: Int) -> Int {
        form.rows.reduce(1) { max($0, Paragraph(StyledText($1.help(in: form.settings))).lines(width: width).count) }
    }

    private struct Places {
        var heading: Rect?
        var rows: Rect
        var sentence: Rect?
    }

    /// Heading and sentences with a blank line between, as far as they leave the rows enough room.
    private func places(in inside: Rect) -> Places {
        let body = Rect(x: inside.x + 1, y: inside.y, width: inside.width - 3, height: inside.height)
        let wanted = min(rowCount(width: body.width), max(3, body.height - 3))
        let spare = body.height - wanted
        let heading = spare >= 4 ? 2 : spare >= 2 ? 1 : 0
        let whole = helpHeight(width: body.width) + 2
        let sentence = spare - heading >= whole ? whole : min(whole - 1, max(0, spare - heading))
        let (top, rest) = body.splitTop(heading)
        let (rows, bottom) = rest.splitTop(rest.height - sentence)
        let blank = sentence == whole ? 1 : 0
        return Places(
            heading: heading > 0 ? top.splitTop(1).top : nil, rows: rows, sentence: sentence > 0 ? bottom.splitTop(blank).rest : nil)
    }

    private func window(in rows: Rect) -> ScrollWindow {
        let count = rowCount(width: rows.width)
        return ScrollWindow(count: count, height: rows.height, offset: 0, selected: form.selectedRow % max(1, count))
    }

    /// The settings in sight with their places, column by column.
    private func cells(in rows: Rect) -> [(index: Int, cell: Rect)] {
        let columns = columns(width: rows.width)
        let count = rowCount(width: rows.width)
        let width = (rows.width - 2 * (columns - 1)) / columns
        let seen = window(in: rows)
        return form.rows.indices.compactMap { index in
            guard seen.rows.contains(index % count) else { return nil }
            return (
                index,
                Rect(x: rows.x + (index / count) * (width + 2), y: rows.y + index % count - seen.offset, width: width, height: 1)
            )
        }
    }

    // MARK: Drawing

    private func drawHeading(_ explorer: Explorer, in rect: Rect, on frame: inout Frame) {
        let subjects = subjects(explorer)
        let line = StyledText(subjects.first { $0.cellWidth <= rect.width } ?? subjects[subjects.count - 1], .text)
        ViewText.draw([line], explorer, in: rect, on: &frame)
    }

    /// The plan in force in one line, the longest first.
    private func subjects(_ explorer: Explorer) -> [String] {
        let plans = explorer.layers.map(explorer.plan)
        let what = "\(plans.count == 1 ? "the layer" : "all \(plans.count) layers"), \(explorer.stateText)"
        let inForce = plans.filter { !$0.bypass }
        var parts: [String] = []
        func count(_ word: String, _ isOne: (LayerPlan) -> Bool) {
            let found = inForce.filter(isOne).count
            if found > 0 { parts.append("\(found) \(word)") }
        }
        count("pruned") { $0.prunes }
        let first = ["shared", "linear", "entropy", "universal"]
        let names = first + FormSettings.all.map(\.name).filter { !first.contains($0) }
        for name in names { count(name) { $0.weights.name == name && $0.weights.bits < 16 } }
        count("factored") { $0.weights.isProduct }
        let plan = parts.isEmpty ? "nothing pruned or quantized" : parts.joined(separator: ", ")
        return ["\(what) \(explorer.glyphs.dot) \(plan)", plan, what, explorer.stateText]
    }

    private func drawRow(_ setting: TrainingSetting, _ explorer: Explorer, in cell: Rect, on frame: inout Frame) {
        let isSelected = setting == form.selected
        let isTurnable = form.isTurnable(setting)
        let mark = isSelected ? "\(explorer.glyphs.mark) " : "  "
        let name = StyledText(mark + setting.name, isSelected ? .title : isTurnable ? .text : .muted)
        frame.draw(name, at: Point(x: cell.x, y: cell.y), clip: cell)
        let start = min(22, cell.width / 2 + 4)
        let room = cell.splitLeft(start).rest
        // Of a path the end tells it from others.
        let text = setting.text(in: form.settings).truncatedAtStart(to: room.width - 2, ellipsis: String(explorer.glyphs.ellipsis))
        // Brackets say it where there is no colour.
        let value =
            isSelected && isTurnable
            ? StyledText("[\(text)]", .knob, .bold) : StyledText(" \(text)", isTurnable ? .value : .muted)
        ViewText.draw([value], explorer, in: room, on: &frame)
    }

    private func drawSentence(_ explorer: Explorer, in rect: Rect, on frame: inout Frame) {
        let range = form.isTurnable(form.selected) ? form.selected.rangeText(in: form.settings) : Explorer.runningRefusal
        let help = Paragraph(StyledText(form.selected.help(in: form.settings), .muted)).lines(width: rect.width)
        let ranges = Paragraph(StyledText(range, .muted)).lines(width: rect.width)
        ViewText.draw(rect.height > 1 ? help.prefix(rect.height - 1) + ranges : ranges, explorer, in: rect, on: &frame)
    }
}

extension Place {
    public static let retrain = Place("retrain", title: "retraining panel", .box)
}
