import Frames

extension Explorer {
    mutating func take(_ input: InputEvent) {
        around.pass(to: input.time)
        switch input.kind {
        case .key(let key):
            around.clearMessage()
            take(key, time: input.time)
        case .mouse(let mouse): take(mouse, time: input.time)
        case .paste(let text): paste(text)
        case .resize(let size): around.size = size
        case .resumed: emit(.redraw)
        case .backgroundKnown: emit(.theme(theme))
        }
    }

    /// A command's key, else what the view makes of it, else nothing but a hint.
    mutating func take(_ key: Key, time: Int64) {
        if let command = command(for: key, in: place) { return run(command, time: time) }
        var isTaken = false
        withKeys { view, explorer in isTaken = view.take(key, &explorer) }
        if !isTaken { say("\(key.label) has no meaning here; ? lists the keys") }
    }

    /// Pasted text goes into a field and is never run as commands.
    private mutating func paste(_ text: String) {
        var isTaken = false
        withKeys { view, explorer in isTaken = view.paste(text, &explorer) }
        if !isTaken { say("text can be pasted where text is typed, for example after /") }
    }
}
