import Frames

/// Turns the bytes that a terminal sends into events.
///
/// The bytes are read past ncurses' own decoder: that one loses a press that arrives together with a drag, knows only one form of
/// the arrow keys, blocks while it waits for the rest of a sequence, and reads the mouse under tmux in an encoding that ends at
/// column 223. Terminfo's key strings are still used, before the forms known here.
package struct InputDecoder {
    /// Bytes not yet understood: part of a sequence, a character or a paste.
    package private(set) var pending: [UInt8] = []
    /// True from the question for the background to the terminal's last answer.
    package var awaitsAnswer = false
    /// The colour of the background, from the terminal's answer until it is taken.
    package var background: RGB?
    /// Text of a paste that has begun, nil outside of one.
    var paste: [UInt8]?
    var mouse = MouseTracker()
    var events: [InputEvent] = []
    /// Key strings of the terminal's entry.
    let capabilities: [[UInt8]: Key]

    /// Bytes kept of one paste; what is longer is cut.
    package static let longestPaste = 1 << 20
    /// Bytes of a sequence that is given up as none.
    package static let longestSequence = 64

    package init(capabilities: [[UInt8]: Key] = [:]) { self.capabilities = capabilities }

    /// True where the meaning of the last bytes depends on whether more follow soon: Esc is a key and the start of others.
    package var isWaiting: Bool { !pending.isEmpty && paste == nil && !isAnswerBegun }

    /// The rest of an answer may come as late as it likes.
    private var isAnswerBegun: Bool { awaitsAnswer && pending.starts(with: [0x1B, UInt8(ascii: "]")]) }

    package var hasEvents: Bool { !events.isEmpty }

    /// Decodes bytes that arrived at `time` milliseconds.
    package mutating func feed(_ bytes: some Sequence<UInt8>, time: Int64) {
        pending.append(contentsOf: bytes)
        decode(time: time, isFinal: false)
    }

    /// Decodes what is pending as if nothing followed: a lone Esc is the key, half a sequence is dropped.
    package mutating func finish(time: Int64) { decode(time: time, isFinal: true) }

    /// The events decoded so far; of drags in a row only the last, so that a slow frame builds no backlog.
    package mutating func takeEvents() -> [InputEvent] {
        defer { events.removeAll() }
        var taken: [InputEvent] = []
        for event in events {
            if event.isDrag, taken.last?.isDrag == true { taken.removeLast() }
            taken.append(event)
        }
        return taken
    }

    private mutating func decode(time: Int64, isFinal: Bool) {
        var start = 0
        while start < pending.count {
            let step = paste == nil ? next(from: pending[start...], time: time) : pasted(from: pending[start...], time: time)
            switch step {
            case .used(let count): start += count
            case .needsMore where isFinal && paste == nil: start += giveUp(pending[start...], time: time)
            case .needsMore:
                pending.removeFirst(start)
                return
            }
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// What an unfinished sequence means when nothing follows; returns the bytes used.
    private mutating func giveUp(_ bytes: ArraySlice<UInt8>, time: Int64) -> Int {
        if bytes.first == UInt8(ascii: "]") {
            emit(.character("]"), time: time)
            return 1
        }
        guard bytes.first == 0x1B else { return bytes.count }
        if bytes.count <= 2 { emit(.escape, time: time) }
        if bytes.count == 2, let second = bytes.last { emit(.character(Character(Unicode.Scalar(second))), time: time) }
        return bytes.count
    }

    mutating func emit(_ key: Key, time: Int64) { events.append(InputEvent(.key(key), time: time)) }
}

extension InputDecoder {
    /// What became of the bytes at hand.
    enum Step: Equatable {
        case used(Int)
        case needsMore
    }
}

extension InputEvent {
    fileprivate var isDrag: Bool {
        if case .mouse(let mouse) = kind { return mouse.action == .drag }
        return false
    }
}
