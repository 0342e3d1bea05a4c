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
        case exportPlan, importPlan, picture
        case exampleNumber
        case newSession
        case gridTemperatures, gridBits, gridEpochs
    }

    public var purpose: Purpose
    public var field: TextField
    /// Why the last try was refused.
    public var refusal: String?

    public init(_ purpose: Purpose, text: String = "", placeholder: String = "") {
        self.purpose = purpose
        field = TextField(text, placeholder: placeholder)
    }
}
