import CTerminal
import Frames

extension CursesTerminal {
    /// Stops the program as ^Z does in others: gives the terminal back, stops, and takes it again when the program goes on.
    public func suspend() {
        guard cterminal_is_armed() != 0 else { return }
        leave()
        cterminal_stop()
        _ = cterminal_take_continuation()
        cterminal_arm()
        reenter()
    }

    /// After the program was stopped from outside, by a signal that can't be caught, and goes on: the shell has set its modes.
    func resume() {
        guard cterminal_is_armed() != 0 else { return }
        reset_prog_mode()
        reenter()
    }

    private func reenter() {
        let before = size
        updateSize(isEntering: true)
        enter()
        announced.removeAll { $0 == .resumed }
        announced.append(.resumed)
        if size != before { announced.append(.resize(size)) }
    }

    /// Compares the terminal's size with the one known, at every wake: the signal alone may be lost or late.
    ///
    /// Where the terminal says 0 (a serial line, a new pseudo-terminal) the last known size stays, at first that of its entry.
    func updateSize(isEntering: Bool = false) {
        var width: Int32 = 0
        var height: Int32 = 0
        cterminal_window_size(&width, &height)
        guard width > 0, height > 0 else { return }
        let now = Size(width: Int(width), height: Int(height))
        guard now != size || now != Size(width: Int(getmaxx(window)), height: Int(getmaxy(window))) else { return }
        size = now
        resize_term(height, width)
        shown = nil
        guard !isEntering else { return }
        // What a terminal does with its cells on a change of size is its own affair.
        cterminal_repaint_all()
        announced.removeAll { if case .resize = $0 { true } else { false } }
        announced.append(.resize(now))
    }
}
