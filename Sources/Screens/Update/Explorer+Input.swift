import Frames

extension Explorer {
    mutating func take(_ input: InputEvent) {
        around.pass(to: input.time)
        switch input.kind {
        case .key(let key):
            around.clearMessage()
            take(key, time: input.time)
        case .mouse(let mouse):
            around.count = nil
            take(mouse, time: input.time)
        case .paste(let text):
            around.count = nil
            paste(text)
        case .resize(let size): around.size = size
        case .resumed: emit(.redraw)
        case .backgroundKnown: emit(.theme(theme))
        }
    }

    /// A command's key, else what the view makes of it, else nothing but a hint.
    mutating func take(_ key: Key, time: Int64) {
        if let count = around.count { return take(key, after: count, time: time) }
        if let command = command(for: key, in: place) { return run(command, time: time) }
        var isTaken = false
        withKeys { view, explorer in isTaken = view.take(key, &explorer) }
        if !isTaken { say("\(key.label) has no meaning here; ? lists the keys") }
    }

    /// At most; what comes to nothing ends before.
    private static let largestCount = 9_999

    /// One digit more of a count, or the command that it is for; other keys drop it.
    private mutating func take(_ key: Key, after count: Int, time: Int64) {
        if case .character(let character) = key, let digit = character.wholeNumberValue, character.isASCII {
            around.count = min(Self.largestCount, 10 * count + digit)
            return say("\(numbers.integer(around.count ?? 0)) times\(glyphs.ellipsis)")
        }
        around.count = nil
        guard let command = command(for: key, in: place), command.takesCount else {
            return say(key == .escape ? "no count" : "a count stands before a move or a turn; \(key.label) is none")
        }
        if let obstacle = command.obstacle(self) { return say(obstacle, .warning) }
        for _ in 0..<max(1, count) { command.action(&self, time) }
    }

    /// Pasted text goes into a field and is never run as commands.
    private mutating func paste(_ text: String) {
        var isTaken = false
        withKeys { view, explorer in isTaken = view.paste(text, &explorer) }
        if !isTaken { say("text can be pasted where text is typed, for example after /") }
    }
}
