import Compression
import Exports
import Frames
import Networks

/// A question and the text typed so far, on one line: `fc1 ratio (0…1000 times σ): 1.2`.
package struct PromptView: ScreenView {
    package static var place: Place { .prompt }

    package internal(set) var prompt: TextPrompt

    init(_ prompt: TextPrompt) { self.prompt = prompt }

    package init?(_ explorer: Explorer) { nil }

    package func title(_ explorer: Explorer) -> String { "" }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) { Self.draw(prompt, explorer, in: area, on: &frame) }

    package func status(_ explorer: Explorer, width: Int) -> StyledText? {
        if let refusal = Self.refusal(prompt) { return refusal }
        return explorer.message == nil ? Self.hint(prompt, explorer, width: width) : nil
    }

    /// Typed text; → or End where nothing was typed yet puts the suggestion into the field.
    package mutating func take(_ key: Key, _ explorer: inout Explorer) -> Bool {
        if key == .right || key == .end, prompt.takeSuggestion() { return true }
        edit(&explorer) { $0.handle(key) }
        return true
    }

    package mutating func paste(_ text: String, _ explorer: inout Explorer) -> Bool {
        edit(&explorer) { field in
            field.insert(text)
            return true
        }
        return true
    }

    /// Changes the text; a filter holds at once.
    private mutating func edit(_ explorer: inout Explorer, _ change: (inout TextField) -> Bool) {
        if change(&prompt.field) { prompt.refusal = nil }
        if prompt.purpose == .filter { explorer.setFilter(prompt.field.text) }
    }

    package func leave(_ explorer: inout Explorer) {
        if prompt.purpose == .filter { explorer.stack[LayersView.self].filter = "" }
    }

    private static func draw(_ prompt: TextPrompt, _ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let hasStatus = !explorer.layout(for: frame.size).status.isEmpty
        let notes = notes(prompt, hasStatus: hasStatus)
        let label = label(prompt, explorer, width: area.width, note: hasStatus || prompt.refusal != nil ? notes.first : nil)
        frame.draw(label, at: Point(x: area.x, y: area.y), clip: area)
        let rest = area.splitLeft(label.cellWidth).rest
        let note = notes.first { $0.cellWidth + fieldWidth <= rest.width }
        let cut = note == nil && prompt.refusal != nil ? notes.last : nil
        let noteWidth = note?.cellWidth ?? cut.map { min($0.cellWidth, max(0, rest.width - fieldWidth)) } ?? 0
        let (field, right) = rest.splitLeft(rest.width - noteWidth)
        prompt.field.draw(in: field, on: &frame, glyphs: explorer.glyphs)
        ViewText.draw([note ?? cut ?? ""], explorer, in: right, on: &frame)
    }

    /// Cells of a layer's name at most.
    private static let longestName = 30

    /// Cells that typed text has at least.
    private static let fieldWidth = 8

    /// The question, shorter where it would leave too little for the text and the suggestion, or for the note behind it.
    private static func label(_ prompt: TextPrompt, _ explorer: Explorer, width: Int, note: StyledText?) -> StyledText {
        let text = prompt.refusal == nil ? max(fieldWidth, prompt.field.placeholder.cellWidth + 1) : fieldWidth
        let wanted = note.map { $0.cellWidth + text } ?? 10
        let long = allowed(prompt, explorer).map { String(shortQuestion(prompt, explorer).dropLast()) + " (\($0)):" }
        let texts = [long, shortQuestion(prompt, explorer)].compactMap { $0.map { StyledText(" \($0) ", .title, .bold) } }
        let label = texts.first { width - $0.cellWidth >= wanted } ?? texts[texts.count - 1]
        return label.truncated(to: max(0, width - 6), ellipsis: String(explorer.glyphs.ellipsis))
    }

    /// What may be typed, for the line above, where the question has no room for it.
    private static func hint(_ prompt: TextPrompt, _ explorer: Explorer, width: Int) -> StyledText? {
        guard let allowed = allowed(prompt, explorer) else { return nil }
        let label = label(prompt, explorer, width: width, note: notes(prompt, hasStatus: true).first)
        return label.plain.contains(allowed) ? nil : StyledText(" \(allowed)", .muted)
    }

    /// What stands behind the text, the longest first: what the keys do, and why the text was refused where no line above says it.
    private static func notes(_ prompt: TextPrompt, hasStatus: Bool) -> [StyledText] {
        let keys =
            StyledText(" Enter", .key) + StyledText(" accept ", .keyLabel) + StyledText(" Esc", .key) + StyledText(" cancel ", .keyLabel)
        guard !hasStatus, let refusal = refusal(prompt) else { return [keys] }
        return [refusal + keys, refusal + StyledText("Esc ", .key), refusal]
    }

    /// Why the text that was typed was refused; nil where it was not.
    private static func refusal(_ prompt: TextPrompt) -> StyledText? { prompt.refusal.map { StyledText(" ! \($0) ", .error) } }

    /// A range, words, or the endings of files; nil where anything may be typed.
    private static func allowed(_ prompt: TextPrompt, _ explorer: Explorer) -> String? {
        switch prompt.purpose {
        case .setting(let setting): explorer.trainingForm.map { setting.rangeText(in: $0.settings) }
        case .export: ExportTarget.endings.joined(separator: " ")
        case .filters: explorer.filterConsequence(of: prompt.field.text) ?? explorer.filterRange
        case .budget: explorer.budgetRange
        case .timedBatch: "1…\(explorer.numbers.integer(Explorer.batches.upperBound)) examples"
        case .module: explorer.moduleConsequence(of: prompt.field.text) ?? LayerModule.forms
        case .value(let knob): knob.rangeText(in: explorer.selectedPlan, of: explorer.selectedLayer)
        default: nil
        }
    }

    private static func shortQuestion(_ prompt: TextPrompt, _ explorer: Explorer) -> String {
        switch prompt.purpose {
        case .value(let knob): "\(subject(knob, explorer)):"
        case .setting(let setting): "\(setting.name):"
        case .filter: "layers with:"
        case .filters: explorer.filterQuestion(width: longestName)
        case .budget: "\(explorer.accuracy?.value.figureName ?? "accuracy") may fall by:"
        case .timedBatch: "time a batch of:"
        case .module: explorer.moduleQuestion(width: longestName)
        case .snapshotName: "snapshot name:"
        case .snapshotNote(let name): "note for \(name):"
        case .export: "export to:"
        case .importPlan: "read plan from:"
        case .picture: "write picture to:"
        case .exampleNumber: "example:"
        case .newSession: "new session:"
        case .pointName: "name of the point:"
        case .gridTemperatures: "temperatures:"
        case .gridBits: "bits:"
        case .gridEpochs: "epochs:"
        }
    }

    private static func subject(_ knob: Knob, _ explorer: Explorer) -> String {
        let name = knob.name(in: explorer.selectedPlan)
        if knob.whole != nil { return knob == .temperature ? "temperature" : name }
        return "\(explorer.targetName(width: longestName)) \(name)"
    }
}

extension Place {
    public static let prompt = Place("prompt", .line, letters: .text)
}
