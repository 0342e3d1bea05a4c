import Frames

extension Explorer {
    /// Draws the screen: a pure function of state and size.
    public func frame(size: Size) -> Frame {
        var frame = Frame(size: size)
        let layout = layout(for: size)
        if layout.isTooSmall, stack.isEmpty {
            drawSizeMessage(on: &frame)
        } else {
            draw(layout, on: &frame)
        }
        return glyphs.graph == .ascii ? frame.transliteratedToASCII() : frame
    }

    private func draw(_ layout: Layout, on frame: inout Frame) {
        if layout.isTooSmall { return drawBoxes(in: layout.all, on: &frame) }
        HeaderView.draw(self, in: layout.header, on: &frame)
        if let view = screenView {
            let pane = Pane(title: StyledText(view.title(self), .title), isFocused: true)
            view.draw(self, in: pane.draw(in: layout.body, on: &frame, glyphs: glyphs), on: &frame)
        } else {
            drawPanes(layout, on: &frame)
        }
        InspectorView.draw(self, in: layout.inspector, on: &frame)
        StatusView.draw(self, in: layout.status, on: &frame)
        FooterView.draw(self, in: layout.footer, on: &frame)
        drawBoxes(in: layout.body, on: &frame)
        stack.top(as: QuestionView.self)?.drawCause(self, in: layout.body, line: layout.status, on: &frame)
        frame.focus = focusPoint(in: layout)
    }

    private func drawPanes(_ layout: Layout, on frame: inout Frame) {
        for place in ScreenViews.panes.map({ $0.place }) {
            guard let rect = layout.panes[place] else { continue }
            let view = stack.pane(place)
            let inside = Pane(
                number: place.number, title: StyledText(view.title(self), .title), note: note(of: place), isFocused: place == focus
            ).draw(in: rect, on: &frame, glyphs: glyphs)
            if !inside.isEmpty { view.draw(self, in: inside, on: &frame) }
        }
        FiguresView.draw(self, in: layout.figures, on: &frame)
    }

    private func note(of pane: Place) -> StyledText? {
        guard pane == .layers, !filter.isEmpty else { return nil }
        return StyledText("/\(filter) \(visibleLayers.count) of \(layers.count)", .badge)
    }

    /// The view that stands in place of the panes.
    private var screenView: (any ScreenView)? { stack.open.last { $0.view.place.form == .screen }?.view }

    /// The boxes that stand over the body, lowest first.
    private func drawBoxes(in area: Rect, on frame: inout Frame) {
        for item in stack.open where item.view.place.form == .box {
            Popup(title: StyledText(item.view.title(self), .title), size: item.view.size(self, in: area))
                .draw(in: area, on: &frame, glyphs: glyphs) { frame, inside in item.view.draw(self, in: inside, on: &frame) }
        }
    }

    /// Where a view draws inside its border: a pane in its place, a box in the middle of the body, all others in all of it.
    func inside(of view: any ScreenView, in layout: Layout) -> Rect {
        let body = layout.isTooSmall ? layout.all : layout.body
        let place = view.place
        switch place.form {
        case .pane: return (layout.panes[place] ?? body).inset(by: 1)
        case .screen: return body.inset(by: 1)
        case .box: return Popup(title: "", size: view.size(self, in: body)).frame(in: body).inset(by: 1)
        case .line: return layout.footer
        }
    }

    /// The place of the item that has the keys, where the hidden cursor rests: a list's row, a pane's title, the active knob.
    private func focusPoint(in layout: Layout) -> Point? {
        let view = stack.top
        if let point = view.focusPoint(self, in: inside(of: view, in: layout)) { return point }
        guard stack.isEmpty else { return Point(x: layout.body.x, y: layout.body.y) }
        guard let pane = layout.panes[focus] else { return nil }
        return Point(x: min(pane.x + 1, pane.maxX - 1), y: pane.y)
    }

    private func drawSizeMessage(on frame: inout Frame) {
        let minimum = Layout.minimum
        let lines = [
            "too small: \(frame.size.width)×\(frame.size.height)", "Pare needs \(minimum.width)×\(minimum.height)",
            "? help  q quit",
        ]
        let top = max(0, (frame.size.height - lines.count) / 2)
        for (row, line) in lines.enumerated() {
            let x = max(0, (frame.size.width - line.cellWidth) / 2)
            frame.draw(line, at: Point(x: x, y: top + row), style: Style(row == 0 ? .warning : .text))
        }
    }
}
