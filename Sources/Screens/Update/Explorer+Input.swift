import Frames

extension Explorer {
    mutating func take(_ input: InputEvent) {
        lastTime = input.time
        switch input.kind {
        case .key(let key):
            message = nil
            take(key, time: input.time)
        case .mouse(let mouse): take(mouse, time: input.time)
        case .paste(let text): paste(text)
        case .resize(let size): self.size = size
        case .resumed: emit(.redraw)
        case .backgroundKnown: emit(.theme(theme))
        }
    }

    /// A command's key, else typed text where text is typed, else nothing but a hint.
    mutating func take(_ key: Key, time: Int64) {
        let place = place
        if let command = command(for: key, in: place) { return run(command, time: time) }
        if takesSuggestion(key) { return }
        if Place.typing.contains(place) { return edit { $0.handle(key) } }
        if place == .retrain, case .character(let character) = key, character.isASCII, character.isNumber {
            return promptForSetting(String(character))
        }
        if place == .confirmation { return say("y does it, n leaves everything as it is") }
        say("\(key.label) has no meaning here; ? lists the keys")
    }

    /// → or End where nothing was typed yet puts the suggestion into the field.
    private mutating func takesSuggestion(_ key: Key) -> Bool {
        guard key == .right || key == .end, case .prompt(var prompt) = overlays.last, prompt.takeSuggestion() else { return false }
        setTop(.prompt(prompt))
        return true
    }

    /// Pasted text goes into a field and is never run as commands.
    private mutating func paste(_ text: String) {
        guard Place.typing.contains(place) else { return say("text can be pasted where text is typed, for example after /") }
        edit { field in
            field.insert(text)
            return true
        }
    }

    /// Changes the text field that has the keys; lists and the filter follow at once.
    private mutating func edit(_ change: (inout TextField) -> Bool) {
        switch overlays.popLast() {
        case .prompt(var prompt):
            if change(&prompt.field) { prompt.refusal = nil }
            if prompt.purpose == .filter { setFilter(prompt.field.text) }
            overlays.append(.prompt(prompt))
        case .palette(var list):
            if change(&list.field) { list.selection = 0 }
            overlays.append(.palette(list))
        case .help(var list):
            if change(&list.field) { list.selection = 0 }
            overlays.append(.help(list))
        case let other?: overlays.append(other)
        case nil: break
        }
    }
}
