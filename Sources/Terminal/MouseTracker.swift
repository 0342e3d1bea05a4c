import Frames

/// Turns a terminal's mouse reports into presses, drags, releases and double clicks of the left button, and wheel steps.
struct MouseTracker {
    /// The longest time between the presses of a double click, milliseconds.
    static let doubleClickTime: Int64 = 500

    private struct Press {
        var point: Point
        var time: Int64
    }

    private var isDown = false
    private var lastPress: Press?

    /// The events of a report: `code` as in xterm's protocol (low two bits button, 4 shift, 8 meta, 16 control, 32 motion, 64 wheel).
    mutating func events(code: Int, released: Bool, point: Point, time: Int64) -> [Mouse] {
        let code = code & ~0b11100
        if code & 64 != 0 { return wheel(code, at: point) }
        guard code < 64 else { return [] }
        let button = code & 3
        if released || (button == 3 && code & 32 == 0) { return release(at: point, button: button) }
        guard button == 0 else { return [] }
        return code & 32 != 0 ? drag(to: point, time: time) : press(at: point, time: time)
    }

    private func wheel(_ code: Int, at point: Point) -> [Mouse] {
        switch code & 3 {
        case 0: [Mouse(action: .wheelUp, point: point)]
        case 1: [Mouse(action: .wheelDown, point: point)]
        default: []
        }
    }

    private mutating func press(at point: Point, time: Int64) -> [Mouse] {
        isDown = true
        if let last = lastPress, last.point == point, time - last.time <= Self.doubleClickTime {
            lastPress = nil
            return [Mouse(action: .doubleClick, point: point)]
        }
        lastPress = Press(point: point, time: time)
        return [Mouse(action: .press, point: point)]
    }

    /// A drag whose press was lost begins with one.
    private mutating func drag(to point: Point, time: Int64) -> [Mouse] {
        let begin = isDown ? [] : press(at: point, time: time)
        lastPress = nil
        return begin + [Mouse(action: .drag, point: point)]
    }

    private mutating func release(at point: Point, button: Int) -> [Mouse] {
        guard isDown, button == 0 || button == 3 else { return [] }
        isDown = false
        return [Mouse(action: .release, point: point)]
    }
}
