import Frames

/// Drawn by its own file; the title is what the frame of the pane needs.
enum CentroidsView: ExplorerView {
    static func title(_ explorer: Explorer) -> String { "Centroids" }

    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {}
}
