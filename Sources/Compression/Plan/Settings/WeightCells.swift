/// Weights of which cells have a scale or a codebook of their own: the layer, its output channels, or groups of neighbours in these.
protocol WeightCells: Sendable {
    var isPerChannel: Bool { get set }
    /// One of ``WeightGroups/sizes``; nil where cells are no groups.
    var group: Int? { get set }
}

extension LinearQuantization: WeightCells {}

extension WeightSharing: WeightCells {
    var isPerChannel: Bool {
        get { span == .channel }
        set { if newValue != isPerChannel { span = newValue ? .channel : nil } }
    }

    var group: Int? {
        get { if case .group(let group) = span { group } else { nil } }
        set { if newValue != group { span = newValue.map { .group($0) } } }
    }
}

extension WeightCells {
    /// The keys of files, and the knob that stands for both; each cell has a scale or a codebook.
    static func cellSettings(each: String) -> [PlanSetting<Self>] {
        [
            PlanSetting("perChannel", \.isPerChannel, .flag(), help: "One \(each) for each output channel.").idle { weights, _ in
                weights.group == nil ? nil : IdleReason("its groups are parts of channels", cure: "leave one of both out")
            },
            PlanSetting("group", \.group, WeightGroups.kind, help: "One \(each) for so many neighbours in a row of an output channel.")
                .named("group"),
            PlanSetting(
                nil, WeightGroups.cells, get: { .word($0.group.map(WeightGroups.word) ?? ($0.isPerChannel ? "channel" : "layer")) },
                set: { weights, value in
                    weights.isPerChannel = value == .word("channel")
                    weights.group = WeightGroups.size(value)
                }
            ).knob("per", id: "channels"),
        ]
    }
}

extension WeightGroups {
    /// A size in files.
    static let kind = SettingKind.whole(sizes[0]...sizes[2]) { $0.only = sizes }

    /// The words of the knob.
    static let cells = SettingKind.words((["layer", "channel"] + sizes.map(word)).map { SettingWord($0) })

    static func word(_ size: Int) -> String { "group \(size)" }

    /// 64 of `group 64`.
    static func size(_ value: SettingValue) -> Int? { sizes.first { value == .word(word($0)) } }
}
