import CTerminal
import Frames
import Themes

extension CursesTerminal {
    /// Milliseconds that the first frame waits at most for the terminal's answer.
    private static let answerTime: Int64 = 100
    /// Milliseconds after the question in which an answer may still be on its way.
    private static let travelTime: Int64 = 1_000

    /// Asks the terminal what it draws on and waits a moment for the answer; keys that come meanwhile are kept.
    ///
    /// An answer that comes later is never taken for keys: `InputDecoder` waits for it as long as the program runs.
    func askBackground() {
        guard depth != .mono, Environment.mayAsk else { return }
        decoder.awaitsAnswer = true
        askedAt = cterminal_milliseconds()
        TerminalModes.send(TerminalModes.backgroundQuestion)
        listen(atMost: Self.answerTime)
        takeBackground()
    }

    /// Takes an answer in; true where the background became known by it.
    @discardableResult
    func takeBackground() -> Bool {
        guard let color = decoder.background else { return false }
        decoder.background = nil
        background = TerminalBackground(color)
        return true
    }

    /// Where the program ends at once, the answer may come after it: the shell must not get it as typed text.
    func awaitLateAnswer() {
        guard decoder.awaitsAnswer, let askedAt, cterminal_milliseconds() - askedAt < Self.travelTime else { return }
        listen(atMost: Self.answerTime)
    }

    private func listen(atMost time: Int64) {
        let end = cterminal_milliseconds() + time
        while decoder.awaitsAnswer, Termination.requested == nil {
            let left = end - cterminal_milliseconds()
            guard left > 0 else { return }
            let found = cterminal_wait(-1, Int32(clamping: left))
            if found & Int32(cterminal_input_ready) == 0, found & Int32(cterminal_hung_up) != 0 { return }
            if found & Int32(cterminal_input_ready) != 0, (try? readAll()) == nil { return }
        }
    }
}
