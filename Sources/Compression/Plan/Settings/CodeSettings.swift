extension FormSettings {
    static let float32 = FormSettings("float32", of: .float32)
    static let float16 = FormSettings("float16", of: .float16)
    static let bfloat16 = FormSettings("bfloat16", of: .bfloat16)
    static let ternary = FormSettings("ternary", of: .ternary)

    static let binary = FormSettings(
        "binary",
        [
            PlanSetting<BinaryScale>("scale", \.self, .choice(of: BinaryScale.self), help: "Over which weights α = mean|w| is taken.")
                .alwaysWritten.knob("scale per")
        ], isWord: true,
        from: { if case .binary(let scale) = $0 { scale } else { nil } }, to: { .binary($0) }, make: { _, _ in .binary(.channel) })

    static let dorefa = FormSettings(
        "dorefa", [PlanSetting<Int>("bits", \.self, .whole(WeightRepresentation.dorefaBitRange, big: 2)).required.knob("bits")],
        from: { if case .dorefa(let bits) = $0 { bits } else { nil } }, to: { .dorefa(bits: $0) },
        make: { old, bits in .dorefa(bits: bits ?? old.bitsToTakeOver ?? 4) })

    static let normalFloat = FormSettings(
        "nf4",
        [
            PlanSetting<Int>("group", \.self, WeightGroups.kind, help: "So many neighbours in a row of an output channel.")
                .alwaysWritten.named("group"),
            // It has no wider cells: the other words lead to the smallest group.
            PlanSetting<Int>(
                nil, WeightGroups.cells, get: { .word(WeightGroups.word($0)) },
                set: { $0 = WeightGroups.size($1) ?? WeightGroups.sizes[0] }
            ).knob("per", id: "channels"),
        ],
        from: { if case .normalFloat(let group) = $0 { group } else { nil } }, to: { .normalFloat(group: $0) },
        make: { old, _ in if case .linear(let linear) = old { .normalFloat(group: linear.group ?? 64) } else { .normalFloat(group: 64) } })
}

extension BinaryScale: SettingConvertible {}
