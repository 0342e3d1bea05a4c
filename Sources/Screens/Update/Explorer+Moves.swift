import Frames

extension Explorer {
    /// Rows of a page.
    static let page = 10
    /// More rows than anything has.
    static let far = 1 << 32

    /// Goes some rows down, or up, in whatever has the keys.
    mutating func move(by offset: Int) { withKeys { view, explorer in view.move(by: offset, &explorer) } }

    mutating func moveToEnd(first: Bool) { withKeys { view, explorer in view.moveToEnd(first: first, &explorer) } }

    /// What Esc leaves here, for the footer.
    var backWord: String {
        if !stack.isEmpty { return "back" }
        if stack.isMaximised { return "all panes" }
        if !filter.isEmpty { return "all layers" }
        return marked.isEmpty ? "layers" : "no marks"
    }

    /// Leaves the innermost thing that can be left.
    mutating func goBack() {
        if let top = stack.close() { return top.leave(&self) }
        if focus == .example, stack[ExampleView.self].placeBefore != nil {
            leaveExample()
        } else if stack.isMaximised {
            stack.isMaximised = false
        } else if !filter.isEmpty {
            stack[LayersView.self].filter = ""
        } else if focus != .layers {
            stack.focus = .layers
        } else if clearMarks() {
            say("no layer is marked")
        } else {
            say("q quits")
        }
    }
}
