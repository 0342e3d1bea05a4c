import Foundation
import Frames
import Testing

/// Compares drawings with text files beside the tests.
///
/// A missing file, or `RECORD_SNAPSHOTS=1` in the environment, writes what was drawn and fails once.
enum Golden {
    static func check(_ frame: Frame, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        check(text: frame.text + "\n", name + ".txt", sourceLocation: sourceLocation)
    }

    static func check(text: String, _ file: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/" + file)
        let isRecording = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1"
        guard !isRecording, let expected = try? String(contentsOf: url, encoding: .utf8) else {
            #expect(throws: Never.self, sourceLocation: sourceLocation) { try text.write(to: url, atomically: true, encoding: .utf8) }
            Issue.record("wrote Golden/\(file); look at it and run again", sourceLocation: sourceLocation)
            return
        }
        #expect(text == expected, "Golden/\(file):\n\(text)", sourceLocation: sourceLocation)
    }
}

extension Widget {
    /// The widget alone on a frame.
    func frame(_ width: Int, _ height: Int, glyphs: Glyphs = .unicode) -> Frame {
        var frame = Frame(size: Size(width: width, height: height))
        draw(in: frame.bounds, on: &frame, glyphs: glyphs)
        return frame
    }
}
