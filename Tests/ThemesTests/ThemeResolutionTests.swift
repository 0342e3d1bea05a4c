import Frames
import Testing
import Themes

@Suite("Themes at a terminal's depth")
struct ThemeResolutionTests {
    @Test("the nearest of 256 is the colour itself where it is one of them")
    func exactColors() {
        for index in 16...255 {
            let color = Palette256.rgb(UInt8(index))
            #expect(Palette256.rgb(Palette256.nearest(to: color)) == color)
        }
    }

    @Test("the nearest of 256 is no farther than any other")
    func nearestIsNearest() {
        var random = SeededNumbers(state: 3)
        for _ in 0..<200 {
            let color = RGB(UInt32(random.below(0x1000000)))
            let lab = LabColor(color)
            let found = lab.squaredDistance(to: LabColor(Palette256.rgb(Palette256.nearest(to: color))))
            for index in 16...255 { #expect(found <= lab.squaredDistance(to: LabColor(Palette256.rgb(UInt8(index))))) }
        }
    }

    /// The corners of sRGB in CIELAB under D65 as commonly tabulated, to one place.
    @Test("CIELAB agrees with known values")
    func laboratory() {
        let known: [(UInt32, Double, Double, Double)] = [
            (0xFFFFFF, 100, 0, 0), (0xFF0000, 53.2, 80.1, 67.2), (0x00FF00, 87.7, -86.2, 83.2), (0x0000FF, 32.3, 79.2, -107.9),
        ]
        for (value, lightness, a, b) in known {
            let lab = LabColor(RGB(value))
            #expect(abs(lab.lightness - lightness) < 0.1 && abs(lab.a - a) < 0.1 && abs(lab.b - b) < 0.1)
        }
    }

    @Test("contrast agrees with WCAG's examples")
    func contrast() {
        #expect(abs(RGB(0x000000).contrast(with: RGB(0xFFFFFF)) - 21) < 1e-9)
        // WCAG's much quoted limit: #767676 on white passes 4.5, #777777 does not.
        #expect(RGB(0x767676).contrast(with: RGB(0xFFFFFF)) >= 4.5)
        #expect(RGB(0x777777).contrast(with: RGB(0xFFFFFF)) < 4.5)
    }

    @Test("without colours, selection, focus, knob and warnings are attributes", arguments: ShippedThemes.names)
    func mono(name: String) {
        let theme = ShippedThemes.theme(name).resolved(depth: .mono)
        for role in Role.allCases {
            let cell = theme.colors(for: Style(role, on: .popup))
            #expect(cell.foreground == .terminalDefault && cell.background == .terminalDefault)
        }
        let plain = theme.colors(for: .plain)
        #expect(theme.colors(for: Style(.text, on: .selection)).emphasis.contains(.reverse))
        #expect(!theme.colors(for: Style(.knob, on: .selection)).emphasis.contains(.reverse))
        for role in [Role.selectionInactive, .borderFocused, .warning, .bad, .error, .knob] {
            #expect(theme.colors(for: Style(role)) != plain)
        }
        #expect(theme.colors(for: Style(.border)) != theme.colors(for: Style(.borderFocused)))
    }

    @Test("the theme mono says what every theme becomes without colours")
    func monoThemeIsExplicit() {
        let mono = ShippedThemes.theme("mono")
        for role in Role.allCases { #expect(mono.look(role).emphasis.isSuperset(of: role.monoEmphasis), "\(role)") }
        #expect(mono.resolved(depth: .direct).depth == .mono)
    }

    @Test("sixteen colours are numbers below 16, and the terminal's own theme names nothing else")
    func sixteen() {
        for name in ShippedThemes.names {
            let theme = ShippedThemes.theme(name).resolved(depth: .colors16)
            for role in Role.allCases {
                let cell = theme.colors(for: Style(role))
                #expect(cell.foreground.number < 16 && cell.background.number < 16, "\(name) \(role)")
            }
        }
        for look in ShippedThemes.theme("terminal-16").given.values {
            for case let color? in [look.foreground, look.background] {
                #expect(ThemeColor.names.contains(color.text) || color == .terminalDefault)
            }
        }
    }

    @Test("roles left out are derived, and every chain ends")
    func fallbacks() {
        let theme = Theme(
            name: "x", summary: "", kind: .dark,
            given: [.title: .init(foreground: .palette(81)), .value: .init(foreground: .palette(231))])
        #expect(theme.look(.borderFocused).foreground == .palette(81))
        #expect(theme.look(.maskKept).foreground == .palette(231))
        #expect(theme.look(.muted).foreground == nil)
        #expect(theme.look(.selection).emphasis == .reverse)
        for role in Role.allCases {
            var steps = 0
            var next = role.fallback
            while let current = next, steps < 50 {
                next = current.fallback
                steps += 1
            }
            #expect(steps < 10)
        }
    }

    @Test("text keeps its colour on a tint and takes the selection's on a bright one")
    func covering() {
        let tint = ShippedThemes.theme("dark").resolved(depth: .direct)
        #expect(tint.colors(for: Style(.bad, on: .selection)).foreground == tint.colors(for: Style(.bad)).foreground)
        let bright = ShippedThemes.theme("terminal-16").resolved(depth: .colors16)
        #expect(bright.colors(for: Style(.bad, on: .selection)).foreground == .palette(0))
        #expect(bright.colors(for: Style(.knob, on: .selection)).background == .palette(11))
    }
}
