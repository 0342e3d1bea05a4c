import Foundation
import Frames
import Testing

/// Compares frames with text files beside the tests.
///
/// A missing file, or `RECORD_SNAPSHOTS=1` in the environment, writes what was drawn and fails once.
enum Golden {
    static func check(_ frame: Frame, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let text = frame.text + "\n"
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/" + name + ".txt")
        let isRecording = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1"
        guard !isRecording, let expected = try? String(contentsOf: url, encoding: .utf8) else {
            #expect(throws: Never.self, sourceLocation: sourceLocation) { try text.write(to: url, atomically: true, encoding: .utf8) }
            Issue.record("wrote Golden/\(name).txt; look at it and run again", sourceLocation: sourceLocation)
            return
        }
        #expect(text == expected, "Golden/\(name).txt:\n\(text)", sourceLocation: sourceLocation)
    }
}
