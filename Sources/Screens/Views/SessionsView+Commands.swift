extension SessionsView {
    package static let commands: [Command] = [
        Command(
            "open-session", "Open", "Opens the session; a snapshot of this session puts its plan into force.",
            keys: [.enter], in: [.sessions], .views,
            unless: { $0.stack.newest(SessionsView.self)?.selected == nil ? "there is nothing to open yet" : nil }
        ) { explorer, time in explorer.openSession(of: explorer.stack.newest(SessionsView.self)?.selected, time: time) }.hinted(0, "open"),
        Command(
            "create-session", "Create a session", "Asks for a name; the plan starts from the original.",
            keys: [.character("n")], in: [.sessions], .views
        ) { explorer, _ in explorer.ask(TextPrompt(.newSession)) }.hinted(1, "new"),
    ]
}
