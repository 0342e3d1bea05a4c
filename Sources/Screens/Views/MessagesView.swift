import Frames

/// The last messages whole, newest first.
package struct MessagesView: ScreenView {
    package static var place: Place { .messages }

    private var scroll = 0

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String { "Messages, newest first" }

    package func size(_ explorer: Explorer, in area: Rect) -> Size { Size(width: 110, height: 24) }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let lines = explorer.messages.reversed().map(StatusView.text).joined(separator: "\n")
        let text = explorer.messages.isEmpty ? StyledText(" no messages yet", .muted) : lines
        Paragraph(text, offset: scroll).draw(in: area, on: &frame, glyphs: explorer.glyphs)
    }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        scroll = min(max(0, scroll + offset), max(0, explorer.messages.count - 1))
    }
}

extension Place {
    public static let messages = Place("messages", .box)
}
