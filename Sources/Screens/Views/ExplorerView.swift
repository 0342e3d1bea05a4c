import Frames

/// A part of the screen as a pure function of the state: it draws inside `area`, which has no border of its own.
///
/// The area may be of any size, down to 1×1; what does not fit is left out.
protocol ExplorerView {
    /// What stands in the upper border: `conv2.weight · 25,000 · σ 0.0412`.
    static func title(_ explorer: Explorer) -> String
    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame)
    /// The row of a list (a centroid, a session, a theme) under a point, for the mouse; nil where there is none.
    static func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int?
}

extension ExplorerView {
    static func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? { nil }
}
