import Compression
import Exports
import Frames
import Sessions

extension Explorer {
    /// Asks for a line of text at the foot.
    mutating func ask(_ prompt: TextPrompt) { stack.show(PromptView(prompt)) }

    /// Asks before something is done; `effect` runs on yes.
    mutating func ask(_ question: String, before effect: Effect) { stack.show(QuestionView(question, effect: effect)) }

    mutating func promptForValue() { ask(TextPrompt(.value(activeKnob), placeholder: text(of: activeKnob))) }

    mutating func promptForSnapshot() { ask(TextPrompt(.snapshotName, placeholder: shelf.freeName)) }

    /// Why no snapshot can be made, or nil.
    var snapshotObstacle: String? {
        if session.isReadOnly { return "this session is read-only; S opens another or makes a new one" }
        return fileChange.map { "nothing can be measured for a snapshot: \($0)" }
    }

    /// Takes the typed text; a refused one stays for correction.
    mutating func acceptPrompt(time: Int64) {
        guard var prompt = stack.top(as: PromptView.self)?.prompt else { return }
        let typed = prompt.field.text.trimmingBlanks
        let text = typed.isEmpty && prompt.takesSuggestion ? prompt.field.placeholder : typed
        if let refusal = refusal(of: text, for: prompt.purpose) {
            prompt.refusal = refusal
            return stack.replace(PromptView(prompt))
        }
        stack.close()
        do throws(KnobRefusal) {
            try accept(text, for: prompt.purpose, time: time)
        } catch {
            prompt.refusal = error.message
            ask(prompt)
        }
    }

    /// Why a text can't be taken, or nil.
    private func refusal(of text: String, for purpose: TextPrompt.Purpose) -> String? {
        switch purpose {
        case .budget: budgetRefusal(of: text)
        case .value, .setting, .filters, .module: text.isEmpty ? "type a value, or Esc" : nil
        case .filter, .snapshotNote: nil
        case .pointName: text.isEmpty ? "type a name, or Esc" : nil
        case .snapshotName:
            text.isEmpty
                ? "a snapshot needs a name"
                : snapshots.contains { $0.name == text } ? "there is a snapshot '\(text)' already; choose another name" : nil
        case .export: text.isEmpty ? "type the path of a file" : ExportTarget.refusal(of: text)
        case .importPlan: text.isEmpty ? "type the path of a file" : nil
        case .picture: text.hasSuffix(".svg") && text != ".svg" ? nil : "a picture is SVG: type a name that ends in .svg"
        case .exampleNumber:
            Int(text).map { (0..<(dataset?.count ?? 0)).contains($0) } == true
                ? nil : "type a number from 0 to \(max(0, (dataset?.count ?? 1) - 1))"
        case .gridTemperatures, .gridBits, .gridEpochs: GridSettings.refusal(of: text, for: purpose)
        case .timedBatch:
            Int(text).map { Explorer.batches.contains($0) } == true ? nil : "type a number from 1 to \(Explorer.batches.upperBound)"
        case .newSession:
            text.isEmpty || text.contains("/") ? "a session needs a name without /" : nil
        }
    }

    private mutating func accept(_ text: String, for purpose: TextPrompt.Purpose, time: Int64) throws(KnobRefusal) {
        switch purpose {
        case .value(let knob): try type(text, into: knob, time: time)
        case .setting(let setting): try type(text, into: setting, time: time)
        case .filter: acceptFilter(text)
        case .budget: setBudget(text)
        case .filters: try removeFilters(text)
        case .module: try replaceLayer(text)
        case .snapshotName: ask(TextPrompt(.snapshotNote(name: text)))
        case .snapshotNote(let name): keepSnapshot(name, note: text)
        case .export: export(to: text)
        case .importPlan: emit(.importPlan(path: text))
        case .picture: emit(.picture(frame(size: size), theme: theme, path: text, overwrite: false))
        case .exampleNumber: stack[ExampleView.self].state.index = Int(text) ?? example.index
        case .gridTemperatures, .gridBits, .gridEpochs: trainings.take(text, for: purpose)
        case .pointName(let id): name(point: id, text)
        case .timedBatch: timeLayers(batch: Int(text) ?? 1)
        case .newSession:
            keepFinishedEpochs()
            emit(.newSession(name: text, look))
            stack.closeAll()
        }
    }

    private mutating func acceptFilter(_ text: String) {
        setFilter(text)
        if visibleLayers.isEmpty { say("no layer's name has '\(text)' in it; Esc lists all again", .warning) }
    }

    mutating func confirm() {
        guard let effect = stack.top(as: QuestionView.self)?.effect else { return }
        stack.close()
        switch effect {
        case .quit: quitAtOnce()
        case .tell(_, let wish): tell(wish)
        default: emit(effect)
        }
    }
}
