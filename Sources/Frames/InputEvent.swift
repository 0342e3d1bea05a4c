/// What a person does at the terminal, as plain values; times are milliseconds of a monotonic clock.
public struct InputEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case key(Key)
        case mouse(Mouse)
        case paste(String)
        case resize(Size)
        /// The program came back to the foreground: draw everything.
        case resumed
        /// The terminal said only now what it draws on.
        case backgroundKnown
    }

    public var kind: Kind
    public var time: Int64

    public init(_ kind: Kind, time: Int64 = 0) {
        self.kind = kind
        self.time = time
    }
}

/// A key press. There is no Meta: Alt and a key are Esc and the key.
public enum Key: Hashable, Sendable {
    /// A printed character, as typed: "a", "A", " ", "%".
    case character(Character)
    /// Control and a letter, lower case: ^R is `control("r")`.
    case control(Character)
    case up, down, left, right
    case shiftUp, shiftDown, shiftLeft, shiftRight
    case pageUp, pageDown, home, end
    case enter, escape, tab, backTab, backspace, delete, insert
    case function(Int)
}

/// A mouse event at a cell.
public struct Mouse: Hashable, Sendable {
    public enum Action: Hashable, Sendable { case press, drag, release, doubleClick, wheelUp, wheelDown }

    public var action: Action
    public var point: Point

    public init(action: Action, point: Point) {
        self.action = action
        self.point = point
    }
}
