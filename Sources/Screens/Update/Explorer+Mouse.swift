import Compression
import Frames
import Networks

extension Explorer {
    mutating func take(_ mouse: Mouse, time: Int64) {
        let layout = layout(for: size)
        guard isMouseOn else { return }
        switch mouse.action {
        case .wheelUp: wheel(up: true, at: mouse.point, layout, time: time)
        case .wheelDown: wheel(up: false, at: mouse.point, layout, time: time)
        case .press, .doubleClick: press(mouse, layout, time: time)
        case .drag: drag(to: mouse.point, layout, time: time)
        case .release: isDragging = false
        }
    }

    private mutating func press(_ mouse: Mouse, _ layout: Layout, time: Int64) {
        message = nil
        let isTyping = place == .prompt || place == .confirmation
        if !isTyping, let command = FooterView.command(at: mouse.point, self, in: layout.footer) {
            return run(command, time: time)
        }
        guard overlays.isEmpty else { return pressOverlay(mouse, layout, time: time) }
        if let knob = InspectorView.knob(at: mouse.point, self, in: layout.inspector) {
            if focus == .example { focus(on: .layers) }
            self.knob = knob
            return
        }
        pressPane(at: mouse.point, layout)
    }

    private mutating func press(_ row: LayerRow) {
        if case .group(let group, _) = row { toggle(group) } else { select(row) }
    }

    private mutating func pressPane(at point: Point, _ layout: Layout) {
        guard let (pane, rect) = layout.panes.first(where: { $0.value.contains(point) }) else { return }
        focus(on: pane)
        let inside = rect.inset(by: 1)
        switch pane {
        case .layers:
            if let row = LayersView.row(at: point, self, in: inside) { press(layerRows[row]) }
        case .histogram: isDragging = HistogramView.chartRect(self, in: inside).contains(point)
        case .centroids, .accuracy, .example, .training:
            if let row = pane.view.row(at: point, self, in: inside), pane == .centroids { moveCentroid(by: row - centroid) }
        }
    }

    /// A click chooses a row; a click on the chosen row, or a double click, takes it.
    private mutating func pressOverlay(_ mouse: Mouse, _ layout: Layout, time: Int64) {
        let area = layout.isTooSmall ? Rect(size) : layout.body
        switch overlays.last {
        case .palette(var list):
            guard let row = entry(at: mouse.point, in: area) else { return }
            if row == list.selection { return runSelectedEntry(time: time) }
            list.selection = row
            setTop(.palette(list))
        case .help(var list):
            guard let row = entry(at: mouse.point, in: area) else { return }
            if row == list.selection { return runSelectedEntry(time: time) }
            list.selection = row
            setTop(.help(list))
        case .sessions(let browser):
            guard let row = SessionsView.row(at: mouse.point, self, in: area.inset(by: 1)) else { return }
            if row == browser.selection, mouse.action == .doubleClick { return openSelectedSession(time: time) }
            move(by: row - browser.selection)
        case .retrain(var form):
            guard let setting = RetrainView(self, form).setting(at: mouse.point, in: area) else { return }
            form.selected = setting
            setTop(.retrain(form))
            if mouse.action == .doubleClick { promptForSetting() }
        case .themes(let selection, _):
            let count = Size(width: min(area.width, 44), height: min(area.height, themes.count + 2))
            let inside = Popup(title: "", size: count).frame(in: area).inset(by: 1)
            if let row = ThemesView.row(at: mouse.point, self, in: inside) { move(by: row - selection) }
        default: break
        }
    }

    private mutating func wheel(up: Bool, at point: Point, _ layout: Layout, time: Int64) {
        let rows = up ? -1 : 1
        guard overlays.isEmpty else { return move(by: rows) }
        if let knob = InspectorView.knob(at: point, self, in: layout.inspector) {
            return turn(knob, up: up, isBig: false, time: time)
        }
        guard let pane = layout.panes.first(where: { $0.value.contains(point) })?.key else { return }
        switch pane {
        case .layers: moveSelection(by: rows)
        case .histogram: turn(.amount, up: up, isBig: false, time: time)
        case .centroids: moveCentroid(by: rows)
        case .accuracy: scrollAccuracy(by: rows)
        case .example: moveExample(by: rows)
        case .training: break
        }
    }

    /// Moves the threshold to the pointer; a drag whose press was lost begins here too.
    private mutating func drag(to point: Point, _ layout: Layout, time: Int64) {
        guard overlays.isEmpty, let pane = layout.panes[.histogram], let layer = selectedLayer else { return }
        let chart = HistogramView.chartRect(self, in: pane.inset(by: 1))
        guard isDragging || chart.contains(point), let range = histogramRange(of: layer), chart.width > 0 else { return }
        isDragging = true
        let column = min(max(point.x, chart.x), chart.maxX - 1)
        guard let value = HistogramChart(range: range, kept: []).value(atColumn: column, in: chart) else { return }
        attempt { (explorer: inout Explorer) throws(KnobRefusal) in
            try explorer.moveThreshold(to: abs(value), of: layer, time: time)
        }
    }

    /// ratio = t / σ, or the level of the weights below t.
    private mutating func moveThreshold(to threshold: Double, of layer: Layer, time: Int64) throws(KnobRefusal) {
        var pruning = plan(of: layer).pruning
        guard let sigma = deviation(for: layer, pruning), sigma > 0 else { throw .notSorted }
        switch pruning.criterion {
        case .ratio:
            let ratio = (threshold / sigma * 10_000).rounded() / 10_000
            pruning.amount = min(ratio, Pruning.ratios.upperBound)
        case .level: pruning.amount = level(of: .threshold(threshold), layer, pruning)
        }
        try changeTargets(.amount, isStep: true, time: time) { (plan, _) throws(KnobRefusal) in
            var plan = plan
            (plan.pruning.criterion, plan.pruning.amount) = (pruning.criterion, pruning.amount)
            return plan
        }
    }
}
