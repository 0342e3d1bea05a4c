import Frames

extension Theme {
    /// The theme compiled in, for when there are no files: readable whatever the terminal draws on. A test holds it to `Themes/neutral.yaml`.
    public static let builtIn = Theme(
        name: "neutral", summary: "Readable on dark and on light terminals", kind: .neutral,
        given: [
            .text: Look(foreground: .terminalDefault),
            .muted: Look(foreground: .rgb(RGB(0x767676))),
            .title: Look(foreground: .terminalDefault, emphasis: .bold),
            .border: Look(foreground: .rgb(RGB(0x767676))),
            .borderFocused: Look(foreground: .rgb(RGB(0x5F5FFF)), emphasis: .bold),
            .selection: Look(emphasis: .reverse),
            .selectionInactive: Look(emphasis: .underline),
            .knob: Look(foreground: .rgb(RGB(0x1C1C1C)), background: .rgb(RGB(0xFFD75F)), emphasis: .bold),
            .value: Look(foreground: .terminalDefault, emphasis: .bold),
            .good: Look(foreground: .rgb(RGB(0x00875F))),
            .bad: Look(foreground: .rgb(RGB(0xAF5F5F))),
            .warning: Look(foreground: .terminalDefault, emphasis: .bold),
            .error: Look(foreground: .rgb(RGB(0xAF5F5F)), emphasis: .bold),
            .key: Look(foreground: .rgb(RGB(0x5F5FFF)), emphasis: .bold),
            .keyLabel: Look(foreground: .terminalDefault),
            .kept: Look(foreground: .rgb(RGB(0x0087AF))),
            .pruned: Look(foreground: .rgb(RGB(0x767676))),
            .threshold: Look(foreground: .rgb(RGB(0xAF5F00))),
            .centroid: Look(foreground: .rgb(RGB(0xD700AF))),
            .overlay: Look(foreground: .terminalDefault),
            .series: Look(foreground: .rgb(RGB(0x0087AF))),
            .seriesOriginal: Look(foreground: .rgb(RGB(0xAF5F00))),
            .interval: Look(foreground: .rgb(RGB(0x767676))),
            .progress: Look(foreground: .rgb(RGB(0x008700))),
            .progressRest: Look(foreground: .rgb(RGB(0x767676))),
            .maskKept: Look(foreground: .rgb(RGB(0x0087AF))),
            .maskPruned: Look(foreground: .rgb(RGB(0x767676))),
            .input: Look(foreground: .terminalDefault, emphasis: .underline),
            .badge: Look(foreground: .rgb(RGB(0x1C1C1C)), background: .rgb(RGB(0xD7AF5F))),
            .popup: Look(foreground: .terminalDefault),
        ])
}
