import Frames

/// Drawn by its own file; the title is what the frame of the pane needs.
enum ThemesView: ExplorerView {
    static func title(_ explorer: Explorer) -> String { "Themes" }

    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {}
}
