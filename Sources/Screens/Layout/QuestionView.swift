import Frames

/// A question before something is overwritten, thrown away or left.
package struct QuestionView: ScreenView {
    package static var place: Place { .confirmation }

    package let question: String
    /// Runs on yes.
    let effect: Effect

    init(_ question: String, effect: Effect) { (self.question, self.effect) = (question, effect) }

    package init?(_ explorer: Explorer) { nil }

    package func title(_ explorer: Explorer) -> String { "" }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let keys = StyledText(" y", .key) + StyledText(" yes ", .keyLabel) + StyledText(" n", .key) + StyledText(" no", .keyLabel)
        // A path before it loses its beginning, never what is asked.
        let asked = question.truncatedAtStart(to: area.width - keys.cellWidth - 2, ellipsis: String(explorer.glyphs.ellipsis))
        let line = StyledText(" \(asked) ", .warning, .bold) + keys
        ViewText.draw([line], explorer, in: area, on: &frame)
    }

    /// Why something would be lost, whole, where the line above the question has no room for it.
    func drawCause(_ explorer: Explorer, in area: Rect, line: Rect, on frame: inout Frame) {
        guard effect == .leave, let message = explorer.message else { return }
        let text = StatusView.text(of: message)
        guard line.isEmpty || line.width < text.cellWidth else { return }
        let width = min(area.width, 78)
        let lines = Paragraph(text).lines(width: width - 2)
        Popup(title: StyledText("Why", .title), size: Size(width: width, height: min(area.height, lines.count + 2)))
            .draw(in: area, on: &frame, glyphs: explorer.glyphs) { frame, inside in
                Paragraph(text).draw(in: inside, on: &frame, glyphs: explorer.glyphs)
            }
    }

    package func take(_ key: Key, _ explorer: inout Explorer) -> Bool {
        explorer.say("y does it, n leaves everything as it is")
        return true
    }
}

extension Place {
    public static let confirmation = Place("confirmation", .line, letters: .answer)
}
