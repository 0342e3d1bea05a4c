import Frames

extension Explorer {
    /// Draws the screen: a pure function of state and size.
    public func frame(size: Size) -> Frame {
        var frame = Frame(size: size)
        let layout = layout(for: size)
        if layout.isTooSmall, overlays.isEmpty {
            drawSizeMessage(on: &frame)
        } else {
            draw(layout, on: &frame)
        }
        return glyphs.graph == .ascii ? frame.transliteratedToASCII() : frame
    }

    private func draw(_ layout: Layout, on frame: inout Frame) {
        if layout.isTooSmall {
            drawOverlays(in: Rect(layout.size), on: &frame)
            return
        }
        HeaderView.draw(self, in: layout.header, on: &frame)
        if let (view, title) = fullView {
            let inside = Pane(title: StyledText(title, .title), isFocused: true).draw(in: layout.body, on: &frame, glyphs: glyphs)
            view.draw(self, in: inside, on: &frame)
        } else {
            drawPanes(layout, on: &frame)
        }
        InspectorView.draw(self, in: layout.inspector, on: &frame)
        StatusView.draw(self, in: layout.status, on: &frame)
        FooterView.draw(self, in: layout.footer, on: &frame)
        drawOverlays(in: layout.body, on: &frame)
        frame.focus = focusPoint(in: layout)
    }

    private func drawPanes(_ layout: Layout, on frame: inout Frame) {
        for pane in ExplorerPane.allCases {
            guard let rect = layout.panes[pane] else { continue }
            let title = StyledText(pane.view.title(self), .title)
            let inside = Pane(number: pane.rawValue, title: title, note: note(of: pane), isFocused: pane == focus)
                .draw(in: rect, on: &frame, glyphs: glyphs)
            if !inside.isEmpty { pane.view.draw(self, in: inside, on: &frame) }
        }
        FiguresView.draw(self, in: layout.figures, on: &frame)
    }

    private func note(of pane: ExplorerPane) -> StyledText? {
        guard pane == .layers, !filter.isEmpty else { return nil }
        return StyledText("/\(filter) \(visibleLayers.count) of \(layers.count)", .badge)
    }

    /// The view that stands in place of the panes, the lowest in the stack of overlays.
    var fullView: (any ExplorerView.Type, String)? {
        for overlay in overlays.reversed() {
            switch overlay {
            case .sessions: return (SessionsView.self, SessionsView.title(self))
            case .compare: return (CompareView.self, CompareView.title(self))
            case .maskMap: return (MaskMapView.self, MaskMapView.title(self))
            case .ladder: return (LadderView.self, LadderView.title(self))
            case .grid: return (GridView.self, GridView.title(self))
            default: continue
            }
        }
        return nil
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

extension ExplorerPane {
    /// Who draws the pane.
    var view: any ExplorerView.Type {
        switch self {
        case .layers: LayersView.self
        case .histogram: HistogramView.self
        case .centroids: CentroidsView.self
        case .accuracy: AccuracyView.self
        case .example: ExampleView.self
        case .training: TrainingView.self
        }
    }
}
