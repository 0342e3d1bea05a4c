import Compression

/// Writes the settings of a plan as keys and values: defaults left out, always in the same order.
struct SettingsWriter<Root: Sendable> {
    let root: Root

    /// `key: value` of each setting that differs from the one in `plain`, or that files always have.
    func fields(_ settings: [PlanSetting<Root>], unlike plain: Root) -> [String] {
        (settings.filter { !$0.isWrittenLast } + settings.filter(\.isWrittenLast)).compactMap { setting in
            guard let key = setting.key, let value = mapping(setting, unlike: plain) ?? scalar(setting, unlike: plain) else { return nil }
            return "\(key): \(value)"
        }
    }

    private func mapping(_ setting: PlanSetting<Root>, unlike plain: Root) -> String? {
        guard setting.withChildren.dropFirst().contains(where: { value(of: $0, unlike: plain) != nil }) else { return nil }
        var begun = plain
        setting.begin(&begun)
        return "{\(fields(setting.children, unlike: begun).joined(separator: ", "))}"
    }

    private func scalar(_ setting: PlanSetting<Root>, unlike plain: Root) -> String? {
        let value = setting.isAlwaysWritten ? setting.value(in: root) : value(of: setting, unlike: plain)
        return switch value {
        case nil: nil
        case .word(let word): word
        case .seed(let seed): String(seed)
        case .number(let number): setting.kind.numbers?.form == .whole ? String(Int(number)) : String(number)
        }
    }

    private func value(of setting: PlanSetting<Root>, unlike plain: Root) -> SettingValue? {
        let value = setting.value(in: root)
        return value == setting.value(in: plain) ? nil : value
    }
}
