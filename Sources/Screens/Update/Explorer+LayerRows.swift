import Networks

/// One row of the layers pane.
enum LayerRow: Hashable {
    /// A layer by its place, how far it is indented, and the name that stands there.
    case layer(Int, depth: Int, label: String)
    /// A factor of the layer above it.
    case part(Int, FactorPart.Side, depth: Int)
    /// A group of the tree by its place; a folded one hides its layers.
    case group(Int, isFolded: Bool)

    /// The place of the layer that it is of; nil of a group.
    var layer: Int? {
        switch self {
        case .layer(let place, _, _), .part(let place, _, _): place
        case .group: nil
        }
    }
}

extension Explorer {
    /// The rows of the layers pane from the first to the last. Cost: O(layers), sorted O(layers · log layers).
    var layerRows: [LayerRow] {
        guard order == .file, tree.isNested else {
            return sortedPlaces.flatMap { rows(of: $0, depth: 0, label: layers[$0].name) }
        }
        return filter.isEmpty ? unfiltered : filtered
    }

    /// The row of a layer, and those of its factors where it is a product.
    private func rows(of place: Int, depth: Int, label: String) -> [LayerRow] {
        [.layer(place, depth: depth, label: label)]
            + parts(of: layers[place]).compactMap { $0.part.map { .part(place, $0.side, depth: depth + 1) } }
    }

    /// The row that stands for the selected layer: its own, or that of the folded group around it.
    public var selectedRow: Int? { layerRows.firstIndex(where: isSelected) }

    /// Whether a row stands for the selected layer.
    func isSelected(_ row: LayerRow) -> Bool {
        switch row {
        case .layer(let place, _, _): place == selection && selectedLayer?.part == nil
        case .part(let place, let side, _): place == selection && selectedLayer?.part?.side == side
        case .group(let group, let isFolded): isFolded && holdsSelection(group)
        }
    }

    func holdsSelection(_ group: Int) -> Bool {
        layers.indices.contains(selection) && tree.groups[group].members.contains(tree.positions[selection])
    }

    /// Layers of a group, in the order of the tree.
    func members(of group: Int) -> [Layer] { tree.groups[group].members.map { layers[tree.leaves[$0]] } }

    /// Selects the row that stands `offset` rows away, at most the first or last; headings of open groups are passed over, and factors where only
    /// whole layers are listed.
    mutating func moveSelection(by offset: Int, amongWholes: Bool = false) {
        let stops = layerRows.filter { row in
            switch row {
            case .group(_, let isFolded): isFolded
            case .part: !amongWholes
            case .layer: true
            }
        }
        guard !stops.isEmpty else { return }
        let current = stops.firstIndex { isSelected($0) || amongWholes && $0.layer == selection } ?? 0
        select(stops[min(max(0, current + offset), stops.count - 1)])
    }

    /// Selects a row's layer; of a folded group the first, unless it holds the selected one already.
    mutating func select(_ row: LayerRow) {
        switch row {
        case .layer(let place, _, _): select(weight: layers[place].weight)
        case .part(let place, let side, _):
            if place != selection { select(weight: layers[place].weight) }
            select(side)
        case .group(let group, _):
            guard !holdsSelection(group), let first = members(of: group).first else { return }
            select(weight: first.weight)
        }
    }

    /// Folds the innermost group around the selected layer, or opens the folded one that stands for it.
    mutating func toggleGroup() {
        guard let row = layerRows.first(where: isSelected) else { return }
        if case .group(let group, _) = row { return toggle(group) }
        guard let inner = tree.groups.indices.filter({ holdsSelection($0) }).max(by: { tree.groups[$0].depth < tree.groups[$1].depth })
        else {
            return say("\(selectedLayer?.name ?? "this layer") is in no group")
        }
        toggle(inner)
    }

    private mutating func toggle(_ group: Int) { stack[LayersView.self].toggle(tree.groups[group].name) }

    /// Folds every group, or opens all where one is folded.
    mutating func toggleAllGroups() { stack[LayersView.self].folded = folded.isEmpty ? Set(tree.groups.map(\.name)) : [] }

    /// Goes to the next order that there is.
    mutating func sortLayers() {
        let orders = LayerOrder.allCases.filter { $0 != .time || timing != nil }
        sortLayers(by: orders[((orders.firstIndex(of: order) ?? 0) + 1) % orders.count])
    }

    /// Goes to an order, from it to that of the file, and to the layer that it puts first; back in the order of the file the selection stays.
    mutating func sortLayers(by next: LayerOrder) {
        stack[LayersView.self].order = next == order ? .file : next
        if order != .file, let first = layerRows.first { select(first) }
        say("layers: \(order.words)")
    }

    private var sortedPlaces: [Int] {
        let places = layers.indices.filter { filter.isEmpty || matches(layers[$0], filter) }
        func sorted(by key: (Layer) -> Double) -> [Int] {
            places.map { (key(layers[$0]), $0) }.sorted { $0 < $1 }.map(\.1)
        }
        return switch order {
        case .file: places
        case .size: sorted { -Double($0.count) }
        case .kept: sorted { kept(of: $0)?.fraction ?? 2 }
        case .error: sorted(by: error(of:))
        case .bytes: sorted { -Double(fileSize(of: $0)?.figure.count ?? -1) }
        case .time: sorted { -(timing?.layers[$0.weight]?.milliseconds ?? -1) }
        }
    }

    /// The signal to noise of a layer in dB, the least the worst; infinite where nothing was lost or is known.
    private func error(of layer: Layer) -> Double { summary(of: layer)?.signalToNoise.whole ?? .infinity }

    /// Selects the layer with the largest error, whatever the list shows.
    mutating func selectWorst() {
        guard let worst = layers.min(by: { error(of: $0) < error(of: $1) }), error(of: worst) < .infinity else {
            return say("no layer has lost anything yet")
        }
        if !filter.isEmpty, !matches(worst, filter) { stack[LayersView.self].filter = "" }
        select(weight: worst.weight)
        say("\(worst.name) has the largest error: \(numbers.decimal(error(of: worst), digits: 1)) dB")
    }

    private var unfiltered: [LayerRow] {
        var rows: [LayerRow] = []
        /// Layers before this leaf are hidden.
        var hidden = 0
        for entry in tree.entries {
            switch entry {
            case .layer(let place, let depth, let label):
                if tree.positions[place] >= hidden { rows += self.rows(of: place, depth: depth, label: label) }
            case .group(let index):
                let group = tree.groups[index]
                guard group.members.lowerBound >= hidden else { continue }
                let isFolded = folded.contains(group.name)
                rows.append(.group(index, isFolded: isFolded))
                if isFolded { hidden = group.members.upperBound }
            }
        }
        return rows
    }

    /// Groups are open while a filter holds, and those without a match are left out.
    private var filtered: [LayerRow] {
        let matching = tree.leaves.map { matches(layers[$0], filter) }
        return tree.entries.flatMap { entry -> [LayerRow] in
            switch entry {
            case .layer(let place, let depth, let label):
                matching[tree.positions[place]] ? rows(of: place, depth: depth, label: label) : []
            case .group(let index):
                tree.groups[index].members.contains { matching[$0] } ? [.group(index, isFolded: false)] : []
            }
        }
    }
}
