import Foundation
import TestSupport
import Testing

/// Which theme is in force, and which is remembered.
@Suite("Choice of the theme", .serialized)
struct ThemeChoiceTests {
    /// The foreground of the program's name, which is a title.
    private func title(_ place: Workplace, _ arguments: [String] = [], background: String? = nil) throws -> String {
        let terminal = try place.start(["explore", "lenet-300-100", "--generate", "normal"] + arguments, background: background)
        try terminal.expect("fc3")
        terminal.wait { !$0.modes.contains(2026) }
        let foreground = terminal.screen[1, 0].style.foreground
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        return foreground
    }

    private func state(_ place: Workplace) -> String {
        (try? String(contentsOfFile: place.path + "/state/pare/theme", encoding: .utf8)) ?? ""
    }

    @Test("Where nobody chose, the theme follows the terminal's background; where it is not known, names have the terminal's own colour")
    func followsTheBackground() throws {
        // #005f87 and #87d7ff in the 256 colours.
        for (background, foreground) in [("rgb:ffff/ffff/ffff", "38;5;24"), ("rgb:1e1e/1e1e/1e1e", "38;5;117"), (nil, "")] {
            #expect(try title(Workplace(), background: background) == foreground, "\(background ?? "no answer")")
        }
    }

    @Test("A theme that was chosen stays, also one of the user's own with a colour that is none")
    func staysChosen() throws {
        let place = try Workplace()
        try FileManager.default.createDirectory(atPath: place.path + "/config/pare/themes", withIntermediateDirectories: true)
        _ = try place.write("kind: dark\nroles: {title: 201, value: '#12345'}\n", to: "config/pare/themes/mine.yaml")
        #expect(try title(place, ["--theme", "mine"]) == "38;5;201")
        #expect(state(place).hasPrefix("mine\n"))
        #expect(try title(place, background: "rgb:ffff/ffff/ffff") == "38;5;201")
    }

    @Test("A theme that there is not is not remembered, and dark only where it was chosen")
    func notRemembered() throws {
        let place = try Workplace()
        #expect(try title(place, ["--theme", "nothing"], background: "rgb:ffff/ffff/ffff") == "38;5;24")
        #expect(!state(place).contains("nothing"))
        try FileManager.default.createDirectory(atPath: place.path + "/state/pare", withIntermediateDirectories: true)
        _ = try place.write("dark\n", to: "state/pare/theme")
        #expect(try title(place, background: "rgb:ffff/ffff/ffff") == "38;5;24")
        #expect(try title(place, ["--theme", "dark"], background: "rgb:ffff/ffff/ffff") == "38;5;117")
        #expect(try title(place, background: "rgb:ffff/ffff/ffff") == "38;5;117")
    }
}
