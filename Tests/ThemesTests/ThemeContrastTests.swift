import Frames
import Testing
import Themes

@Suite("Contrast of themes")
struct ThemeContrastTests {
    /// Roles that other things stand on, beside the terminal's own background.
    static let grounds: [Role?] = [nil, .popup, .selection, .selectionInactive, .input]
    static let colored = ShippedThemes.names.filter { $0 != "mono" }

    private static let black = RGB(0x000000)
    private static let white = RGB(0xFFFFFF)

    /// The terminal backgrounds that a theme must be readable on, each with the terminal's own foreground.
    private func pages(_ theme: Theme) -> [(page: RGB, ink: RGB)] {
        let assumed = (theme.assumedBackground, theme.assumedForeground)
        return switch theme.kind {
        case .dark: [assumed, (Self.black, assumed.1), (RGB(0x1E1E1E), assumed.1)]
        case .light: [assumed, (Self.white, assumed.1)]
        case .neutral: [(Self.black, Self.white), (Self.white, Self.black)]
        case .mono, .ansi16: [assumed]
        }
    }

    /// Every pair below its limit, as text.
    private func failures(_ theme: Theme, _ depth: ColorDepth, text: Double, graphics: Double) -> [String] {
        let resolved = theme.resolved(depth: depth)
        return pages(theme).flatMap { page, ink in
            let palette = resolved.picturePalette(foreground: ink, background: page)
            return Self.grounds.flatMap { ground in
                Role.allCases.compactMap { role -> String? in
                    // Drawings stand on the page and in pop-ups only; the popup role itself is no glyph.
                    let isDrawing = !role.isText && role != .muted
                    if role == .popup || isDrawing && ground != nil && ground != .popup { return nil }
                    let paint = palette.paint(Style(role, on: ground))
                    let contrast = paint.foreground.contrast(with: paint.background)
                    let limit = role.isText ? text : graphics
                    guard contrast < limit else { return nil }
                    return "\(theme.name) \(depth): \(role) on \(ground.map { "\($0)" } ?? page.hex) is \(contrast)"
                }
            }
        }
    }

    @Test(
        "text has 4.5 to 1 and drawings 3 to 1 on every background, in full colour, 256 and 16",
        arguments: colored, [ColorDepth.direct, .colors256, .colors16])
    func contrast(name: String, depth: ColorDepth) {
        let found = failures(
            ShippedThemes.theme(name), depth, text: Role.textContrast, graphics: Role.graphicsContrast)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test(
        "where the user chose no theme, every role is readable on the terminal's background: values and titles 4.5 to 1, muted text 3",
        arguments: [(TerminalBackground.dark, black, white), (.light, white, black), (.unknown, black, white), (.unknown, white, black)],
        ColorDepth.allCases)
    func automatic(terminal: (TerminalBackground, RGB, RGB), depth: ColorDepth) {
        let (background, page, ink) = terminal
        let palette = ShippedThemes.library.load(ThemeLibrary.automatic, on: background).theme.resolved(depth: depth)
            .picturePalette(foreground: ink, background: page)
        for role in Role.allCases where role != .popup {
            let paint = palette.paint(Style(role))
            #expect(paint.foreground.contrast(with: paint.background) >= (role.isText ? 4.5 : 3), "\(role) \(depth) on \(page.hex)")
        }
    }

    @Test("values have the terminal's own foreground, bold, in every theme that leaves the background to the terminal", arguments: colored)
    func valuesAreTheTerminals(name: String) {
        let theme = ShippedThemes.theme(name)
        guard theme.look(.text).foreground == .terminalDefault, theme.kind != .ansi16 else { return }
        #expect(theme.look(.value) == Theme.Look(foreground: .terminalDefault, emphasis: .bold))
    }

    @Test("high-contrast has 7 to 1 and 4.5 to 1", arguments: [ColorDepth.direct, .colors256])
    func highContrast(depth: ColorDepth) {
        let found = failures(ShippedThemes.theme("high-contrast"), depth, text: 7, graphics: 4.5)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test("a selection is told from what surrounds it", arguments: ShippedThemes.names, ColorDepth.allCases)
    func selectionIsSeen(name: String, depth: ColorDepth) {
        let theme = ShippedThemes.theme(name)
        let resolved = theme.resolved(depth: depth)
        let palette = resolved.picturePalette(foreground: theme.assumedForeground, background: theme.assumedBackground)
        let plain = palette.paint(.plain)
        for role in [Role.selection, .selectionInactive, .knob] {
            let paint = palette.paint(Style(.text, on: role))
            let isSeen = paint.background.contrast(with: plain.background) >= 1.25 || paint.isUnderlined
            #expect(isSeen, "\(name) \(depth) \(role)")
        }
        // The knob stands in the selected row.
        let knob = palette.paint(Style(.knob, on: .selection))
        let row = palette.paint(Style(.text, on: .selection))
        #expect(knob.background.contrast(with: row.background) >= 1.25, "\(name) \(depth)")
    }

    @Test(
        "good and bad, and kept and pruned, stay apart for colour-blind eyes",
        arguments: [
            ("deuteranopia", ColorVision.deuteranopia), ("deuteranopia", .protanopia), ("tritanopia", .tritanopia),
        ], [ColorDepth.direct, .colors256])
    func colorBlindness(pair: (String, ColorVision), depth: ColorDepth) {
        let theme = ShippedThemes.theme(pair.0)
        let resolved = theme.resolved(depth: depth)
        let palette = resolved.picturePalette(foreground: theme.assumedForeground, background: theme.assumedBackground)
        for (first, second) in [(Role.good, Role.bad), (.kept, .pruned), (.series, .seriesOriginal), (.maskKept, .maskPruned)] {
            let colors = [first, second].map { LabColor(pair.1.seen(palette.paint(Style($0)).foreground)) }
            // ΔE 40 is far: about the distance of two neighbouring colours of a palette of ten.
            #expect(colors[0].squaredDistance(to: colors[1]) >= 40 * 40, "\(pair) \(depth) \(first) \(second)")
        }
    }
}
