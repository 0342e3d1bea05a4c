import Frames

/// Drawn by its own file; the title is what the frame of the pane needs.
enum HistogramView: ExplorerView {
    static func title(_ explorer: Explorer) -> String { "Histogram" }

    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {}

    /// The part of the pane's inside that the chart takes, so that dragging finds the columns as they were drawn.
    static func chartRect(_ explorer: Explorer, in area: Rect) -> Rect { area }
}
