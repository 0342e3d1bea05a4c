import Foundation
import Frames
import Screens
import Testing

@Suite("Commands")
struct CommandTests {
    @Test("no key means two things in one place, and names are verb-object")
    func keysAreUnique() {
        for place in Place.allCases {
            var seen: [Key: String] = [:]
            for command in CommandTable.all where command.places.contains(place) {
                for key in command.keys {
                    if let other = seen[key] { Issue.record("\(key.label) is \(other) and \(command.name) in \(place)") }
                    seen[key] = command.name
                }
            }
        }
        #expect(Set(CommandTable.all.map(\.name)).count == CommandTable.all.count)
        for command in CommandTable.all {
            #expect(command.help.hasSuffix(".") && !command.places.isEmpty, "\(command.name)")
        }
    }

    @Test("a rebound key works and shows in footer and help")
    func rebinds() {
        var desk = Desk()
        desk.explorer.bindings["bypass-layer"] = [.character("B")]
        desk.type(" ")
        #expect(!desk.plan.bypass)
        #expect(desk.screen.contains("B bypass"))
        desk.type("B")
        #expect(desk.plan.bypass)
    }

    @Test("every command of a fresh explorer runs or says why not")
    func everyCommandRuns() {
        for command in CommandTable.all where command.places.contains(.layers) {
            var desk = Desk()
            if let key = command.keys.first {
                desk.press(key)
            } else {
                // Found by name only.
                desk.type(":" + command.name)
                desk.press(.enter)
            }
            let before = Desk()
            let changed =
                desk.effects.count != before.effects.count || desk.explorer.message != nil || desk.screen != before.screen
            // Those that go where we are already.
            let idle = ["select-previous", "select-first", "select-page-up", "select-previous-layer", "focus-layers", "choose-ratio"]
            #expect(changed || idle.contains(command.name), "\(command.name) does nothing")
        }
    }
}

@Suite("KeysDocument")
struct KeysDocumentTests {
    @Test("Docs/Keys.md is the table of commands")
    func documentIsCurrent() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let url = root.appending(path: "Docs/Keys.md")
        if ProcessInfo.processInfo.environment["PARE_WRITE_DOCS"] == "1" {
            try CommandTable.markdown.write(to: url, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == CommandTable.markdown)
    }
}
