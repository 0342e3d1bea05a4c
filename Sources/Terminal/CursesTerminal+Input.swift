import CTerminal
import Frames

extension CursesTerminal {
    /// Waits for something to happen and returns all that did; without a time-out it may wait for ever and uses no processor.
    ///
    /// Returns when there are events, when `wakeup` was signalled, when `Termination.requested` is set, or after `timeout`
    /// (the list is empty then). All input at hand is decoded before it returns, so that a frame is drawn once for all of it.
    /// ^Z stops the program here and gives `.resumed` when it goes on; ^C is the key `control("c")`.
    ///
    /// - Throws: `TerminalError.hungUp` where the terminal went away.
    public func wait(_ wakeup: Wakeup? = nil, timeout: Duration? = nil) throws(TerminalError) -> [InputEvent] {
        let end = timeout.map { cterminal_milliseconds() + max(0, Int64(($0 / .milliseconds(1)).rounded(.up))) }
        while true {
            if decoder.isWaiting, escapeEnd == nil { escapeEnd = cterminal_milliseconds() + escapeDelay }
            let found = cterminal_wait(wakeup?.descriptor ?? -1, milliseconds(until: [end, escapeEnd]))
            let hasInput = found & Int32(cterminal_input_ready) != 0
            if hasInput {
                try readAll()
                escapeEnd = nil
            } else if found & Int32(cterminal_hung_up) != 0 {
                try hangUp()
            }
            let now = cterminal_milliseconds()
            if let limit = escapeEnd, now >= limit { decoder.finish(time: now) }
            if !decoder.isWaiting { escapeEnd = nil }
            let events = collect(time: now)
            let isWoken = found & Int32(cterminal_woken) != 0
            if !events.isEmpty || isWoken || Termination.requested != nil || (end.map { now >= $0 } ?? false) {
                return events
            }
        }
    }

    /// For poll: the time until the first of some moments, −1 where there is none, 0 where the program shall end.
    private func milliseconds(until moments: [Int64?]) -> Int32 {
        if Termination.requested != nil || !announced.isEmpty || decoder.hasEvents { return 0 }
        guard let first = moments.compactMap({ $0 }).min() else { return -1 }
        return Int32(clamping: max(0, first - cterminal_milliseconds()))
    }

    /// Reads until there is nothing more, at most so much that a flood can't keep the frame from being drawn.
    func readAll() throws(TerminalError) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var total = 0
        while total < 1 << 18 {
            let count = cterminal_read(&buffer, buffer.count)
            if count == -1 { return }
            if count <= 0 { return try hangUp() }
            decoder.feed(buffer.prefix(count), time: cterminal_milliseconds())
            total += count
        }
    }

    /// A closed terminal also sends HUP: where that is known already the program ends by it.
    private func hangUp() throws(TerminalError) {
        if Termination.requested == nil { throw .hungUp }
    }

    /// The events to return: those decoded, with stops carried out, and changes of the terminal.
    private func collect(time: Int64) -> [InputEvent] {
        var events: [InputEvent] = []
        for event in decoder.takeEvents() {
            if event.kind == .key(.control("z")) { suspend() } else { events.append(event) }
        }
        if takeBackground() { announced.append(.backgroundKnown) }
        if cterminal_take_stop_request() != 0 { suspend() }
        if cterminal_take_continuation() != 0 { resume() }
        updateSize()
        events += announced.map { InputEvent($0, time: time) }
        announced.removeAll()
        return events
    }
}
