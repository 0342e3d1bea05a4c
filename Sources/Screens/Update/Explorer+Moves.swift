import Frames

extension Explorer {
    /// Rows of a page.
    static let page = 10

    /// What one row is here, for the footer.
    var rowWord: String {
        switch place {
        case .layers, .weights, .training, .ladder: "layer"
        case .centroids: "centroid"
        case .example: "example"
        case .themes: "theme"
        case .retrain: "setting"
        default: "scroll"
        }
    }

    /// Goes some rows down, or up, in whatever has the keys.
    mutating func move(by offset: Int) {
        switch overlays.last {
        case nil: moveInPane(by: offset)
        case .messages(let scroll):
            setTop(.messages(scroll: min(max(0, scroll + offset), max(0, messages.count - 1))))
        case .maskMap(let row, let column):
            setTop(.maskMap(row: max(0, min(row + offset, maskRows - 1)), column: column))
        case .ladder: moveSelection(by: offset)
        case .compare(var comparison):
            comparison.scroll = min(max(0, comparison.scroll + offset), max(0, layers.count - 1))
            setTop(.compare(comparison))
        case .sessions(var browser):
            browser.selection = min(max(0, browser.selection + offset), max(0, (browser.rows?.count ?? 0) - 1))
            setTop(.sessions(browser))
        case .themes(let selection, _): previewTheme(row: selection + offset)
        case .palette(var list):
            list.selection = min(max(0, list.selection + offset), max(0, paletteEntries(list).count - 1))
            setTop(.palette(list))
        case .help(var list):
            list.selection = min(max(0, list.selection + offset), max(0, helpEntries(list).count - 1))
            setTop(.help(list))
        case .retrain(var form):
            form.move(by: offset)
            setTop(.retrain(form))
        case .grid(let scroll): setTop(.grid(scroll: min(max(0, scroll + offset), max(0, gridTable.places.count - 1))))
        case .prompt, .confirmation: break
        }
    }

    mutating func moveToEnd(first: Bool) {
        if overlays.isEmpty, focus == .example {
            example.index = first ? 0 : max(0, (dataset?.count ?? 1) - 1)
        } else {
            move(by: first ? -Self.far : Self.far)
        }
    }

    /// More rows than anything has.
    private static let far = 1 << 32

    private mutating func moveInPane(by offset: Int) {
        switch focus {
        case .layers, .histogram, .training: moveSelection(by: offset)
        case .centroids: moveCentroid(by: offset)
        case .accuracy: scrollAccuracy(by: offset)
        case .example: moveExample(by: offset)
        }
    }

    mutating func setTop(_ overlay: Overlay) {
        guard !overlays.isEmpty else { return }
        overlays[overlays.count - 1] = overlay
    }

    /// Rows and columns of the selected layer's matrix [outputs, inputs].
    var maskRows: Int { max(1, selectedLayer?.outputCount ?? 1) }
    var maskColumns: Int { max(1, (selectedLayer?.count ?? 1) / maskRows) }

    mutating func scrollMask(columns: Int) {
        guard case .maskMap(let row, let column) = overlays.last else { return }
        setTop(.maskMap(row: row, column: max(0, min(column + columns, maskColumns - 1))))
    }

    /// What Esc leaves here, for the footer.
    var backWord: String {
        if !overlays.isEmpty { return "back" }
        if isMaximised { return "all panes" }
        return filter.isEmpty ? "layers" : "all layers"
    }

    /// Leaves the innermost thing that can be left.
    mutating func goBack() {
        if let top = overlays.popLast() { return leave(top) }
        if focus == .example, placeBeforeExample != nil {
            leaveExample()
        } else if isMaximised {
            isMaximised = false
        } else if !filter.isEmpty {
            filter = ""
        } else if focus != .layers {
            focus = .layers
        } else {
            say("q quits")
        }
    }

    private mutating func leave(_ overlay: Overlay) {
        switch overlay {
        case .themes(_, let previous) where theme != previous:
            theme = previous
            emit(.theme(previous))
        case .prompt(let prompt) where prompt.purpose == .filter: filter = ""
        default: break
        }
    }
}
