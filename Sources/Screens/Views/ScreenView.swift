import Frames

/// Something on the screen that can have the keys: a pane, a view in the place of all panes, a box before them, a line at the foot.
///
/// A value with its own state; what it shows of the network it reads from the explorer. Listed in ``ScreenViews``.
package protocol ScreenView: Sendable {
    /// Its name, and what it is on the screen.
    static var place: Place { get }
    /// What can be done in it, and with it: keys, footer, help and palette are made of these.
    static var commands: [Command] { get }

    /// The view as it opens; nil where more is needed than the explorer.
    init?(_ explorer: Explorer)

    /// What stands in the upper border: `conv2.weight · 25,000 · σ 0.0412`.
    func title(_ explorer: Explorer) -> String
    /// The cells of a box with its border, of at most `area`; other views take all.
    func size(_ explorer: Explorer, in area: Rect) -> Size
    /// Draws inside `area`, which has no border of its own; it may be of any size, down to 1×1, and what does not fit is left out.
    func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame)
    /// What the line of messages says while the view has the keys, before any message; nil for nothing.
    func status(_ explorer: Explorer, width: Int) -> StyledText?
    /// Where the hidden cursor rests in the area that `draw` was given; nil leaves it at the view's corner.
    func focusPoint(_ explorer: Explorer, in area: Rect) -> Point?
    /// The row of a list (a centroid, a session, a theme) under a point, for the mouse; nil where there is none.
    func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int?

    /// What one row is, for the footer.
    var rowWord: String { get }
    /// Goes some rows down, or up.
    mutating func move(by offset: Int, _ explorer: inout Explorer)
    mutating func moveToEnd(first: Bool, _ explorer: inout Explorer)
    /// A click in the area that `draw` was given.
    mutating func press(_ mouse: Mouse, _ explorer: inout Explorer, in area: Rect, time: Int64)
    mutating func wheel(up: Bool, _ explorer: inout Explorer, time: Int64)
    /// A key that is no command's here; false where it means nothing.
    mutating func take(_ key: Key, _ explorer: inout Explorer) -> Bool
    /// Pasted text, which is never run as commands; false where none is typed.
    mutating func paste(_ text: String, _ explorer: inout Explorer) -> Bool
    /// What else goes back when Esc leaves it.
    func leave(_ explorer: inout Explorer)
}

/// One of the panes: they are always there, and keep their state while they have no room.
package protocol PaneView: ScreenView {
    init()
}

extension PaneView {
    package init?(_ explorer: Explorer) { self.init() }
}

extension ScreenView {
    package var place: Place { Self.place }
    package static var commands: [Command] { [] }
    package func size(_ explorer: Explorer, in area: Rect) -> Size { Size(width: area.width, height: area.height) }
    package func status(_ explorer: Explorer, width: Int) -> StyledText? { nil }
    package func focusPoint(_ explorer: Explorer, in area: Rect) -> Point? { nil }
    package func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? { nil }
    package var rowWord: String { "scroll" }
    package mutating func move(by offset: Int, _ explorer: inout Explorer) {}
    package mutating func moveToEnd(first: Bool, _ explorer: inout Explorer) { move(by: first ? -Explorer.far : Explorer.far, &explorer) }
    package mutating func press(_ mouse: Mouse, _ explorer: inout Explorer, in area: Rect, time: Int64) {}
    package mutating func wheel(up: Bool, _ explorer: inout Explorer, time: Int64) { move(by: up ? -1 : 1, &explorer) }
    package mutating func take(_ key: Key, _ explorer: inout Explorer) -> Bool { false }
    package mutating func paste(_ text: String, _ explorer: inout Explorer) -> Bool { false }
    package func leave(_ explorer: inout Explorer) {}
}
