/// Names of terminfo entries to try.
package enum TerminalCandidates {
    /// What stands for an unknown terminal: today nearly all understand xterm.
    static let substitutes = ["xterm-256color", "xterm", "vt100"]

    /// Entries that describe `name` at least as well, best first, itself the last.
    ///
    /// With `direct` (the terminal promises 24 bits) its entry of direct colours, and the one of 256 where it names fewer.
    package static func better(than name: String, direct: Bool) -> [String] {
        guard direct else { return [name] }
        let base = name.hasSuffix("-256color") ? String(name.dropLast("-256color".count)) : name
        let known = ["xterm", "tmux", "screen", "kitty", "konsole", "alacritty", "foot", "vte", "iterm2", "wezterm"]
        guard known.contains(base) else { return [name] }
        return ["\(base)-direct", "\(base)-256color", name]
    }
}
