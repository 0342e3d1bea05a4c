import Compression
import Screens
import Testing

/// What is said of the knob under the cursor.
@Suite("Explanations of knobs")
struct ExplanationTests {
    @Test("Every knob is explained, on screens of every width", arguments: Knob.allCases)
    func everyKnob(knob: Knob) throws {
        let found = try #require(KnobExplanation(knob), "\(knob)")
        #expect(!found.words.isEmpty && !found.words.hasSuffix("."))
    }
}
