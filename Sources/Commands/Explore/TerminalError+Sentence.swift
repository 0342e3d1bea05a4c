import Terminal

extension TerminalError {
    /// One sentence for people, with the cure where there is one.
    var sentence: String {
        switch self {
        case .notATerminal(.input): "stdin is no terminal; `pare report` prints the numbers without one."
        case .notATerminal(.output): "stdout is no terminal; `pare report` prints the numbers without one."
        case .unknownTerminal(let name):
            "the terminal “\(name)” (TERM) is not in the terminfo database, nor is any that could stand for it: "
                + "set TERM=xterm-256color, or install ncurses-term."
        case .unsuitableTerminal(let name): "the terminal “\(name)” (TERM) can't place its cursor; `pare report` works there."
        case .alreadyOpen: "a screen is open already."
        case .hungUp: "the terminal went away. Everything typed is in the session."
        case .system(let call, let code): "\(call) failed with error \(code)."
        }
    }
}
