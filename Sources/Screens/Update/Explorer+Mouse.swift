import Compression
import Frames
import Networks

extension Explorer {
    mutating func take(_ mouse: Mouse, time: Int64) {
        let layout = layout(for: size)
        guard around.isMouseOn else { return }
        switch mouse.action {
        case .wheelUp: wheel(up: true, at: mouse.point, layout, time: time)
        case .wheelDown: wheel(up: false, at: mouse.point, layout, time: time)
        case .press, .doubleClick: press(mouse, layout, time: time)
        case .drag: drag(to: mouse.point, layout, time: time)
        case .release: around.isDragging = false
        }
    }

    private mutating func press(_ mouse: Mouse, _ layout: Layout, time: Int64) {
        around.clearMessage()
        if place.form != .line, let command = FooterView.command(at: mouse.point, self, in: layout.footer) {
            return run(command, time: time)
        }
        guard stack.isEmpty else {
            return withKeys { view, explorer in
                view.press(mouse, &explorer, in: explorer.inside(of: view, in: layout), time: time)
            }
        }
        if let knob = InspectorView.knob(at: mouse.point, self, in: layout.inspector) {
            if focus == .example { focus(on: .layers) }
            self.knob = knob
            return
        }
        guard let (pane, rect) = layout.panes.first(where: { $0.value.contains(mouse.point) }) else { return }
        focus(on: pane)
        withPane(pane) { view, explorer in view.press(mouse, &explorer, in: rect.inset(by: 1), time: time) }
    }

    private mutating func wheel(up: Bool, at point: Point, _ layout: Layout, time: Int64) {
        guard stack.isEmpty else { return withKeys { view, explorer in view.wheel(up: up, &explorer, time: time) } }
        if let knob = InspectorView.knob(at: point, self, in: layout.inspector) {
            return turn(knob, up: up, isBig: false, time: time)
        }
        guard let pane = layout.panes.first(where: { $0.value.contains(point) })?.key else { return }
        withPane(pane) { view, explorer in view.wheel(up: up, &explorer, time: time) }
    }

    /// Moves the threshold to the pointer; a drag whose press was lost begins here too.
    private mutating func drag(to point: Point, _ layout: Layout, time: Int64) {
        guard stack.isEmpty, let pane = layout.panes[.weights], let layer = selectedLayer, spectrum(of: layer) == nil else { return }
        let chart = pane.inset(by: 1)
        guard around.isDragging || chart.contains(point), let range = histogramRange(of: layer), chart.width > 0 else { return }
        around.isDragging = true
        let column = min(max(point.x, chart.x), chart.maxX - 1)
        guard let value = HistogramChart(range: range, kept: []).value(atColumn: column, in: chart) else { return }
        attempt { (explorer: inout Explorer) throws(KnobRefusal) in
            try explorer.moveThreshold(to: abs(value), of: layer, time: time)
        }
    }

    /// ratio = t / σ, or the level of the weights below t.
    private mutating func moveThreshold(to threshold: Double, of layer: Layer, time: Int64) throws(KnobRefusal) {
        if let pattern = plan(of: layer).pattern { throw .noThreshold(pattern: pattern.rawValue) }
        var pruning = plan(of: layer).pruning
        let distribution = distribution(of: layer)
        guard let distribution, let sigma = desk.deviation(of: layer, pruning, distribution), sigma > 0 else { throw .notSorted }
        switch pruning.criterion {
        case .ratio:
            let ratio = (threshold / sigma * 10_000).rounded() / 10_000
            pruning.amount = min(ratio, Pruning.ratios.upperBound)
        case .level: pruning.amount = desk.level(at: threshold, of: layer, pruning, distribution)
        }
        try changeTargets(.amount, isStep: true, time: time) { (plan, _) throws(KnobRefusal) in
            var plan = plan
            (plan.pruning.criterion, plan.pruning.amount) = (pruning.criterion, pruning.amount)
            return plan
        }
    }
}
