import Frames

/// A question and the text typed so far, on one line: `fc1 ratio (0…1000 times σ): 1.2`.
enum PromptView {
    static func draw(_ prompt: TextPrompt, _ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        var label = StyledText(" \(question(prompt, explorer)) ", .title, .bold)
        if area.width - label.cellWidth < 10 { label = StyledText(" \(shortQuestion(prompt, explorer)) ", .title, .bold) }
        label = label.truncated(to: max(0, area.width - 6), ellipsis: String(explorer.glyphs.ellipsis))
        frame.draw(label, at: Point(x: area.x, y: area.y), clip: area)
        let rest = area.splitLeft(label.cellWidth).rest
        let note = note(prompt)
        let noteWidth = note.cellWidth + 8 <= rest.width ? note.cellWidth : 0
        let refusalWidth = prompt.refusal == nil ? noteWidth : min(note.cellWidth, max(0, rest.width - 8))
        let (field, right) = rest.splitLeft(rest.width - refusalWidth)
        prompt.field.draw(in: field, on: &frame, glyphs: explorer.glyphs)
        frame.draw(
            note, at: Point(x: right.x, y: right.y), width: right.width, alignment: .left, glyphs: explorer.glyphs, clip: right)
    }

    private static func note(_ prompt: TextPrompt) -> StyledText {
        if let refusal = prompt.refusal { return StyledText(" ! \(refusal) ", .error) }
        return StyledText(" Enter", .key) + StyledText(" accept ", .keyLabel) + StyledText(" Esc", .key)
            + StyledText(" cancel ", .keyLabel)
    }

    private static func question(_ prompt: TextPrompt, _ explorer: Explorer) -> String {
        if case .setting(let setting) = prompt.purpose, let form = explorer.trainingForm {
            return "\(setting.name) (\(setting.rangeText(in: form.settings))):"
        }
        guard case .value(let knob) = prompt.purpose else { return shortQuestion(prompt, explorer) }
        return "\(subject(knob, explorer)) (\(knob.rangeText(in: explorer.selectedPlan))):"
    }

    private static func shortQuestion(_ prompt: TextPrompt, _ explorer: Explorer) -> String {
        switch prompt.purpose {
        case .value(let knob): "\(subject(knob, explorer)):"
        case .setting(let setting): "\(setting.name):"
        case .filter: "layers with:"
        case .snapshotName: "snapshot name:"
        case .snapshotNote(let name): "note for \(name):"
        case .exportPlan: "export to .yaml .pare .onnx .qdq.onnx .safetensors .c:"
        case .importPlan: "read plan from:"
        case .picture: "write picture to:"
        case .exampleNumber: "example:"
        case .newSession: "new session:"
        case .gridTemperatures: "temperatures:"
        case .gridBits: "bits:"
        case .gridEpochs: "epochs:"
        }
    }

    private static func subject(_ knob: Knob, _ explorer: Explorer) -> String {
        let name = knob.name(in: explorer.selectedPlan)
        return knob == .temperature ? "temperature" : "\(explorer.selectedLayer?.name ?? "") \(name)"
    }
}
