/// Something that draws itself into a rectangle of a frame: a value that holds what is shown and nothing else.
public protocol Widget: Sendable {
    /// Draws inside `rect`, never outside it; any size is allowed, what has no room is left out.
    func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs)
}
