/// A one-line editor: the text, the cursor, and what keys do to them.
public struct TextField: Widget, Hashable {
    /// What has been typed.
    public private(set) var text: String
    /// The cursor's place in characters, 0…text.count.
    public private(set) var cursor: Int
    /// Shown dim while nothing is typed.
    public var placeholder: String

    public init(_ text: String = "", placeholder: String = "") {
        self.text = text
        cursor = text.count
        self.placeholder = placeholder
    }

    /// Applies an editing key; false where the key is not one, so that the caller may use it.
    @discardableResult
    public mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert(String(character))
        case .backspace, .control("h"): deleteBackward()
        case .delete, .control("d"): deleteForward()
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(text.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = text.count
        case .control("w"): remove(from: wordStart, to: cursor)
        case .control("u"): remove(from: 0, to: cursor)
        case .control("k"): remove(from: cursor, to: text.count)
        default: return false
        }
        return true
    }

    /// Inserts typed or pasted text at the cursor; line breaks become blanks and control characters are dropped.
    public mutating func insert(_ inserted: String) {
        let cleaned = inserted.map { $0.isNewline || $0 == "\t" ? " " : $0 }
            .filter { $0.unicodeScalars.allSatisfy(\.isShowable) }
        var characters = Array(text)
        characters.insert(contentsOf: cleaned, at: cursor)
        let countBehind = text.count - cursor
        text = String(characters)
        // A combining mark joins the character before it, so the count is taken anew from the end.
        cursor = max(0, text.count - countBehind)
    }

    public mutating func deleteBackward() { remove(from: cursor - 1, to: cursor) }
    public mutating func deleteForward() { remove(from: cursor, to: cursor + 1) }

    private var wordStart: Int {
        let characters = Array(text)
        var place = cursor
        while place > 0, characters[place - 1] == " " { place -= 1 }
        while place > 0, characters[place - 1] != " " { place -= 1 }
        return place
    }

    private mutating func remove(from start: Int, to end: Int) {
        var characters = Array(text)
        let range = max(0, start)..<max(0, min(end, characters.count))
        guard !range.isEmpty else { return }
        characters.removeSubrange(range)
        text = String(characters)
        cursor = min(range.lowerBound, text.count)
    }

    /// Draws the text, scrolled so that the cursor is in sight, and places the frame's cursor.
    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        guard rect.width > 0, rect.height > 0 else { return }
        let line = Rect(x: rect.x, y: rect.y, width: rect.width, height: 1)
        frame.fill(line, with: Cell(" ", style: Style(.input)))
        if text.isEmpty { frame.draw(placeholder, at: Point(x: line.x, y: line.y), style: Style(.muted, on: .input), clip: line) }
        let before = String(text.prefix(cursor)).cellWidth
        let shift = max(0, before - line.width + 1)
        frame.draw(text, at: Point(x: line.x - shift, y: line.y), style: Style(.input), clip: line)
        let place = Point(x: line.x + before - shift, y: line.y)
        frame.cursor = frame.bounds.contains(place) ? place : nil
        frame.restyle(Rect(x: place.x, y: place.y, width: 1, height: 1)) { $0.emphasis.insert(.underline) }
    }
}
