import Networks

/// One setting of a plan: what it is called, where it lies, what it may be and what that means.
///
/// `Root` is the plan of a layer, the plan of a network, or what a representation of weights holds. Plan files, validation, knobs and
/// documents go through lists of these: ``LayerPlan/settings``, ``Distilling/settings``.
public struct PlanSetting<Root: Sendable>: Sendable {
    /// What knobs and histories call it. Settings that are one knob share it; those of one list that share it exclude each other in files.
    public internal(set) var id: String
    /// Its key in plan files; nil for one that files say by other keys.
    public let key: String?
    /// The keys that lead to it, as messages name it: `linear.bits`.
    public internal(set) var name: String
    /// The word before its value on the screen; nil where it is no knob.
    public internal(set) var word: String?
    public let kind: SettingKind
    /// What it is: one sentence, or nothing where words say it.
    public let help: String
    /// Files must have it.
    public internal(set) var isRequired = false
    /// Files have it where it is the default, too.
    public internal(set) var isAlwaysWritten = false
    /// Files have it behind the settings that follow.
    public internal(set) var isWrittenLast = false
    /// Settings that files write as a mapping in its place.
    public internal(set) var children: [PlanSetting] = []
    /// Such a mapping, as messages give it for an example.
    public internal(set) var example: String?

    var isNamed = false
    /// What it is set to before its children are.
    var start: SettingValue?
    let read: @Sendable (Root) -> SettingValue?
    let write: @Sendable (inout Root, SettingValue) -> Void
    var isUsed: @Sendable (Root) -> Bool = { _ in true }
    var suits: @Sendable (Layer) -> Bool = { _ in true }
    var copier: (@Sendable (Root, inout Root) -> Void)?
    var turner: (@Sendable (_ root: Root, _ up: Bool, _ isBig: Bool) -> Root?)?

    init(
        _ key: String?, _ kind: SettingKind, help: String = "", get read: @escaping @Sendable (Root) -> SettingValue?,
        set write: @escaping @Sendable (inout Root, SettingValue) -> Void
    ) {
        self.key = key
        self.kind = kind
        self.help = help
        self.read = read
        self.write = write
        id = key ?? ""
        name = id
    }

    init<Value: SettingConvertible>(
        _ key: String?, _ path: WritableKeyPath<Root, Value> & Sendable, _ kind: SettingKind, help: String = ""
    ) {
        self.init(
            key, kind, help: help, get: { $0[keyPath: path].settingValue },
            set: { root, value in if let value = Value(setting: value) { root[keyPath: path] = value } })
    }

    /// A setting that a plan may be without. Where its numbers have a word for that, the word stands for nil.
    init<Value: SettingConvertible>(
        _ key: String?, _ path: WritableKeyPath<Root, Value?> & Sendable, _ kind: SettingKind, help: String = ""
    ) {
        let unset = kind.numbers?.unset.map { SettingValue.word($0.word.text) }
        self.init(
            key, kind, help: help, get: { $0[keyPath: path]?.settingValue ?? unset },
            set: { root, value in
                if value == unset { root[keyPath: path] = nil } else if let value = Value(setting: value) { root[keyPath: path] = value }
            })
    }
}

extension PlanSetting {
    /// The value in a plan; nil where the plan has no such setting.
    public func value(in root: Root) -> SettingValue? { read(root) }

    /// Sets it; the value that it has changes nothing, nor does one that it can't be.
    public func set(_ value: SettingValue, in root: inout Root) { if value != read(root) { write(&root, value) } }

    /// Whether it changes anything in this plan of this layer.
    public func applies(to root: Root, of layer: Layer) -> Bool { suits(layer) && read(root) != nil && isUsed(root) }

    /// Whether the layer can have it.
    public func fits(_ layer: Layer) -> Bool { suits(layer) }

    /// Gives the setting of one plan, with what goes with it, to another.
    public func copy(from source: Root, to target: inout Root) {
        if let copier { copier(source, &target) } else if let value = read(source) { write(&target, value) }
    }

    /// Prepares a plan for the mapping of its children.
    public func begin(_ root: inout Root) { if let start { write(&root, start) } }

    /// Whether it is turned in a way of its own and not by steps.
    public var hasOwnTurn: Bool { turner != nil }

    /// The plan after such a turn; nil at its end.
    public func ownTurn(_ root: Root, up: Bool, isBig: Bool) -> Root? { turner?(root, up, isBig) }

    /// The setting and all that is in it.
    public var withChildren: [PlanSetting] { [self] + children.flatMap(\.withChildren) }

    /// - Throws: `PlanError.outOfRange` where the number is NaN or outside the range; `entry` is the name that it carries.
    public func check(_ number: Double, entry: String?) throws(PlanError) {
        guard let range = kind.numbers?.range, !range.contains(number) else { return }
        throw .outOfRange(entry: entry, setting: name, value: number, allowed: range)
    }

    /// Checks the numbers that files have of it, whether or not they are in use.
    func check(in root: Root, entry: String?) throws(PlanError) {
        guard children.isEmpty else {
            for child in children { try child.check(in: root, entry: entry) }
            return
        }
        if key != nil, case .number(let number) = read(root) { try check(number, entry: entry) }
    }
}

extension PlanSetting {
    /// Whether files have nothing of it but the mapping of its children.
    public var isMapping: Bool { if case .mapping = kind { true } else { false } }

    /// The words that files take, that of `plain` first.
    public func fileWords(in plain: Root) -> [String] {
        let words = (kind.words + (kind.numbers?.words ?? [])).filter(\.isInFiles).map(\.text)
        guard case .word(let first) = read(plain), words.contains(first) else { return words }
        return [first] + words.filter { $0 != first }
    }
}
