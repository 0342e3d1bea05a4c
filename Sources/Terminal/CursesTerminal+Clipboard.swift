extension CursesTerminal {
    /// Bytes that all terminals take in one OSC 52 (xterm and tmux allow at least these).
    static let longestCopy = 74_994

    /// Copies text to the clipboard of the person's own machine, over ssh too, by OSC 52; terminals may ignore it.
    ///
    /// - Returns: False where the text is longer than terminals take (74,994 bytes); nothing is sent then.
    @discardableResult
    public func copy(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.longestCopy else { return false }
        TerminalModes.send("\u{1B}]52;c;\(Base64.encoded(bytes))\u{07}")
        return true
    }
}
