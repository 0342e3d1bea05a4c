import Frames

/// Where everything stands on a screen of one size: drawing and the mouse read the same places.
public struct Layout: Hashable, Sendable {
    /// Below this, only a message about the size is drawn.
    public static let minimum = Size(width: 40, height: 10)

    public var size: Size
    public var header: Rect
    /// What is between header and the lines at the foot.
    public var body: Rect
    /// The panes with their borders; one that is missing has no room.
    public var panes: [Place: Rect] = [:]
    /// Accuracy and size, two lines.
    public var figures: Rect
    public var inspector: Rect
    /// Messages and remarks; empty on low screens, where a message takes the footer's place.
    public var status: Rect
    public var footer: Rect

    /// The whole screen.
    var all: Rect { Rect(size) }

    public var isTooSmall: Bool { size.width < Self.minimum.width || size.height < Self.minimum.height }

    init(size: Size) {
        self.size = size
        let hasStatus = size.height >= 14
        (header, body) = Rect(size).splitTop(1)
        let foot = hasStatus ? 3 : 2
        let (upper, lower) = body.splitTop(body.height - foot)
        body = upper
        figures = Rect(x: 0, y: 0, width: 0, height: 0)
        var rest: Rect
        (inspector, rest) = lower.splitTop(1)
        (status, footer) = rest.splitTop(hasStatus ? 1 : 0)
    }
}
