import Foundation
import Frames
import Testing
import Themes

@Suite("Theme files")
struct ThemeFileTests {
    @Test("all shipped themes load without a problem and say what every role looks like", arguments: ShippedThemes.names)
    func shippedThemesAreWhole(name: String) {
        let (theme, problems) = ShippedThemes.library.load(name)
        #expect(problems.isEmpty)
        #expect(theme.name == name)
        #expect(!theme.summary.isEmpty)
        #expect(Set(theme.given.keys) == Set(Role.allCases))
    }

    @Test("the library lists the shipped themes in their order")
    func libraryOrder() { #expect(ShippedThemes.library.names == [ThemeLibrary.automatic] + ShippedThemes.names) }

    @Test("the theme compiled in equals Themes/neutral.yaml")
    func builtInEqualsFile() { #expect(ShippedThemes.theme("neutral") == Theme.builtIn) }

    @Test("auto is dark, light, or neutral where the background is not known; a named theme stays what it is")
    func automatic() {
        for (background, name) in [(TerminalBackground.dark, "dark"), (.light, "light"), (.unknown, "neutral")] {
            let (theme, problems) = ShippedThemes.library.load(ThemeLibrary.automatic, on: background)
            #expect(theme == ShippedThemes.theme(name) && problems.isEmpty)
            #expect(ShippedThemes.library.load("dark", on: background).theme == ShippedThemes.theme("dark"))
        }
    }

    @Test("COLORFGBG names the background by its last number")
    func colorFGBG() {
        for text in ["0;15", "0;7", "0;default;15", "12;8;9"] { #expect(TerminalBackground(colorFGBG: text) == .light) }
        for text in ["15;0", "7;8", "15;default;0", "0;6"] { #expect(TerminalBackground(colorFGBG: text) == .dark) }
        for text in ["", "default;default", "0;", "0;16", "0;-1", "0;x"] { #expect(TerminalBackground(colorFGBG: text) == .unknown) }
    }

    @Test("without a folder there is the theme compiled in, and a wrong name says what exists")
    func emptyLibrary() {
        let library = ThemeLibrary(searchPath: ["/nowhere"])
        #expect(library.names == ["auto", "neutral"])
        let (theme, problems) = library.load("light")
        #expect(theme == Theme.builtIn)
        #expect(problems.map(\.fact) == [.notFound("light", existing: ["auto", "neutral"])])
        #expect(library.load(ThemeLibrary.automatic, on: .light).theme == Theme.builtIn)
    }

    @Test("the first folder that has a name wins; what can't be read falls back to the theme compiled in; what is no file is passed over")
    func searchPath() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "pare-themes-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let folder = root.appending(path: "mine.yaml")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("summary: own\nroles: {}".utf8).write(to: root.appending(path: "light.yaml"))
        try Data("roles: [".utf8).write(to: root.appending(path: "broken.yaml"))
        let zero = root.appending(path: "zero.yaml")
        try FileManager.default.createSymbolicLink(atPath: zero.path, withDestinationPath: "/dev/zero")
        let linked = root.appending(path: "linked.yaml").path
        try FileManager.default.createSymbolicLink(atPath: linked, withDestinationPath: root.appending(path: "light.yaml").path)
        let library = ThemeLibrary(searchPath: [root.path, ShippedThemes.folder])
        #expect(library.names == ["auto"] + ShippedThemes.names + ["broken", "linked"])
        #expect(library.load("light").theme.summary == "own")
        #expect(library.passedOver == [folder.path, zero.path])
        #expect(library.load("linked").theme.summary == "own")
        let broken = library.load("broken")
        #expect(broken.theme == Theme.builtIn && broken.problems.count == 1)
    }

    @Test("unknown keys, roles, colours and emphases are reported with their place, the rest is used")
    func problemsHavePlaces() throws {
        let text = """
            kind: darkish
            sumary: misspelt
            roles:
              titel: '#ffffff'
              value: '#12345'
              key: {foreground: cyan, emphasis: [bold, blink]}
            """
        let (theme, problems) = try ThemeReader.read(Array(text.utf8), name: "mine", file: "mine.yaml")
        #expect(
            problems.map(\.description) == [
                "mine.yaml:1:7: \"darkish\" is not one of dark, light, neutral, mono, ansi16",
                "mine.yaml:2:1: \"sumary\" means nothing here; did you mean summary?",
                "mine.yaml:4:3: there is no role \"titel\"; did you mean title?",
                "mine.yaml:5:10: \"#12345\" is not a colour: write '#RRGGBB', a number 0…255, a name such as bright-blue, or default",
                "mine.yaml:6:44: \"blink\" is not one of bold, dim, reverse, underline",
            ])
        #expect(theme.look(.key) == Theme.Look(foreground: .palette(6), emphasis: .bold))
    }

    @Test("what can't be used is refused with its reason")
    func refusals() {
        func error(_ bytes: [UInt8]) -> ThemeError? {
            do {
                _ = try ThemeReader.read(bytes, name: "x", file: "x.yaml")
                return nil
            } catch { return error }
        }
        #expect(error(Array(repeating: 32, count: ThemeReader.byteLimit + 1)) == .tooLarge(byteCount: ThemeReader.byteLimit + 1))
        #expect(error([0xFF, 0xFE, 0x00]) == .notUTF8)
        #expect(error(Array("roles: &a {text: default}".utf8)) == .alias(line: 1, column: 8))
        #expect(error(Array("# it's\nroles:\n  text: *a".utf8)) == .alias(line: 3, column: 9))
        #expect(error(Array("# 'all' *roles* &c\nsummary: 'a *b &c'\nroles: {}  # \"x\" *y".utf8)) == nil)
        #expect(error(Array("[a]: 1".utf8)) == .syntax(line: 1, column: 1, detail: "a list or mapping as a key"))
        #expect(error(Array("kind: dark\nkind: light".utf8)).map { if case .syntax = $0 { true } else { false } } == true)
        #expect(error(Array("- a\n- b".utf8)) == .syntax(line: 1, column: 1, detail: "not a mapping of keys"))
        #expect(error([]) == .syntax(line: 1, column: 1, detail: "empty"))
        #expect(error(Array(String(repeating: "[", count: 500_000).utf8)) != nil)
        #expect(error(Array(String(repeating: "- ", count: 400_000).utf8)) != nil)
        #expect(error(Array(String(repeating: "? ", count: 400_000).utf8)) != nil)
    }

    @Test("mutated files give a theme or an error, never a crash")
    func mutatedFiles() throws {
        let original = try [UInt8](Data(contentsOf: URL(filePath: ShippedThemes.folder + "/dark.yaml")))
        var random = SeededNumbers(state: 7)
        for _ in 0..<400 {
            var bytes = original
            for _ in 0..<(1 + random.below(8)) {
                let place = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8(random.below(128)), at: place)
                }
            }
            guard let read = try? ThemeReader.read(bytes, name: "x", file: "x.yaml") else { continue }
            #expect(
                Role.allCases.allSatisfy {
                    _ = read.theme.look($0); return true
                })
        }
    }

    @Test("colours are read as written")
    func colors() {
        #expect(ThemeColor("default") == .terminalDefault)
        #expect(ThemeColor("bright-red") == .palette(9))
        #expect(ThemeColor("208") == .palette(208))
        #expect(ThemeColor("#FF8800") == .rgb(RGB(255, 136, 0)))
        for wrong in ["", "256", "-1", "+5", "#ff88", "#gg0000", "Red", "#+12345"] { #expect(ThemeColor(wrong) == nil) }
        for text in ["default", "bright-white", "200", "#0a0b0c"] { #expect(ThemeColor(text)?.text == text) }
    }
}

/// A small generator of numbers for mutations: a 64-bit linear congruential one (Knuth's constants).
struct SeededNumbers {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % max(1, limit)
    }
}
