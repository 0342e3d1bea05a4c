import Frames

/// One line of text that the user types at the foot of the screen.
public struct TextPrompt: Hashable, Sendable {
    /// What the text is for.
    public enum Purpose: Hashable, Sendable {
        case value(Knob)
        /// A value of the panel below.
        case setting(TrainingSetting)
        case filter
        case snapshotName
        /// A note for the snapshot with this name.
        case snapshotNote(name: String)
        case export, importPlan, picture
        case exampleNumber
        /// How far the figure may fall.
        case budget
        /// How many filters are to be removed.
        case filters
        /// What is to take the place of a layer.
        case module
        /// Examples of one batch that is timed.
        case timedBatch
        case newSession
        /// A name for the measured point of this id.
        case pointName(id: String)
        case gridTemperatures, gridBits, gridEpochs
    }

    public var purpose: Purpose
    public var field: TextField
    /// Why the last try was refused.
    public var refusal: String?

    /// Whether Enter takes the placeholder where nothing was typed: names and lists are suggested, values are only shown.
    var takesSuggestion: Bool {
        switch purpose {
        case .snapshotName, .export, .importPlan, .picture, .gridTemperatures, .gridBits, .gridEpochs, .timedBatch: true
        default: false
        }
    }

    /// Puts the suggestion into the field, to be changed; false where something was typed already or there is none.
    mutating func takeSuggestion() -> Bool {
        guard field.text.isEmpty, !field.placeholder.isEmpty else { return false }
        field = TextField(field.placeholder, placeholder: field.placeholder)
        return true
    }

    public init(_ purpose: Purpose, text: String = "", placeholder: String = "") {
        self.purpose = purpose
        field = TextField(text, placeholder: placeholder)
    }
}
