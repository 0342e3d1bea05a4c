/// A box in the middle of a rectangle that hides what is beneath.
public struct Popup: Hashable, Sendable {
    public var title: StyledText
    public var note: StyledText?
    /// Wished size with border; cut to the rectangle.
    public var size: Size

    public init(title: StyledText, note: StyledText? = nil, size: Size) {
        self.title = title
        self.note = note
        self.size = size
    }

    /// Where the box stands inside `rect`.
    public func frame(in rect: Rect) -> Rect {
        let width = min(max(0, size.width), rect.width)
        let height = min(max(0, size.height), rect.height)
        return Rect(
            x: rect.x + (rect.width - width) / 2, y: rect.y + (rect.height - height) / 2, width: width, height: height)
    }

    /// Clears the box, draws its border and, by `content`, what is inside; all of it stands on the background of `popup`.
    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs, content: (inout Frame, Rect) -> Void) {
        let box = self.frame(in: rect)
        frame.fill(box, with: Cell(" ", style: Style(.text)))
        let inside = Pane(title: title, note: note, isFocused: true).draw(in: box, on: &frame, glyphs: glyphs)
        content(&frame, inside)
        frame.setBackground(.popup, in: box)
    }
}
