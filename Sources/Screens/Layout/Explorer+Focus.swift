import Frames

extension Explorer {
    /// The place of the item that has the keys, where the hidden cursor rests: a list's row, a pane's title, the active knob.
    func focusPoint(in layout: Layout) -> Point? {
        switch overlays.last {
        case .palette, .help: return entryPoint(in: layout.body)
        case .retrain(let form): return RetrainView(self, form).selectionPoint(in: layout.body)
        case .some: return Point(x: layout.body.x, y: layout.body.y)
        case nil: break
        }
        guard let pane = layout.panes[focus] else { return nil }
        if focus == .layers, let point = LayersView.selectionPoint(self, in: pane.inset(by: 1)) { return point }
        return Point(x: min(pane.x + 1, pane.maxX - 1), y: pane.y)
    }
}
