import Frames

extension Theme {
    /// The theme compiled in, for when there are no files; a test holds it to `Themes/dark.yaml`.
    public static let builtIn = Theme(
        name: "dark", summary: "Soft colours for dark terminals", kind: .dark, assumedForeground: RGB(0xD4D4D4),
        assumedBackground: RGB(0x1E1E1E),
        given: [
            .text: Look(foreground: .terminalDefault),
            .muted: Look(foreground: .rgb(RGB(0x9E9E9E))),
            .title: Look(foreground: .rgb(RGB(0x87D7FF)), emphasis: .bold),
            .border: Look(foreground: .rgb(RGB(0x808080))),
            .borderFocused: Look(foreground: .rgb(RGB(0x5FD7FF))),
            .selection: Look(background: .rgb(RGB(0x3A3A4A))),
            .selectionInactive: Look(background: .rgb(RGB(0x303030))),
            .knob: Look(foreground: .rgb(RGB(0x1C1C1C)), background: .rgb(RGB(0xFFD75F)), emphasis: .bold),
            .value: Look(foreground: .rgb(RGB(0xEEEEEE))),
            .good: Look(foreground: .rgb(RGB(0x87D787))),
            .bad: Look(foreground: .rgb(RGB(0xFF8787))),
            .warning: Look(foreground: .rgb(RGB(0xFFD75F))),
            .error: Look(foreground: .rgb(RGB(0xFF8787)), emphasis: .bold),
            .key: Look(foreground: .rgb(RGB(0x5FD7FF))),
            .keyLabel: Look(foreground: .rgb(RGB(0xBCBCBC))),
            .kept: Look(foreground: .rgb(RGB(0x5FAFFF))),
            .pruned: Look(foreground: .rgb(RGB(0x949494))),
            .threshold: Look(foreground: .rgb(RGB(0xFFD75F))),
            .centroid: Look(foreground: .rgb(RGB(0xFF87D7))),
            .overlay: Look(foreground: .rgb(RGB(0xD7D7AF))),
            .series: Look(foreground: .rgb(RGB(0x5FAFFF))),
            .seriesOriginal: Look(foreground: .rgb(RGB(0xD7AF87))),
            .interval: Look(foreground: .rgb(RGB(0x8787AF))),
            .progress: Look(foreground: .rgb(RGB(0x5FD787))),
            .progressRest: Look(foreground: .rgb(RGB(0x808080))),
            .maskKept: Look(foreground: .rgb(RGB(0x5FAFFF))),
            .maskPruned: Look(foreground: .rgb(RGB(0x808080))),
            .input: Look(foreground: .rgb(RGB(0xEEEEEE)), background: .rgb(RGB(0x303030))),
            .badge: Look(foreground: .rgb(RGB(0x1C1C1C)), background: .rgb(RGB(0xD7AF5F))),
            .popup: Look(background: .rgb(RGB(0x262626))),
        ])
}
