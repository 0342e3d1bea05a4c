/// The panes with their states, and what stands before them: the last one that was opened has the keys, and Esc takes it away.
package struct ViewStack: Sendable {
    /// A view that is open; the number tells it from another of its kind.
    struct Open: Sendable {
        let id: Int
        var view: any ScreenView
    }

    private(set) var open: [Open] = []
    private var panes: [Place: any PaneView]
    private var opened = 0
    /// The pane that has the keys while nothing stands before it.
    var focus = LayersView.place
    /// Whether that pane stands alone.
    var isMaximised = false

    init() {
        panes = Dictionary(uniqueKeysWithValues: ScreenViews.panes.map { ($0.place, $0.init()) })
    }

    /// Whether the panes have the keys.
    package var isEmpty: Bool { open.isEmpty }

    /// What has the keys.
    package var top: any ScreenView { open.last?.view ?? pane(focus) }

    // MARK: Panes

    /// A pane with its state; of a place that is none, the layers.
    func pane(_ place: Place) -> any PaneView { panes[place] ?? LayersView() }

    /// The state of a pane.
    package subscript<Pane: PaneView>(_ type: Pane.Type) -> Pane {
        get { panes[Pane.place] as? Pane ?? Pane() }
        set { panes[Pane.place] = newValue }
    }

    mutating func put(_ pane: any PaneView) { panes[pane.place] = pane }

    // MARK: What is open

    mutating func show(_ view: any ScreenView) {
        opened += 1
        open.append(Open(id: opened, view: view))
    }

    /// Takes the top view away.
    @discardableResult
    mutating func close() -> (any ScreenView)? { open.popLast()?.view }

    mutating func closeAll() { open = [] }

    mutating func closeAll(where isClosed: (any ScreenView) -> Bool) { open.removeAll { isClosed($0.view) } }

    /// The newest open view of a kind.
    package func newest<View: ScreenView>(_ type: View.Type) -> View? {
        for item in open.reversed() { if let view = item.view as? View { return view } }
        return nil
    }

    /// The view on top, where it is of that kind.
    package func top<View: ScreenView>(as type: View.Type) -> View? { open.last?.view as? View }

    /// Puts a changed view in the place of the newest of its kind.
    mutating func replace<View: ScreenView>(_ view: View) {
        guard let index = open.lastIndex(where: { $0.view is View }) else { return }
        open[index].view = view
    }

    /// Puts a changed view back, unless it was closed meanwhile.
    mutating func put(_ view: any ScreenView, id: Int) {
        guard let index = open.lastIndex(where: { $0.id == id }) else { return }
        open[index].view = view
    }
}

extension Explorer {
    /// Opens a view that needs nothing but the explorer.
    mutating func open(_ type: (some ScreenView).Type) {
        if let view = type.init(self) { stack.show(view) }
    }

    /// Changes what has the keys: the view on top, or the pane in focus.
    mutating func withKeys(_ change: (inout any ScreenView, inout Explorer) -> Void) {
        if let item = stack.open.last {
            var view = item.view
            change(&view, &self)
            return stack.put(view, id: item.id)
        }
        withPane(stack.focus, change)
    }

    /// Changes a pane.
    mutating func withPane(_ place: Place, _ change: (inout any ScreenView, inout Explorer) -> Void) {
        var pane: any ScreenView = stack.pane(place)
        change(&pane, &self)
        if let pane = pane as? any PaneView { stack.put(pane) }
    }

    /// Changes the view on top, where it is of that kind.
    mutating func changeTop<View: ScreenView>(_ type: View.Type, _ change: (inout View, inout Explorer) -> Void) {
        withKeys { top, explorer in
            guard var view = top as? View else { return }
            change(&view, &explorer)
            top = view
        }
    }
}

/// What is read of the panes' states elsewhere.
extension Explorer {
    /// The pane that has the keys while nothing stands before it.
    public var focus: Place { stack.focus }
    public var isMaximised: Bool { stack.isMaximised }
    public var filter: String { stack[LayersView.self].filter }
    public var order: LayerOrder { stack[LayersView.self].order }
    var folded: Set<String> { stack[LayersView.self].folded }
    var search: String { stack[LayersView.self].search }
    public var histogram: HistogramOptions { stack[HistogramView.self].options }
    /// The selected row of the centroid table.
    public var centroid: Int { stack[CentroidsView.self].selection }
    public var example: ExampleState { stack[ExampleView.self].state }
}
