import Frames

/// Drawn by its own file; the title is what the frame of the pane needs.
enum CompareView: ExplorerView {
    static func title(_ explorer: Explorer) -> String { "Compare" }

    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {}
}
