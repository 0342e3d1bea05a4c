import Foundation
import Frames
import Testing

/// Compares drawings of views with the text files of `Golden/Views`.
///
/// A missing file, or `RECORD_SNAPSHOTS=1` in the environment, writes what was drawn and fails once.
enum ViewGolden {
    static func check(_ frame: Frame, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let text = frame.text + "\n"
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let url = tests.appending(path: "Golden/Views/" + name + ".txt")
        let isRecording = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1"
        guard !isRecording, let expected = try? String(contentsOf: url, encoding: .utf8) else {
            #expect(throws: Never.self, sourceLocation: sourceLocation) { try text.write(to: url, atomically: true, encoding: .utf8) }
            Issue.record("wrote Golden/Views/\(name).txt; look at it and run again", sourceLocation: sourceLocation)
            return
        }
        #expect(text == expected, "Golden/Views/\(name).txt:\n\(text)", sourceLocation: sourceLocation)
    }
}
