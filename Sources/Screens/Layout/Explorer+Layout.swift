import Frames

extension Explorer {
    /// The places of everything on a screen of this size.
    ///
    /// From 100 columns on, layers and figures stand left, weights, centroids and accuracy right, as many as there is room for in the
    /// order example, training, accuracy, centroids; below, they stand one over the other. The example has room on high screens only. A pane
    /// that has the keys but no room, or is maximised, stands alone.
    public func layout(for size: Size) -> Layout {
        var layout = Layout(size: size)
        guard !layout.isTooSmall else { return layout }
        if size.width >= 100, layout.body.height >= 16 {
            arrangeWide(&layout)
        } else {
            arrangeNarrow(&layout)
        }
        if stack.isMaximised || layout.panes[focus] == nil { arrangeAlone(&layout) }
        return layout
    }

    private func arrangeAlone(_ layout: inout Layout) {
        let hasFigures = layout.body.height >= 8
        let (pane, figures) = layout.body.splitTop(layout.body.height - (hasFigures ? 2 : 0))
        layout.panes = [focus: pane]
        layout.figures = figures
    }

    /// Height of the layers pane with its border, its heading, and the row of what belongs to no layer.
    private var layersHeight: Int { max(1, layerRows.count) + 4 }

    private func arrangeWide(_ layout: inout Layout) {
        let leftWidth = min(layout.body.width * 47 / 100, 84)
        let (left, right) = layout.body.splitLeft(leftWidth)
        let layersHeight = max(8, layersHeight)
        let room = left.height - 2 - layersHeight
        let hasExample = (dataset != nil || isDataExpected) && room >= 12
        let (layersRect, rest) = left.splitTop(hasExample ? layersHeight : left.height - 2)
        layout.panes[.layers] = layersRect
        let (figures, lower) = rest.splitTop(2)
        layout.figures = figures
        let isAccuracyBelow = hasExample && room >= Self.exampleHeight + 14
        if hasExample {
            let (example, below) = lower.splitTop(isAccuracyBelow ? Self.exampleHeight : lower.height)
            layout.panes[.example] = example
            if isAccuracyBelow { arrangeAccuracy(&layout, in: below) }
        }
        arrange(&layout, in: right, hasAccuracy: !isAccuracyBelow)
    }

    /// Of the example with its border, where the rows below serve something else: a picture of 28 × 28 and ten classes.
    private static let exampleHeight = 19

    private func arrangeNarrow(_ layout: inout Layout) {
        let body = layout.body
        let room = body.height - 2
        let hasMore = room >= 12
        let height = hasMore ? min(layersHeight, max(5, room / 2)) : room
        let (layersRect, rest) = body.splitTop(height)
        layout.panes[.layers] = layersRect
        let (figures, lower) = rest.splitTop(2)
        layout.figures = figures
        if hasMore { arrange(&layout, in: lower) }
    }

    /// The pane, or in its place the training, as long as it is shown and the pane has not the keys.
    private func place(of pane: Place) -> Place {
        training?.isShown == true && focus != pane ? .training : pane
    }

    /// The accuracy with the training beside it, or one in the place of both.
    private func arrangeAccuracy(_ layout: inout Layout, in rect: Rect) {
        guard training?.isShown == true, rect.width >= 64 else {
            layout.panes[place(of: .accuracy)] = rect
            return
        }
        let (left, right) = rect.splitLeft(rect.width / 2)
        layout.panes[.accuracy] = left
        layout.panes[.training] = right
    }

    /// Whether the selected layer has values to list; a pane that only says why it has none gives its room to others.
    private var hasCentroids: Bool {
        focus == .centroids
            || selectedLayer != nil && (selectedPlan.inForce.weights.form.table != .none || selectedPlan.inForce.weights.isProduct)
    }

    /// Weights above; centroids and accuracy below or beside, where there is room and they have something to show.
    private func arrange(_ layout: inout Layout, in rect: Rect, hasAccuracy: Bool = true) {
        let panes = (hasCentroids ? [Place.centroids] : []) + (hasAccuracy ? [.accuracy] : [])
        guard let first = panes.first else { return layout.panes[.weights] = rect }
        if rect.height >= 15 {
            let below = min(max(7, rect.height * 2 / 5), 24)
            let (upper, lower) = rect.splitTop(rect.height - below)
            layout.panes[.weights] = upper
            guard panes.count > 1, lower.width >= 60 else { return arrange(&layout, first, in: lower) }
            let (left, right) = lower.splitLeft(min(max(33, lower.width / 2), 46))
            layout.panes[.centroids] = left
            arrangeAccuracy(&layout, in: right)
        } else if rect.width >= 70 {
            let pane = place(of: first)
            let (left, right) = rect.splitLeft(rect.width - (pane == .training ? 44 : 33))
            layout.panes[.weights] = left
            layout.panes[pane] = right
        } else {
            layout.panes[.weights] = rect
        }
    }

    /// One pane below the weights; the accuracy with the training beside it.
    private func arrange(_ layout: inout Layout, _ pane: Place, in rect: Rect) {
        if pane == .accuracy { arrangeAccuracy(&layout, in: rect) } else { layout.panes[place(of: pane)] = rect }
    }
}
