import Foundation
import Testing

@Suite("PlansDocument")
struct PlansDocumentTests {
    @Test("the tables of Docs/Plans.md are the settings of a plan, each of them once")
    func documentIsCurrent() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let url = root.appending(path: "Docs/Plans.md")
        if ProcessInfo.processInfo.environment["PARE_WRITE_DOCS"] == "1" {
            try SettingTables.renewed(String(contentsOf: url, encoding: .utf8)).write(to: url, atomically: true, encoding: .utf8)
        }
        let text = try String(contentsOf: url, encoding: .utf8)
        #expect(text == SettingTables.renewed(text))
        let names = text.split(separator: "\n").compactMap(SettingTables.names).flatMap(\.self)
        #expect(names.sorted() == SettingTables.names.sorted())
    }
}
