import Frames
import Networks

/// Layers that the user marked: while one of them is selected, the knobs turn all of them.
extension Explorer {
    /// In the order of the file. Cost: O(layers), none without marks.
    public var marked: [Layer] {
        let marks = stack[LayersView.self].marks
        return marks.isEmpty ? [] : layers.filter { marks.contains($0.weight) }
    }

    /// A factor is no layer of its own here, and never marked.
    func isMarked(_ layer: Layer) -> Bool { layer.part == nil && stack[LayersView.self].marks.contains(layer.weight) }

    /// `4 marked`.
    var markedWords: String { "\(numbers.integer(marked.count)) marked" }

    /// `conv1, fc1`, of many `5 marked layers`: how the history calls them.
    var markedNames: String {
        let names = marked.map(\.name)
        return names.count <= 3 ? names.joined(separator: ", ") : "\(numbers.integer(names.count)) marked layers"
    }

    /// Marks the selected layer, or all layers of the selected group; takes the marks away where all have one.
    mutating func toggleMark() {
        if let group = selectedGroup { return toggleMarks(members(of: group), "the layers of \(tree.groups[group].name)") }
        guard let layer = layers.indices.contains(selection) ? layers[selection] : nil else { return }
        toggleMarks([layer], layer.name)
    }

    /// Marks every layer of the list: all, or those that the filter leaves.
    mutating func toggleListedMarks() {
        toggleMarks(visibleLayers, filter.isEmpty ? "all layers" : "the layers with '\(filter)'")
    }

    /// Marks the layers of the selected one's kind: convolutions with the same window, dense ones, recurrent ones.
    mutating func toggleKindMarks() {
        guard let layer = layers.indices.contains(selection) ? layers[selection] : nil else { return }
        toggleMarks(layers.filter { $0.kindWords == layer.kindWords }, "the \(layer.kindWords) layers")
    }

    private mutating func toggleMarks(_ chosen: [Layer], _ words: String) {
        let marks = Set(chosen.map(\.weight))
        guard !marks.isEmpty else { return }
        let isOff = marks.isSubset(of: stack[LayersView.self].marks)
        if isOff { stack[LayersView.self].marks.subtract(marks) } else { stack[LayersView.self].marks.formUnion(marks) }
        let count = marked.count
        say("\(words) \(isOff ? "no longer marked" : "marked")\(count > marks.count || isOff ? ", \(numbers.integer(count)) in all" : "")")
    }

    /// Takes every mark away; false where there is none.
    mutating func clearMarks() -> Bool {
        guard !marked.isEmpty else { return false }
        stack[LayersView.self].marks = []
        return true
    }
}

extension Layer {
    /// `3×3`, `depthwise 3×3`, `grouped 3×3`, `recurrent`, `dense`: what layers that are marked together have in common.
    var kindWords: String {
        guard isConvolution else { return isRecurrent ? "recurrent" : "dense" }
        let words = shape.dimensions.dropFirst(2).map(String.init).joined(separator: "×")
        guard groups > 1 else { return words }
        return (groups == outputCount ? "depthwise " : "grouped ") + words
    }
}
