import Compression
import Frames
import Networks
import Reports

/// The table of layers: shape, weights, knobs and what they made of each layer.
package struct LayersView: PaneView {
    package static var place: Place { .layers }

    /// Only layers whose name contains this are listed; empty lists all.
    var filter = ""
    /// The last text searched for: n and N go to its next match.
    var search = ""
    var order = LayerOrder.file
    /// Names of the groups whose layers are hidden.
    var folded: Set<String> = []
    /// Weights of the layers that are marked.
    var marks: Set<String> = []

    package init() {}

    package func title(_ explorer: Explorer) -> String {
        var words = ["Layers"]
        if order != .file { words.append(order.words) }
        if !explorer.marked.isEmpty { words.append("\(explorer.numbers.integer(explorer.marked.count)) marked") }
        let (read, all) = (explorer.distributions.count, explorer.layers.count)
        if explorer.network.isWeightsOnly, read < all { words.append("\(read) of \(all) read") }
        return words.joined(separator: " \(explorer.glyphs.dot) ")
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !explorer.visibleLayers.isEmpty else {
            let text = explorer.layers.isEmpty ? "this network has no layer with weights" : "no layer's name has '\(filter)' in it"
            return Paragraph(StyledText(text, .muted)).draw(in: area, on: &frame, glyphs: explorer.glyphs)
        }
        Self.table(explorer, in: area).draw(in: area, on: &frame, glyphs: explorer.glyphs)
    }

    /// The row under a point of the area that `draw` was given.
    package func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? {
        Self.outline(explorer, explorer.layerRows).row(at: point, in: area)
    }

    /// Where the selected row begins; nil while the filter hides it.
    package func focusPoint(_ explorer: Explorer, in area: Rect) -> Point? {
        guard !area.isEmpty else { return nil }
        let outline = Self.outline(explorer, explorer.layerRows)
        guard let row = outline.selected else { return nil }
        let window = outline.window(in: area)
        return window.rows.contains(row) ? Point(x: area.x, y: area.y + 1 + row - window.offset) : nil
    }

    package var rowWord: String { "layer" }

    package func move(by offset: Int, _ explorer: inout Explorer) { explorer.moveSelection(by: offset) }

    package mutating func press(_ mouse: Mouse, _ explorer: inout Explorer, in area: Rect, time: Int64) {
        if let next = Self.order(at: mouse.point, explorer, in: area) {
            explorer.sortLayers(by: next)
            order = explorer.order
            return
        }
        guard let row = row(at: mouse.point, explorer, in: area) else { return }
        let pressed = explorer.layerRows[row]
        if case .group(let group, _) = pressed { toggle(explorer.tree.groups[group].name) } else { explorer.select(pressed) }
    }

    /// What the head under a point sorts by; nil where there is none, or one of words.
    private static func order(at point: Point, _ explorer: Explorer, in area: Rect) -> LayerOrder? {
        guard point.y == area.y, !explorer.visibleLayers.isEmpty else { return nil }
        let table = table(explorer, in: area)
        guard let title = table.column(at: point, in: area).map({ table.columns[$0].title }) else { return nil }
        return LayerOrder.allCases.first { $0.column == title }
    }

    /// Hides the layers of a group, or shows them again.
    mutating func toggle(_ group: String) {
        if folded.remove(group) == nil { folded.insert(group) }
    }

    /// Up to this many rows all of them give the columns their widths; of more only those in sight are made.
    private static let rowsMade = 64

    private static let nestedNameWidth = 16

    /// Cells of the widest of a few names, at most ``nestedNameWidth``.
    private static func nameWidth(_ rows: [LayerRow]) -> Int {
        guard rows.count <= rowsMade else { return nestedNameWidth }
        return rows.reduce(5) { widest, row in
            switch row {
            case .layer(_, let depth, let label): min(max(widest, 2 * depth + label.cellWidth + 1), nestedNameWidth)
            case .part(_, let side, let depth): min(max(widest, 2 * depth + side.rawValue.cellWidth + 1), nestedNameWidth)
            case .group: widest
            }
        }
    }

    private static func table(_ explorer: Explorer, in area: Rect) -> Table {
        let rows = explorer.layerRows
        let (isMixed, shown) = (isMixed(explorer), explorer.shownStepKind)
        var table = outline(explorer, rows)
        table.columns = columns(explorer, isMixed: isMixed, shown)
        // Names that are indented must be seen to be told apart; the shape gives way.
        if explorer.tree.isNested { table.columns[0].minimumWidth = nameWidth(rows) }
        table.footer = rest(explorer, shown)
        let made = rows.count <= rowsMade ? rows.indices : table.window(in: area).rows
        for index in made { table.rows[index] = row(rows[index], explorer, isMixed: isMixed, shown) }
        return table
    }

    /// The table without what its rows say: enough to tell where each stands.
    private static func outline(_ explorer: Explorer, _ rows: [LayerRow]) -> Table {
        Table(
            columns: [], rows: Array(repeating: Table.Row([]), count: rows.count), selected: rows.firstIndex(where: explorer.isSelected),
            isFocused: explorer.place == .layers)
    }

    /// What the file holds beside the weights, so that the column of bytes sums to the size.
    private static func rest(_ explorer: Explorer, _ shown: ShownSteps?) -> Table.Row? {
        guard let rest = explorer.fileRest, explorer.filter.isEmpty else { return nil }
        let bytes = explorer.numbers.integer(rest)
        let blank = Array(repeating: StyledText("", .muted), count: allColumns.count - 2)
        let time = Array(repeating: StyledText("", .muted), count: timeColumns(explorer).count + stepColumns(shown).count)
        return Table.Row([StyledText("biases, graph", .muted)] + blank + [StyledText(bytes, .muted)] + time)
    }

    private static func bytes(_ layer: Layer, _ explorer: Explorer, _ numbers: NumberFormat) -> StyledText {
        guard let found = explorer.fileSize(of: layer) else { return StyledText(numbers.missing, .muted) }
        return StyledText(numbers.integer(found.figure), found.isFresh ? .text : .muted)
    }

    private static let allColumns: [Table.Column] = [
        .init("layer", alignment: .left, minimumWidth: 5, priority: 11, keepsEnd: true),
        .init("shape", alignment: .left, minimumWidth: 9, priority: 4),
        .init("weights", minimumWidth: 7, priority: 3),
        .init("ratio", minimumWidth: 6, priority: 9),
        .init("kept", minimumWidth: 6, priority: 8),
        .init("bits", minimumWidth: 4, priority: 7),
        .init("stored", alignment: .left, minimumWidth: 8, priority: 2),
        .init("dB", minimumWidth: 5, priority: 5),
        .init("bytes", minimumWidth: 6, priority: 6),
    ]

    /// The columns, with the one that the list is sorted by never left out, and the amount under the name of what it is.
    private static func columns(_ explorer: Explorer, isMixed: Bool, _ shown: ShownSteps?) -> [Table.Column] {
        var columns = allColumns
        columns[3].title = isMixed ? "prune" : explorer.selectedPlan.pruning.criterion.rawValue
        columns += timeColumns(explorer) + stepColumns(shown)
        for index in columns.indices where index > 0 && columns[index].title == explorer.order.column { columns[index].priority = 10 }
        return columns
    }

    /// What the layer's best next step costs and wins, once one is known; the first columns to go where it is narrow.
    private static func stepColumns(_ shown: ShownSteps?) -> [Table.Column] {
        guard shown != nil else { return [] }
        return [.init("next", minimumWidth: 6, priority: 1), .init("wins", minimumWidth: 7, priority: 1)]
    }

    /// Their cells; of a group none.
    private static func step(_ layer: Layer?, _ explorer: Explorer, _ shown: ShownSteps?) -> [StyledText] {
        guard let shown else { return [] }
        guard let layer, let best = explorer.sensitivities.best(shown.kind, of: layer.weight) else {
            return [StyledText(layer == nil ? "" : explorer.numbers.missing, .muted), StyledText("", .muted)]
        }
        let numbers = explorer.numbers
        let error = best.change(of: .divergence) ?? best.change(of: .squaredError)
        let cost = best.figure.map { numbers.signed(100 * $0.value, digits: 2) } ?? numbers.signed(error, digits: 3)
        return [
            StyledText((best.isExact ? "" : "~") + cost, shown.isFresh && best.isExact ? .text : .muted),
            StyledText(numbers.integer(best.bytesWon), shown.isFresh ? .text : .muted),
        ]
    }

    /// Milliseconds, once there are any.
    private static func timeColumns(_ explorer: Explorer) -> [Table.Column] {
        guard let timing = explorer.timing else { return [] }
        return [.init("ms", minimumWidth: 6, priority: 7)]
            + (hasLists(explorer) ? [.init("by lists", minimumWidth: 6, priority: 6)] : [])
            + (timing.int8 == nil ? [] : [.init("int8", minimumWidth: 6, priority: 5)])
    }

    /// Whether there are milliseconds by lists of the weights that are left.
    private static func hasLists(_ explorer: Explorer) -> Bool { explorer.timing != nil && explorer.layerTimes?.table.hasLists == true }

    /// Whether some layers are pruned by ratio and some by level: then each row carries its unit.
    private static func isMixed(_ explorer: Explorer) -> Bool {
        let criterion = explorer.selectedPlan.pruning.criterion
        return explorer.resolvedPlan.layers.values.contains { plan in
            plan.pruning.criterion != criterion || plan.partsInForce?.all.contains { $0.plan.pruning.criterion != criterion } ?? false
        }
    }

    /// `0.50`, or `0.50σ` beside levels in per cent; `2:4`, and `b8 0.50` of blocks; `bypass` for a layer that is left as it came.
    private static func amount(_ plan: LayerPlan, of layer: Layer, isMixed: Bool, _ numbers: NumberFormat) -> String {
        if plan.bypass { return LayerPlan.bypassWord }
        if let pattern = plan.pattern, pattern.setsAmount { return pattern.rawValue }
        let shape = plan.pattern.map { "b\($0.span) " } ?? ""
        return shape + Knob.amount.text(in: plan, of: layer) + (isMixed && plan.pruning.criterion == .ratio ? numbers.sigma : "")
    }

    /// Bits of a stored value; `r48` of a product.
    private static func width(_ plan: LayerPlan, of layer: Layer) -> String {
        plan.factorization(of: layer.geometry).map { "r\($0.text)" } ?? Knob.bits.text(in: plan.inForce, of: layer)
    }

    /// What counts of a knob in all layers of a group; one word where they differ.
    private static func text(of knob: Knob, in members: [Layer], _ explorer: Explorer, _ numbers: NumberFormat) -> String {
        let texts = Set(
            members.map { layer in
                let plan = explorer.plan(of: layer)
                if knob == .bits { return width(plan, of: layer) }
                return knob == .amount ? amount(plan, of: layer, isMixed: false, numbers) : knob.text(in: plan.inForce, of: layer)
            })
        return texts.count > 1 ? Explorer.mixed : texts.first ?? ""
    }

    private static func row(_ row: LayerRow, _ explorer: Explorer, isMixed: Bool, _ shown: ShownSteps?) -> Table.Row {
        switch row {
        case .layer(let place, let depth, let label):
            self.row(explorer.layers[place], String(repeating: "  ", count: depth) + label, explorer, isMixed: isMixed, shown)
        case .part(let place, let side, let depth):
            explorer.part(side, of: explorer.layers[place]).map {
                self.row($0, String(repeating: "  ", count: depth) + side.rawValue, explorer, isMixed: isMixed, shown)
            } ?? Table.Row([])
        case .group(let group, let isFolded): self.row(ofGroup: group, isFolded: isFolded, explorer, shown)
        }
    }

    /// The totals of a group: its layers, their weights, the share that stays, their bytes.
    private static func row(ofGroup index: Int, isFolded: Bool, _ explorer: Explorer, _ shown: ShownSteps?) -> Table.Row {
        let numbers = explorer.numbers
        let group = explorer.tree.groups[index]
        let members = explorer.members(of: index)
        let weights = members.reduce(0) { $0 + $1.count }
        let kept = kept(members, weights: weights, explorer)
        let bytes = members.reduce(ByteFigure?.some(ByteFigure(0, isExact: true))) { total, layer in
            total.flatMap { total in explorer.fileSize(of: layer).map { total + $0.figure } }
        }
        let label = String(repeating: "  ", count: group.depth) + (isFolded ? "+ " : "- ") + group.label
        let word = members.count == 1 ? "layer" : "layers"
        let isSelected = explorer.isSelected(.group(index, isFolded: isFolded))
        func knob(_ knob: Knob) -> StyledText {
            let text = isFolded ? self.text(of: knob, in: members, explorer, numbers) : ""
            return isSelected && explorer.activeKnob == knob ? StyledText(text, .knob, .bold) : StyledText(text, .muted)
        }
        return Table.Row(
            [
                StyledText(label, isSelected ? .title : .text), StyledText("\(numbers.integer(members.count)) \(word)", .muted),
                StyledText(numbers.integer(weights), .muted), knob(.amount),
                StyledText(kept.map { numbers.percent($0) } ?? numbers.missing, .muted), knob(.bits), knob(.representation), "",
                StyledText(numbers.integer(bytes), .muted),
            ] + times(members, explorer) + step(nil, explorer, shown))
    }

    /// The share of all weights that stays; nil where that of one layer is not known.
    private static func kept(_ members: [Layer], weights: Int, _ explorer: Explorer) -> Double? {
        var sum = 0.0
        for layer in members {
            guard let kept = explorer.kept(of: layer) else { return nil }
            sum += kept.fraction * Double(layer.count)
        }
        return sum / Double(max(1, weights))
    }

    private static func row(_ layer: Layer, _ label: String, _ explorer: Explorer, isMixed: Bool, _ shown: ShownSteps?) -> Table.Row {
        let numbers = explorer.numbers
        let plan = explorer.plan(of: layer)
        let summary = explorer.summary(of: layer)
        let isFresh = explorer.isFresh(layer)
        let isSelected = layer == explorer.selectedLayer
        let figure = isFresh ? Role.text : .muted
        let knobs = plan.bypass ? Role.muted : .text
        // What a layer that the plan leaves as it is came with.
        let given = plan.inForce.weights != .float32 || !isFresh ? nil : summary?.stored
        // A bypassed layer's row says what it is, and nothing of it turns; its knobs stand below the panes.
        func knob(_ text: String, _ knob: Knob) -> StyledText {
            let isTurned = isSelected && explorer.activeKnob == knob && !plan.bypass
            return isTurned ? StyledText(text, .knob, .bold) : StyledText(text, knobs)
        }
        return Table.Row(
            [
                name(layer, label, explorer, summary), StyledText(layer.shape.description + (layer.isFolded ? " +bn" : ""), .muted),
                StyledText(numbers.integer(layer.count), .text), knob(amount(plan, of: layer, isMixed: isMixed, numbers), .amount),
                kept(layer, explorer, numbers), knob(given?.width ?? width(plan, of: layer), .bits),
                knob(given?.name ?? plan.inForce.weights.name, .representation), StyledText(numbers.decibels(summary), figure),
                bytes(layer, explorer, numbers),
            ] + times([layer], explorer) + step(layer, explorer, shown))
    }

    /// Milliseconds of layers together, in a column of its own once they were timed; `–` where one was not measured.
    private static func times(_ members: [Layer], _ explorer: Explorer) -> [StyledText] {
        guard let timing = explorer.timing else { return [] }
        let times = members.map { timing.layers[$0.weight] }
        let isWhole = times.allSatisfy { $0 != nil }
        let sum = times.reduce(0) { $0 + ($1?.milliseconds ?? 0) }
        let mark = times.contains { $0?.isEstimate == true } ? "~" : ""
        let one = members.count == 1 ? members[0] : nil
        var others = hasLists(explorer) ? [one.map { byLists($0, explorer) } ?? StyledText("", .muted)] : []
        if let int8 = timing.int8 {
            let time = one.flatMap { int8[$0.weight] }
            others.append(StyledText(time.map { explorer.numbers.significant($0.milliseconds) } ?? "", .text))
        }
        return [
            StyledText(
                isWhole ? mark + explorer.numbers.significant(sum) : explorer.numbers.missing, mark.isEmpty && isWhole ? .text : .muted)
        ] + others
    }

    /// Milliseconds by lists of the weights that are left, brighter where they are fewer than those of the dense kernel.
    private static func byLists(_ layer: Layer, _ explorer: Explorer) -> StyledText {
        guard let time = explorer.timeByLists(of: layer) else { return StyledText("", .muted) }
        let isFaster = explorer.timing?.layers[layer.weight].map { time.milliseconds < $0.milliseconds } ?? false
        return StyledText((time.isEstimate ? "~" : "") + explorer.numbers.significant(time.milliseconds), isFaster ? .value : .muted)
    }

    private static func name(_ layer: Layer, _ label: String, _ explorer: Explorer, _ summary: LayerSummary?) -> StyledText {
        var text = StyledText(label, layer == explorer.selectedLayer ? .title : .text).highlighting(explorer.filter)
        if explorer.isMarked(layer) { text = StyledText(String(explorer.glyphs.tag), .knob, .bold) + text }
        return summary?.remarks.contains(where: \.isNotable) == true ? text + StyledText("!", .warning) : text
    }

    private static func kept(_ layer: Layer, _ explorer: Explorer, _ numbers: NumberFormat) -> StyledText {
        guard let kept = explorer.kept(of: layer) else { return StyledText(numbers.missing, .muted) }
        return StyledText(numbers.percent(kept.fraction), kept.isFresh ? .value : .muted)
    }
}

extension Place {
    public static let layers = Place("layers", .pane(number: 1))
}
