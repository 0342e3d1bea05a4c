import Compression
import Networks

/// Reads the settings of a plan from the mapping that holds them.
struct SettingsReader<Root: Sendable> {
    /// Whose settings they are, for messages; nil for those of the whole plan.
    let entry: String?

    /// Reads those that are there, in the order of the list; the keys of the mapping were checked.
    func read(_ settings: [PlanSetting<Root>], from mapping: DocumentMapping, into root: inout Root) throws(PlanFileError) {
        for setting in settings {
            guard let key = setting.key else { continue }
            if setting.isRequired { _ = try mapping.required(key) }
            guard let node = mapping[key] else { continue }
            _ = try mapping.only(of: settings.filter { $0.id == setting.id }.compactMap(\.key))
            try read(setting, from: node, into: &root)
        }
    }

    func read(_ setting: PlanSetting<Root>, from node: DocumentNode, into root: inout Root) throws(PlanFileError) {
        guard setting.isMapping || !setting.children.isEmpty && node.node.mapping != nil else {
            return setting.set(try value(of: setting, node, in: root), in: &root)
        }
        let mapping = try DocumentMapping(node)
        try mapping.check(known: setting.children.compactMap(\.key))
        setting.begin(&root)
        try read(setting.children, from: mapping, into: &root)
    }

    private func value(of setting: PlanSetting<Root>, _ node: DocumentNode, in root: Root) throws(PlanFileError) -> SettingValue {
        switch setting.kind {
        case .flag: return .word(String(try node.boolean()))
        case .numbers(let numbers) where setting.children.isEmpty: return try number(setting, numbers, node)
        case .numbers, .words, .mapping:
            let words = setting.fileWords(in: root)
            let word = try node.text()
            if let word = setting.taken(word) { return .word(word) }
            guard words.contains(word) else { throw node.unknown(word, among: words + [setting.example].compactMap(\.self)) }
            return .word(word)
        }
    }

    private func number(
        _ setting: PlanSetting<Root>, _ numbers: SettingNumbers, _ node: DocumentNode
    ) throws(PlanFileError) -> SettingValue {
        if numbers.form == .seed { return .seed(try node.seed()) }
        let number = try node.number(setting, entry: entry)
        guard numbers.only.isEmpty || numbers.only.contains(Int(number)) else {
            throw node.unknown(String(Int(number)), among: numbers.only.map(String.init))
        }
        return .number(number)
    }
}

extension DocumentNode {
    /// A number within the range of a setting.
    func number<Root>(_ setting: PlanSetting<Root>, entry: String?) throws(PlanFileError) -> Double {
        let number = setting.kind.numbers?.form == .whole ? Double(try wholeNumber()) : try number()
        do { try setting.check(number, entry: entry) } catch { throw self.error(.invalid(error)) }
        return number
    }
}

extension LayerPlan {
    /// The entry of a name or glob.
    init(_ mapping: DocumentMapping, entry: String) throws(PlanFileError) {
        self.init()
        let inner = Self.fileSettings.compactMap { setting in setting.key.map { (key: $0, keys: setting.children.compactMap(\.key)) } }
        try mapping.check(known: inner.map(\.key), inner: inner)
        try SettingsReader(entry: entry).read(Self.fileSettings, from: mapping, into: &self)
    }
}
