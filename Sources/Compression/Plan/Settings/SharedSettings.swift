extension FormSettings {
    static let shared = FormSettings(
        "shared", WeightSharing.settings,
        from: { if case .shared(let sharing) = $0 { sharing } else { nil } }, to: { .shared($0) },
        make: { old, bits in .shared(WeightSharing(bits: bits ?? old.bitsToTakeOver ?? 5)) })
}

extension WeightSharing {
    static let settings: [PlanSetting<WeightSharing>] =
        [
            PlanSetting("bits", \.bits, .whole(bitRange, big: 2)).required.knob("bits"),
            PlanSetting(
                "start", \.start,
                .choice(
                    of: Start.self,
                    [.linear: "evenly from the smallest to the largest", .density: "evenly over the cumulative distribution"])
            ).alwaysWritten.knob("start") { $0.method == .lloyd }.idle { sharing, _ in
                guard sharing.method != .lloyd else { return nil }
                return IdleReason("the optimum is found without a start", cure: "take 'method: lloyd', or leave it out")
            },
            PlanSetting(
                "method", \.method,
                .choice(of: Method.self, [.optimal: "the least squared error, near-optimal above 1,048,576 distinct weights"])
            ).knob("method"),
            PlanSetting("seed", \.seed, .seed(bits: 64), help: "Of the random start.").writtenLast
                .knob("seed") { $0.method == .lloyd && $0.start == .random }.idle { sharing, _ in
                    let isDrawn = sharing.method == .lloyd && sharing.start == .random
                    return isDrawn ? nil : IdleReason("nothing is drawn", cure: "take 'start: random', or leave it out")
                },
        ] + cellSettings(each: "codebook")
}

extension WeightSharing.Start: SettingConvertible {}
extension WeightSharing.Method: SettingConvertible {}
